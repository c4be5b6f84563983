"""Signed on paper, entered by somebody else."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.signing.actions import paper
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.paper import PaperSignature
from tests.cast import Cast, publish_next, sign

DAY = dt.timedelta(days=1)


def enter(cast: Cast, **changed: Any) -> Declaration:
    at = changed.get("at", timezone.now())
    facts = {
        "person": cast.ada, "by": cast.ines, "signed_on": cast.hillside.day_of(at), "sighted_by": " Sian Example ",
        "filed_where": "Cabinet 2", "at": at,
    }  # fmt: skip
    return paper.enter(**(facts | changed))


def test_the_facts_are_those_of_a_declaration_and_the_paper_beside_it(cast: Cast):
    at = timezone.now() + 3 * DAY
    signed_on = cast.hillside.day_of(at) - DAY
    row = enter(cast, at=at, signed_on=signed_on, scan=b"%PDF-1.7", scan_type="application/pdf")
    year = cast.hillside.year(on=signed_on)
    assert (row.person, row.person_name, row.person_email, row.typed_name) == (
        cast.ada,
        "Ada Example",
        "ada@hillside.example",
        "Ada Example",
    )
    assert (row.aup, row.leaflet, row.statement, row.confirmations) == (cast.aup, cast.leaflet, cast.aup.statement, cast.aup.confirmations)
    # The day on the paper, and the moment at which it was recorded: never a time that nobody knows.
    assert (row.signed_on, row.signed_at, row.school_year, row.lapses_on) == (signed_on, at, year.key, year.lapses_on)
    assert (row.signed_in_with, row.signed_in_at) == ("on paper", None)
    assert not SignatureMetadata.objects.filter(declaration=row).exists()
    assert (row.paper.entered_by, row.paper.sighted_by, row.paper.filed_where) == (cast.ines, "Sian Example", "Cabinet 2")
    assert (bytes(row.paper.scan), row.paper.scan_sha256) == (b"%PDF-1.7", hashlib.sha256(b"%PDF-1.7").hexdigest())
    assert Email.objects.get(declaration=row).recipient == "ada@hillside.example"
    assert Declaration.objects.filter(person=cast.ada).in_force(on=signed_on).exists()


@pytest.mark.parametrize("who", ["ada", "hilda", "gita", "ines"])
def test_the_scan_goes_to_its_signer_and_to_those_who_enter_and_check_papers(cast: Cast, signed_in, who):
    row = enter(cast, scan=b"%PDF-1.7", scan_type="application/pdf")
    response = signed_in(getattr(cast, who)).get(f"/declarations/{row.reference}/scan/")
    assert (response.status_code, response.content) == (200, b"%PDF-1.7")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="scan-{row.reference}.pdf"'


@pytest.mark.parametrize("who", ["ben", "rosa"])
def test_the_scan_is_not_there_for_anybody_else(cast: Cast, signed_in, who):
    row = enter(cast, scan=b"%PDF-1.7", scan_type="application/pdf")
    assert signed_in(getattr(cast, who)).get(f"/declarations/{row.reference}/scan/").status_code == 404


def test_without_scan_and_without_e_mail(cast: Cast):
    Person.objects.filter(pk=cast.ada.pk).update(email="")
    cast.ada.refresh_from_db()
    row = enter(cast)
    assert (row.person_email, row.paper.scan, row.paper.scan_type, row.paper.scan_sha256) == ("", None, "", "")
    assert not Email.objects.filter(declaration=row).exists()


def test_the_versions_are_those_of_the_day_on_the_paper(cast: Cast):
    """A new text came into effect between the paper and its entry."""
    at = timezone.now() + 2 * DAY
    publish_next(cast.aup, by=cast.hilda, at=at, sign_by=cast.hillside.day_of(at) + 9 * DAY)
    row = enter(cast, at=at, signed_on=cast.hillside.day_of(at) - DAY)
    assert row.aup == cast.aup
    on_screen = sign(cast.ada, at=at)
    assert on_screen.aup.number == 2


def test_signing_twice_gives_the_first(cast: Cast):
    first = enter(cast)
    assert enter(cast, filed_where="Elsewhere") == first
    assert PaperSignature.objects.get().filed_where == "Cabinet 2"
    assert sign(cast.ada) == first
    on_screen = Declaration.objects.get(person=cast.ben)
    assert enter(cast, person=cast.ben) == on_screen
    assert not hasattr(on_screen, "paper")


def test_the_paper_of_an_earlier_day_is_the_first_all_the_same(cast: Cast):
    """Signed on screen meanwhile: the same year and texts, so no second declaration."""
    on_screen = sign(cast.ada, at=timezone.now() + 2 * DAY)
    assert enter(cast, at=timezone.now() + 3 * DAY, signed_on=cast.hillside.day_of(timezone.now() + DAY)) == on_screen


@pytest.mark.parametrize("who", ["hilda", "omar", "ines", "tara"])
def test_the_leadership_and_administrators_enter_it(cast: Cast, who):
    assert enter(cast, by=getattr(cast, who)).paper.entered_by == getattr(cast, who)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"by": "ada"}, "own"),
        ({"by": "ben"}, "not_yours"),
        ({"by": "gita"}, "not_yours"),
        ({"by": "rosa"}, "not_yours"),
        ({"person": "tara"}, "not_yours"),
        ({"sighted_by": " "}, "sighted_by"),
        ({"filed_where": ""}, "filed_where"),
        ({"days": 1}, "signed_on"),
        ({"days": -1}, "signed_on"),
        ({"signed_on": dt.date.min}, "signed_on"),
        ({"signed_on": dt.date.max}, "signed_on"),
    ],
)
def test_what_is_refused(cast: Cast, changed, code):
    days = changed.pop("days", None) if (changed := dict(changed)) else None
    for name in ("by", "person"):
        if name in changed:
            changed[name] = getattr(cast, changed[name])
    if days is not None:
        changed["signed_on"] = cast.hillside.day_of(timezone.now()) + days * DAY
    before = Declaration.objects.count()
    with pytest.raises(RefusedError) as refused:
        enter(cast, **changed)
    assert refused.value.code == code
    assert Declaration.objects.count() == before


def test_a_day_on_which_they_were_not_there(cast: Cast):
    at = timezone.now() + 3 * DAY
    Person.objects.filter(pk=cast.ada.pk).update(starts_on=cast.hillside.day_of(at))
    with pytest.raises(RefusedError) as refused:
        enter(cast, at=at, signed_on=cast.hillside.day_of(at) - DAY)
    assert refused.value.code == "signed_on"
