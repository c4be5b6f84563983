"""Who owns the database, and not the key: what they change, add, remove or roll back is found, and proves nothing."""

import datetime as dt
import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client, TestCase
from django.utils import timezone

from declarations.certificates import issue, verify
from declarations.certificates.models import IssuedCertificate
from declarations.checkpoints.actions import make_and_queue
from declarations.evidence import canonical_json, kept, merkle, receipts, signed_note
from declarations.evidence import log as evidence
from declarations.evidence.log import BrokenLogError
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.signing.actions import paper
from declarations.signing.log_records import facts_of_declaration
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.paper import PaperSignature
from tests.cast import Cast, ask, sign, sign_in_client
from tests.evidence.columns import COMPARED
from tests.evidence.making import certificate
from tests.evidence.owner import (
    INTACT,
    TAMPERED,
    another,
    checked,
    exported,
    facts_of,
    key_file,
    rewrite,
    verified,
    without_constraints,
    without_guards,
)

SEPTEMBER = dt.timedelta(days=80)


@pytest.fixture
def log(cast: Cast) -> Log:
    """Ben's certificate is given out, and a checkpoint covers all; what is kept beside the key is kept as outside of tests."""
    log = Log.objects.select_related("school").get(school=cast.hillside)
    with TestCase.captureOnCommitCallbacks(execute=True):
        issue.issue(declaration=of(cast.ben), by=cast.ben, at=timezone.now())
        evidence.checkpoint(school=cast.hillside, at=timezone.now())
        ask(cast.ada, "3c:22:fb:00:00:02")
        sign(cast.ines)
    evidence.checkpoint(school=cast.hillside, at=timezone.now())
    assert checked() == (0, [])
    return log


def of(person) -> Declaration:
    return Declaration.objects.with_texts().select_related("school", "entry__log__school").get(person=person)


