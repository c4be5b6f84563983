"""Each certificate that leaves the house is in the log, once for each different file."""

import hashlib
import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from declarations.certificates import issue, verify
from declarations.evidence.models import Entry, IssuedCertificate
from declarations.signing.actions import paper
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, sign
from tests.evidence.owner import INTACT, checked, facts_of, key_file, verified


def bens(cast: Cast) -> Declaration:
    return Declaration.objects.with_texts().select_related("school", "entry__log").get(person=cast.ben)


def issues() -> list[Entry]:
    return list(Entry.objects.filter(kind="certificate.issued").order_by("position"))


def test_the_same_file_is_logged_once(cast: Cast, signed_in):
    at = timezone.now()
    pdf = issue.issue(declaration=bens(cast), by=cast.ben, at=at)
    (entry,) = issues()
    facts, declaration = facts_of(entry), bens(cast)
    assert facts["by"] == {"id": cast.ben.pk, "name": "Ben Example"}
    assert (facts["reference"], facts["declaration"]) == (declaration.reference, declaration.entry.position)
    assert facts["pdf_sha256"] == hashlib.sha256(pdf).hexdigest()
    issued = IssuedCertificate.objects.get()
    assert (issued.entry, issued.logged_as, issued.sha256, issued.issued_at) == (declaration.entry, entry, facts["pdf_sha256"], at)
    # Whoever fetches it, and whatever happened since.
    sign(cast.ada)
    assert issue.issue(declaration=bens(cast), by=cast.hilda, at=timezone.now()) == pdf
    for person in (cast.ben, cast.hilda):
        assert signed_in(person).get(f"/declarations/{declaration.reference}.pdf").content == pdf
    assert len(issues()) == 1
    assert checked() == (0, [])


def test_another_file_is_logged_again(cast: Cast, monkeypatch):
    """A new version of what draws the page: other bytes, the same record."""
    issue.issue(declaration=bens(cast), by=cast.ben, at=timezone.now())
    real = issue.certificate_pdf
    monkeypatch.setattr(issue, "certificate_pdf", lambda **facts: real(**facts) + b"% another\n")
    for _ in range(2):
        issue.issue(declaration=bens(cast), by=None, at=timezone.now())
    assert [facts_of(entry)["by"]["id"] for entry in issues()] == [cast.ben.pk, None]
    assert IssuedCertificate.objects.filter(entry=bens(cast).entry).count() == 2
    assert checked() == (0, [])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_fetch_it_in_the_same_moment(cast: Cast):
    """Both have it, it is logged once, and the log has no gap."""
    barrier, pdfs, errors = threading.Barrier(2), [], []

    def fetch() -> None:
        try:
            declaration = bens(cast)
            barrier.wait(30)
            pdfs.append(issue.issue(declaration=declaration, by=cast.ben, at=timezone.now()))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(pdfs)) == 1
    assert len(issues()) == 1
    assert checked() == (0, [])


def test_the_certificate_of_a_paper_says_so_offline_too(cast: Cast, tmp_path: Path):
    at = timezone.now()
    paper.enter(
        person=cast.ada, by=cast.ines, signed_on=cast.hillside.day_of(at), sighted_by="Sian Example", filed_where="Cabinet 2", at=at
    )
    signed = Declaration.objects.with_texts().select_related("school", "entry__log").get(person=cast.ada)
    pdf = issue.issue(declaration=signed, by=cast.ada, at=at)
    assert issue.issue(declaration=signed, by=None, at=at) == pdf
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    code, words = verified(file, key=key_file(tmp_path))
    assert code == INTACT, words
    for said in ("Sian Example", "Cabinet 2", "on paper"):
        assert said in words
    assert verify.examine(pdf, at=at).outcome == "genuine"