def after_the_newest_checkpoint(log: Log, cast: Cast) -> None:
    """Ada signs; no checkpoint covers it yet."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        sign(cast.ada)


# --- what they do


def the_oldest_declaration_is_rewritten(cast: Cast) -> str:
    """As the issue of it was found: row, record and leaf hash agree, and no checkpoint is left."""
    entry = of(cast.ben).entry
    day = dt.date.fromisoformat(facts_of(entry)["signed_on"]) - SEPTEMBER
    rewrite(entry, signed_on=day.isoformat())
    Declaration.objects.filter(entry=entry).update(signed_on=day)
    without_checkpoints()
    return f"position {entry.position}: the entry does not bear the signature of the log's key"


def an_entry_is_rewritten_and_nothing_else(cast: Cast) -> str:
    entry = Entry.objects.filter(log__school=cast.hillside, kind="permission.asked").latest("position")
    rewrite(entry, reason="Another")
    return f"position {entry.position}: the entry does not bear the signature of the log's key"


def an_old_signature_is_moved(cast: Cast) -> str:
    first, second = Entry.objects.filter(log__school=cast.hillside, kind="permission.asked").order_by("position")[:2]
    Entry.objects.filter(pk=second.pk).update(signature=first.signature)
    return f"position {second.position}: the entry does not bear the signature of the log's key"


def all_signatures_are_taken_off(cast: Cast) -> str:
    """As if the log were older than signatures."""
    Entry.objects.filter(log__school=cast.hillside).update(signature=None)
    without_checkpoints()
    return "position 0: the entry does not bear the signature of the log's key"


def the_log_claims_to_be_older_than_signatures(cast: Cast) -> str:
    genesis = Entry.objects.get(log__school=cast.hillside, position=0)
    all_signatures_are_taken_off(cast)
    record = canonical_json.canon({name: value for name, value in facts_of(genesis).items() if name != "signed_from"})
    Entry.objects.filter(pk=genesis.pk).update(record=record, leaf_hash=merkle.leaf_hash(record))
    return "entries are not those of the checkpoint that is kept beside the key"


def it_is_rolled_back_behind_the_newest_checkpoint(cast: Cast) -> str:
    position = of(cast.ines).entry.position
    cut_off(cast, position)
    return "the log went back: a checkpoint over "


def the_newest_checkpoint_is_gone(cast: Cast) -> str:
    Email.objects.filter(checkpoint__isnull=False).delete()
    Checkpoint.objects.filter(log__school=cast.hillside).order_by("size").last().delete()
    return "checkpoints are missing, changed or made up"


def an_old_checkpoint_is_gone(cast: Cast) -> str:
    Checkpoint.objects.filter(log__school=cast.hillside).order_by("size").first().delete()
    return "checkpoints are missing, changed or made up"


def another_log_is_begun(cast: Cast) -> str:
    """With a key of their own, every entry signed by it, and no checkpoint left."""
    thief = evidence.Ed25519PrivateKey.generate()
    log = Log.objects.get(school=cast.hillside)
    rewrite(Entry.objects.get(log=log, position=0), key=signed_note.verifier_of(log.origin, thief).line())
    for entry in Entry.objects.filter(log=log):
        text = signed_note.entry_text(log.origin, entry.position, bytes(entry.leaf_hash))
        Entry.objects.filter(pk=entry.pk).update(signature=thief.sign(text))
    without_checkpoints()
    return "the key file holds another key than the log's newest"


def a_declaration_is_made_up(cast: Cast) -> str:
    """Of September, with an entry at the end of the log, as the program would write it but for the signature."""
    made_up(cast)
    position = Entry.objects.filter(log__school=cast.hillside).latest("position").position
    return f"position {position}: the entry does not bear the signature of the log's key"


def the_last_entry_is_cut_off(cast: Cast) -> str:
    """With its row; no checkpoint covered it."""
    position = Entry.objects.filter(log__school=cast.hillside).latest("position").position
    cut_off(cast, position)
    return f"position {position}: the entry that was appended last is gone or changed: the log was cut off, or went back"


BEFORE = [
    the_oldest_declaration_is_rewritten, an_entry_is_rewritten_and_nothing_else,
    all_signatures_are_taken_off, the_log_claims_to_be_older_than_signatures, it_is_rolled_back_behind_the_newest_checkpoint,
    the_newest_checkpoint_is_gone, an_old_checkpoint_is_gone, another_log_is_begun, a_declaration_is_made_up, the_last_entry_is_cut_off,
]  # fmt: skip


def without_checkpoints() -> None:
    Email.objects.filter(checkpoint__isnull=False).delete()
    Checkpoint.objects.all().delete()


def cut_off(cast: Cast, position: int) -> None:
    """The log ends before this position, and the tables know nothing of what came then."""
    gone = Entry.objects.filter(log__school=cast.hillside, position__gte=position)
    Email.objects.filter(declaration__entry__in=gone).delete()
    SignatureMetadata.objects.filter(declaration__entry__in=gone).delete()
    Declaration.objects.filter(entry__in=gone).delete()
    IssuedCertificate.objects.filter(logged_as__in=gone).delete()
    Checkpoint.objects.filter(log__school=cast.hillside, size__gt=position).delete()
    gone.delete()


def made_up(cast: Cast) -> Declaration:
    """Ada's, if she has none, else Omar's: a copy of Ben's with another name and day."""
    person = cast.omar if Declaration.objects.filter(person=cast.ada).exists() else cast.ada
    row = of(cast.ben)
    then = row.signed_at - SEPTEMBER
    log = row.entry.log
    position = Entry.objects.filter(log=log).count()
    day = then.date()
    who = {"id": person.pk, "name": person.full_name, "email": person.email, "title": person.job_title}
    claims = {
        "position": position, "person": who, "by": {"id": person.pk, "name": person.full_name}, "reference": "0000-0000-0000-0000",
        "signed_at": evidence.time_text(then), "signed_on": day.isoformat(), "typed_name": person.full_name,
    }  # fmt: skip
    record = canonical_json.canon(facts_of(row.entry) | claims)
    entry = Entry.objects.create(
        log=log, position=position, kind="declaration.signed", at=row.entry.at, record=record, leaf_hash=merkle.leaf_hash(record)
    )
    row.pk, row.entry, row.person, row.reference, row.signed_at, row.signed_on = None, entry, person, "0000-0000-0000-0000", then, day
    row.person_name, row.person_email, row.person_title, row.typed_name = person.full_name, person.email, person.job_title, person.full_name
    row.save(force_insert=True)
    return row


# --- and what comes of it


@pytest.mark.parametrize("attack", BEFORE, ids=lambda attack: attack.__name__)
@pytest.mark.parametrize("later", [False, True], ids=["just after a checkpoint", "before the next checkpoint"])
def test_it_is_found_and_nothing_more_is_signed(log: Log, cast: Cast, tmp_path: Path, attack: Callable[[Cast], str], later: bool):
    """Found by the check, refused by the next checkpoint, said by the health check and the dashboard, and found again after that."""
    if later:
        after_the_newest_checkpoint(log, cast)
    with without_guards():
        expected = attack(cast)
    code, said = checked()
    assert code == 1
    assert any(expected in line for line in said), said
    size = Entry.objects.filter(log=log).count()
    # Of a shorter log, or with an entry that is not signed, and so on: the reason that comes first is named.
    with pytest.raises(BrokenLogError):
        evidence.checkpoint(school=cast.hillside, at=timezone.now())
    assert Client().get("/healthz").json() == {"database": "ok", "evidence": "refused"}
    front = sign_in_client(Client(), cast.hilda).get("/admin/").text
    assert "nothing more of it is signed" in front
    assert not Checkpoint.objects.filter(log=log, size=size).exclude(size=evidence_size(log)).exists()
    code, said = checked()
    assert code == 1
    assert any(expected in line for line in said), said
    path = tmp_path / "export.zip"
    with pytest.raises(CommandError, match="not as it was signed"):
        call_command("export_evidence", school="hillside", out=path, verbosity=0)
    assert path.exists()


def evidence_size(log: Log) -> int:
    """How many entries the checkpoint beside the key is over."""
    found = kept.checkpoint(log.origin)
    assert found is not None
    return signed_note.read(found[0])[0].size


def test_a_signature_that_is_moved_to_another_entry_is_found(log: Log, cast: Cast):
    with without_guards():
        expected = an_old_signature_is_moved(cast)
    assert checked() == (1, [f"hillside: {expected}"])


def test_the_schools_beside_it_have_their_checkpoints(log: Log, cast: Cast):
    """The day's task goes through all of them, and fails at the end."""
    with without_guards():
        the_newest_checkpoint_is_gone(cast)
    with pytest.raises(BrokenLogError):
        make_and_queue(at=timezone.now() + dt.timedelta(days=1))
    assert Checkpoint.objects.filter(log__school=cast.riverside).exists()


def test_a_made_up_declaration_gets_no_certificate_and_is_not_called_genuine(log: Log, cast: Cast):
    with without_guards():
        made_up(cast)
    with pytest.raises(BrokenLogError, match="does not bear the signature"):
        issue.issue(declaration=of(cast.ada), by=None, at=timezone.now())
    page = Client().get("/verify/0000-0000-0000-0000/")
    assert page.status_code == 200
    assert page.context["finding"].outcome == verify.Outcome.UNDECIDED
    assert "enuine and in force" not in page.text


@pytest.mark.parametrize("column", ["person_name", "signed_on", "signed_at", "statement", "lapses_on"])
def test_a_changed_declaration_gets_no_certificate_and_is_not_called_genuine(log: Log, cast: Cast, column: str):
    declaration = of(cast.ben)
    pdf = issue.issue(declaration=declaration, by=None, at=timezone.now())
    value = getattr(declaration, column)
    other = value - dt.timedelta(days=30) if isinstance(value, dt.date) else "Ken Example"
    with without_guards():
        Declaration.objects.filter(pk=declaration.pk).update(**{column: other})
    with pytest.raises(BrokenLogError, match=column.removeprefix("person_").replace("_", " ") if column != "person_name" else "person"):
        issue.issue(declaration=of(cast.ben), by=None, at=timezone.now())
    assert Client().get(f"/verify/{declaration.reference}/").context["finding"].outcome == verify.Outcome.UNDECIDED
    found = verify.examine(pdf, at=timezone.now())
    assert found.outcome == verify.Outcome.UNDECIDED
    assert found.record is not None
    assert found.record["person"]["name"] == "Ben Example"


def test_no_certificate_is_made_from_a_declaration_of_which_any_column_is_changed(log: Log, cast: Cast):
    """With the constraints or without; before it and after it the certificate is made."""
    made = []
    issue.issue(declaration=of(cast.ben), by=None, at=timezone.now())
    for column in [column for column, compared in COMPARED["Declaration"].items() if compared]:
        field = Declaration._meta.get_field(column.removesuffix("_id"))
        with suppress(IntegrityError), without_guards(), without_constraints(Declaration):
            row = of(cast.ben)
            Declaration.objects.filter(pk=row.pk).update(**{field.attname: another(row, field, cast)})
            changed = Declaration.objects.with_texts().select_related("school", "entry__log__school").get(pk=row.pk)
            with suppress(BrokenLogError):
                issue.issue(declaration=changed, by=None, at=timezone.now())
                made.append(column)
    assert made == []
    assert issue.issue(declaration=of(cast.ben), by=None, at=timezone.now())


def test_a_declaration_points_at_another_entry(log: Log, cast: Cast):
    with without_guards():
        other = Entry.objects.filter(log=log, kind="permission.asked").first()
        Declaration.objects.filter(person=cast.ben).update(entry=other)
    with pytest.raises(BrokenLogError, match="something else"):
        issue.issue(declaration=of(cast.ben), by=None, at=timezone.now())


# --- the public page


def said_of(content: bytes) -> verify.Finding:
    response = Client().post("/verify/", {"certificate": SimpleUploadedFile("a.pdf", content)})
    finding: verify.Finding = response.context["finding"]
    return finding


def inserted(content: bytes, entry: Entry) -> None:
    """The two rows that made any file genuine."""
    at, sha256 = timezone.now(), hashlib.sha256(content).hexdigest()
    with without_guards():
        position = Entry.objects.filter(log=entry.log).count()
        facts = {"pdf_sha256": sha256, "declaration": entry.position, "position": position, "kind": "certificate.issued"}
        record = canonical_json.canon(facts_of(entry) | facts)
        logged = Entry.objects.create(
            log=entry.log, position=position, kind="certificate.issued", at=at, record=record, leaf_hash=merkle.leaf_hash(record)
        )
        IssuedCertificate.objects.create(entry=entry, sha256=sha256, logged_as=logged, issued_at=at)


def test_any_file_is_not_genuine_because_its_hash_was_inserted(log: Log, cast: Cast):
    for content in (b"%PDF-1.7 any file at all", b"hello"):
        inserted(content, of(cast.ben).entry)
        assert said_of(content).outcome == verify.Outcome.NOT_OURS


def test_another_picture_is_not_genuine_because_its_hash_was_inserted(log: Log, cast: Cast):
    """Around the true record and proof: they are said, and the file is not."""
    receipt = receipts.receipt(entry=of(cast.ben).entry, at=timezone.now())
    files = {b"record.json": receipt.record, b"proof.txt": receipt.proof.encode(), b"checkpoint.txt": receipt.checkpoint.encode()}
    content = certificate(files)
    inserted(content, of(cast.ben).entry)
    found = said_of(content)
    assert found.outcome == verify.Outcome.ALTERED
    assert "Trust the record alone" in found.part


def test_a_proof_by_a_key_of_ones_own_is_not_genuine(log: Log, cast: Cast):
    """The log in the database names the thief's key; the server's own is what counts."""
    entry, thief = of(cast.ben).entry, evidence.Ed25519PrivateKey.generate()
    with without_guards():
        another_log_is_begun(cast)
        rewrite(Entry.objects.get(log=log, position=0), key=signed_note.verifier_of(log.origin, thief).line())
    leaves = evidence.leaves(log)
    note = signed_note.sign(signed_note.Checkpoint(log.origin, len(leaves), merkle.root(leaves)), thief)
    proof = signed_note.proof(entry.position, merkle.inclusion_proof(entry.position, leaves), note)
    content = certificate({b"record.json": bytes(entry.record), b"proof.txt": proof.encode(), b"checkpoint.txt": note.encode()})
    inserted(content, entry)
    assert said_of(content).outcome == verify.Outcome.ALTERED


def test_the_page_shows_the_words_of_the_record(log: Log, cast: Cast):
    pdf = issue.issue(declaration=of(cast.ben), by=None, at=timezone.now())
    with without_guards():
        Declaration.objects.filter(person=cast.ben).update(person_name="Ken Example")
    page = Client().post("/verify/", {"certificate": SimpleUploadedFile("a.pdf", pdf)}).text
    assert "Ben Example" in page
    assert "Ken Example" not in page


# --- claimed and recorded times


@pytest.mark.parametrize("claimed", ["signed_at", "signed_on", "both"])
def test_a_declaration_that_is_dated_back_is_found(cast: Cast, tmp_path: Path, claimed: str):
    """By somebody who can even have it signed: it says when it was recorded, and no certificate says otherwise."""
    row = of(cast.ben)
    then = row.signed_at - SEPTEMBER
    row.pk, row.person, row.reference = None, cast.ada, "0000-0000-0000-0000"
    row.person_name, row.person_email, row.person_title, row.typed_name = "Ada Example", cast.ada.email, "teacher", "Ada Example"
    row.signed_at, row.signed_on = (
        (row.signed_at if claimed == "signed_on" else then),
        (row.signed_on if claimed == "signed_at" else then.date()),
    )
    with transaction.atomic(), without_guards():
        facts = facts_of_declaration(row)
        row.entry = evidence.append(school=cast.hillside, kind="declaration.signed", at=timezone.now(), by=cast.ada, facts=facts)
        row.save(force_insert=True)
    code, said = checked()
    assert code == 1
    assert any(line.startswith("hillside: declaration 0000-0000-0000-0000: it claims to be of ") for line in said)
    with pytest.raises(BrokenLogError, match="claims to be of"):
        issue.issue(declaration=of(cast.ada), by=None, at=timezone.now())
    assert Client().get("/verify/0000-0000-0000-0000/").context["finding"].outcome == verify.Outcome.UNDECIDED
    receipt = receipts.receipt(entry=of(cast.ada).entry, at=timezone.now())
    files = {b"record.json": receipt.record, b"proof.txt": receipt.proof.encode(), b"checkpoint.txt": receipt.checkpoint.encode()}
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(certificate(files))
    code, words = verified(forged, key=key_file(tmp_path))
    assert code == TAMPERED
    assert "recorded" in words


def test_a_clock_that_lagged_for_long_is_named(cast: Cast):
    """An action that is given a moment of September: the record says so, and the check does."""
    ask(cast.ada, "3c:22:fb:00:00:02", timezone.now() - SEPTEMBER)
    code, said = checked()
    position = Entry.objects.filter(log__school=cast.hillside).latest("position").position
    assert code == 1
    assert any(line.startswith(f"hillside: position {position}: it claims ") for line in said)


def test_a_paper_says_its_own_day_and_when_it_was_recorded(log: Log, cast: Cast):
    paper.enter(
        person=cast.omar, by=cast.ines, signed_on=cast.hillside.day_of(timezone.now()), sighted_by="Ines", filed_where="Cabinet 2",
        at=timezone.now(), scan=None, scan_type="",
    )  # fmt: skip
    assert PaperSignature.objects.exists()
    assert checked() == (0, [])
    assert issue.issue(declaration=of(cast.omar), by=None, at=timezone.now())


@pytest.mark.parametrize("days", [-80, 80])
def test_a_checkpoint_is_dated_back(log: Log, days: int):
    newest = Checkpoint.objects.filter(log=log).latest("size")
    first = Checkpoint.objects.filter(log=log).earliest("size")
    row = newest if days < 0 else first
    with without_guards():
        Checkpoint.objects.filter(pk=row.pk).update(made_at=row.made_at + dt.timedelta(days=days))
    code, said = checked()
    assert code == 1
    assert f"hillside: checkpoint of size {row.size}: it says that it was made at " in said[0]


# --- logs from before each entry was signed, backups, other hosts


def before_signatures(log: Log) -> None:
    """The log as the version before left it: no signatures, nothing kept beside the key."""
    with without_guards():
        Entry.objects.filter(log=log).update(signature=None)
        genesis = Entry.objects.get(log=log, position=0)
        record = canonical_json.canon({name: value for name, value in facts_of(genesis).items() if name != "signed_from"})
        Entry.objects.filter(pk=genesis.pk).update(record=record, leaf_hash=merkle.leaf_hash(record))


def test_a_log_from_before_signatures_goes_on_and_says_where_they_begin(cast: Cast, tmp_path: Path):
    log = Log.objects.get(school=cast.hillside)
    before_signatures(log)
    size = Entry.objects.filter(log=log).count()
    assert checked() == (0, [])
    with TestCase.captureOnCommitCallbacks(execute=True):
        ask(cast.ada, "3c:22:fb:00:00:02")
        sign(cast.ada)
    marker = Entry.objects.get(log=log, kind="log.signed")
    facts = facts_of(marker)
    assert (marker.position, facts["signed_from"], facts["root"]) == (size, size, merkle.root(evidence.leaves(log, size=size)).hex())
    assert not Entry.objects.filter(log=log, position__gte=size, signature__isnull=True).exists()
    assert checked() == (0, [])
    for person in (cast.ben, cast.ada):
        pdf = issue.issue(declaration=of(person), by=None, at=timezone.now())
        assert said_of(pdf).outcome == verify.Outcome.GENUINE
        assert Client().get(f"/verify/{of(person).reference}/").context["lapsed_on"] is None
    assert checked() == (0, [])
    assert verified(exported(log, tmp_path), key=key_file(tmp_path))[0] == INTACT
    # An old entry is held by the checkpoint that covers it, a new one by its own signature too.
    entry = of(cast.ben).entry
    with without_guards():
        rewrite(entry, typed_name="Ken Example")
    _code, said = checked()
    assert any("are not those of the checkpoint that is kept beside the key" in line for line in said)


def test_an_entry_slipped_into_a_log_from_before_signatures_is_found(cast: Cast):
    """After its checkpoint was kept, before its first signature."""
    log = Log.objects.get(school=cast.hillside)
    before_signatures(log)
    evidence.checkpoint(school=cast.hillside, at=timezone.now())
    assert checked() == (0, [])
    with without_guards():
        made_up(cast)
    position = Entry.objects.filter(log=log).latest("position").position
    assert f"hillside: position {position}: added without a signature" in checked()[1]
    with pytest.raises(BrokenLogError, match="added without a signature"):
        evidence.checkpoint(school=cast.hillside, at=timezone.now())


def test_a_restored_backup_is_taken_up_again_with_an_entry_that_says_so(log: Log, cast: Cast):
    root = signed_note.read(kept.checkpoint(log.origin)[0])[0].root.hex()
    size = evidence_size(log)
    with without_guards():
        it_is_rolled_back_behind_the_newest_checkpoint(cast)
    assert checked()[0] == 1
    with pytest.raises(CommandError, match="wants --school"):
        call_command("check_evidence", restored="of 3 May", verbosity=0)
    with pytest.raises(CommandError, match="the reason in words"):
        call_command("check_evidence", school="hillside", restored=" ", verbosity=0)
    assert checked("--school", "hillside", "--restored", "the backup of 3 May") == (0, [])
    entry = Entry.objects.get(log=log, kind="log.restored")
    facts = facts_of(entry)
    assert (facts["reason"], facts["kept_size"], facts["kept_root"]) == ("the backup of 3 May", size, root)
    assert Client().get("/healthz").json()["evidence"] == "ok"
    # What was kept before is laid aside, and not lost.
    assert len(list(kept.folder(log.origin).glob("newest-*.1"))) == 2
    assert issue.issue(declaration=of(cast.ben), by=None, at=timezone.now())
    assert checked() == (0, [])


def test_a_changed_log_is_not_taken_up_again(log: Log, cast: Cast):
    """That is for backups: what was changed stays refused."""
    with without_guards():
        an_entry_is_rewritten_and_nothing_else(cast)
    with pytest.raises(CommandError, match="not taken up again: position"):
        call_command("check_evidence", school="hillside", restored="Never mind.", verbosity=0)
    assert not Entry.objects.filter(kind="log.restored").exists()


def test_a_server_on_which_nothing_is_kept_says_so_and_signs_nothing(log: Log, cast: Cast):
    """A new host that got the key and the database, and not what lay beside the key."""
    for path in kept.folder(log.origin).iterdir():
        path.unlink()
    assert checked("--school", "hillside") == (1, ["hillside: its newest checkpoint is not kept beside the key"])
    with pytest.raises(BrokenLogError, match="not kept beside the key"):
        evidence.checkpoint(school=cast.hillside, at=timezone.now())
    assert checked("--school", "hillside", "--restored", "a new server") == (0, [])


def test_a_host_that_kept_less_believes_the_checkpoints_of_the_other(log: Log, cast: Cast, settings, tmp_path: Path):
    """Two hosts with a copy of the key each: the one is ahead of what the other keeps, and both go on."""
    first = Checkpoint.objects.filter(log=log).earliest("size")
    settings.EVIDENCE_CHECKPOINTS_DIR = tmp_path / "the other host"
    kept.keep_checkpoint(log.origin, first.note, count=1)
    kept.settle(log.origin, first.note)
    kept.keep_entry(log.origin, 0, bytes(Entry.objects.get(log=log, position=0).leaf_hash))
    assert checked() == (0, [])
    newest = evidence.checkpoint(school=cast.hillside, at=timezone.now())
    assert newest == Checkpoint.objects.filter(log=log).latest("size")
    assert kept.checkpoint(log.origin) == (newest.note, Checkpoint.objects.filter(log=log).count(), False)


class KilledError(BaseException):
    """As by kill -9: nothing catches it, and the database forgets what was not committed."""


def fall_over_after_keeping(log: Log, monkeypatch: pytest.MonkeyPatch) -> str:
    """A checkpoint is signed and kept beside the key, and the server falls over before the database has it; its note."""
    keep = kept.keep_checkpoint

    def keep_and_die(*words, **more) -> None:
        keep(*words, **more)
        raise KilledError

    with monkeypatch.context() as dying, TestCase.captureOnCommitCallbacks(execute=True):
        sign(Person.objects.get(email="ada@hillside.example"))
        dying.setattr(kept, "keep_checkpoint", keep_and_die)
        with pytest.raises(KilledError):
            evidence.checkpoint(school=log.school, at=timezone.now())
    note, _count, is_coming = kept.checkpoint(log.origin)
    assert is_coming
    assert not Checkpoint.objects.filter(note=note).exists()
    return note


@pytest.mark.parametrize("later", [False, True], ids=["nothing since", "with entries since"])
def test_a_checkpoint_that_was_kept_before_the_server_fell_over_comes_back_by_itself(log: Log, cast: Cast, monkeypatch, later: bool):
    note = fall_over_after_keeping(log, monkeypatch)
    assert checked() == (0, []), "the check itself takes it for a coming one"
    if later:
        with TestCase.captureOnCommitCallbacks(execute=True):
            ask(cast.ines, "3c:22:fb:00:00:09")
    newest = evidence.checkpoint(school=log.school, at=timezone.now())
    back = Checkpoint.objects.get(note=note)
    assert (newest == back) is not later
    assert kept.checkpoint(log.origin) == (newest.note, Checkpoint.objects.filter(log=log).count(), False)
    assert checked() == (0, [])


def test_it_comes_back_also_if_the_server_falls_over_again(log: Log, monkeypatch):
    note = fall_over_after_keeping(log, monkeypatch)
    with monkeypatch.context() as dying:
        dying.setattr(kept, "settle", lambda *_words: (_ for _ in ()).throw(KilledError))
        with pytest.raises(KilledError):
            evidence.checkpoint(school=log.school, at=timezone.now())
    evidence.checkpoint(school=log.school, at=timezone.now())
    assert Checkpoint.objects.filter(note=note).count() == 1
    assert checked() == (0, [])


@pytest.mark.parametrize("what", ["rewritten", "cut off", "an older checkpoint is gone", "another note", "another key"])
def test_the_moment_in_which_the_server_fell_over_lets_nothing_else_pass(log: Log, cast: Cast, monkeypatch, what: str):
    note = fall_over_after_keeping(log, monkeypatch)
    with without_guards():
        if what == "rewritten":
            an_entry_is_rewritten_and_nothing_else(cast)
        elif what == "cut off":
            cut_off(cast, Entry.objects.filter(log=log).latest("position").position)
        elif what == "an older checkpoint is gone":
            an_old_checkpoint_is_gone(cast)
        elif what == "another note":
            head = signed_note.read(note)[0]
            Checkpoint.objects.create(log=log, size=head.size, note="made up", made_at=timezone.now())
        else:
            kept.keep_checkpoint(log.origin, signed_note.sign(signed_note.read(note)[0], evidence.Ed25519PrivateKey.generate()), count=3)
    rows = Checkpoint.objects.filter(log=log).count()
    with pytest.raises(BrokenLogError):
        evidence.checkpoint(school=log.school, at=timezone.now())
    assert Checkpoint.objects.filter(log=log).count() == rows
    assert kept.refusal(log.origin)
    assert checked()[0] == 1


@pytest.mark.parametrize("name", [kept.COMING, kept.CHECKPOINT, kept.ENTRY])
def test_a_damaged_file_beside_the_key_is_named(log: Log, cast: Cast, name: str):
    (kept.folder(log.origin) / name).write_bytes(b"\xff\xfe")
    assert "what is kept beside the key cannot be read" in checked("--school", "hillside")[1][0]
    with pytest.raises(BrokenLogError, match="cannot be read"):
        evidence.checkpoint(school=cast.hillside, at=timezone.now())


def test_where_nothing_can_be_kept_nothing_is_signed(cast: Cast, settings, tmp_path: Path):
    settings.EVIDENCE_CHECKPOINTS_DIR = tmp_path / "a file"
    settings.EVIDENCE_CHECKPOINTS_DIR.write_text("in the place of the folder")
    with pytest.raises(BrokenLogError, match="cannot be read"):
        evidence.checkpoint(school=cast.hillside, at=timezone.now())
    settings.EVIDENCE_CHECKPOINTS_DIR = Path("/proc/nothing can be written here")
    with pytest.raises(evidence.MissingKeyError, match="cannot be kept in"):
        evidence.checkpoint(school=cast.hillside, at=timezone.now())
    assert not Checkpoint.objects.filter(log__school=cast.hillside).exists()


def test_an_entry_is_no_checkpoint():
    """The signature over an entry cannot be shown as one over a checkpoint of that size and root."""
    key, origin, leaf = evidence.Ed25519PrivateKey.generate(), "a.example/b", bytes(32)
    text = signed_note.entry_text(origin, 7, leaf).decode()
    with pytest.raises(signed_note.InvalidNoteError):
        signed_note.checkpoint_of(text)
    signature = signed_note.verifier_of(origin, key).key_id + key.sign(text.encode())
    note = signed_note.Checkpoint(origin, 7, leaf).text() + f"\n— {origin} {signed_note.base64.b64encode(signature).decode()}\n"
    with pytest.raises(signed_note.InvalidNoteError, match="does not match"):
        signed_note.opened(note, [signed_note.verifier_of(origin, key)])
