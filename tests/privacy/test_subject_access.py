"""Subject access: everything about the person, others by what they are at the school, and every free text marked for reading."""

import datetime as dt
import hashlib
import io
import json
import re
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.utils import timezone
from pypdf import PdfReader

from declarations.certificates import issue
from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, owner
from declarations.devices.models import Device, Permission
from declarations.evidence import kinds, log, merkle
from declarations.evidence.models import Entry
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.person import Person
from declarations.people import identity, legal_holds
from declarations.privacy import erasure
from declarations.privacy.personal_data import declared, rows_about
from declarations.privacy.subject_access import archive
from declarations.privacy.subject_access.collect import collect, handed_over
from declarations.sign_in import invitations
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.signing.actions import kiosk
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.paper import PaperSignature
from declarations.signing.models.response import Response
from declarations.staff_lists.models import StaffList
from tests.cast import Cast, ask, make_person, sign
from tests.evidence.owner import facts_of
from tests.privacy.aged import written_about
from tests.social_media.making import proposed

SECRET = "kept-to-ourselves"
SCAN = b"%PDF-1.7 a scan of ben's"
# Everybody else of the cast, by what would give them away.
OTHERS = ["ada", "hilda", "omar", "gita", "ines", "rosa", "rita", "tara"]


@pytest.fixture
def busy(cast: Cast, signed_in) -> Cast:
    """Ben has something of each kind, and others' names, addresses and Wi-Fi addresses stand in the texts about him."""
    at = timezone.now()
    permission = Permission.objects.get(owner=cast.ben)
    approval.approve(
        permission=permission, by=cast.hilda, until=cast.hillside.day_of(at), at=at,
        conditions="With Ada Example only", note="omar@hillside.example agrees",
    )  # fmt: skip
    lost = owner.report_lost(device=permission.device, by=cast.ben, at=at)
    approval.lift(suspension=lost, by=cast.omar, at=at)
    written_about(cast.ben, by=cast.hilda, at=at)
    Response.objects.create(
        school=cast.hillside,
        person=cast.ben,
        kind="decline",
        reason="ADA EXAMPLE may keep 3c:22:fb:00:00:02, says Hilda Example.",
        said_at=at,
    )
    declaration = Declaration.objects.get(person=cast.ben)
    issue.issue(declaration=Declaration.objects.with_texts().select_related("school", "entry__log").get(), by=cast.hilda, at=at)
    PaperSignature.objects.create(
        declaration=declaration, entered_by=cast.ines, sighted_by="Gita Example", filed_where="Cabinet of Ines Example", scan=SCAN,
        scan_type="application/pdf", scan_sha256=hashlib.sha256(SCAN).hexdigest(),
    )  # fmt: skip
    for letter in outbox.due(at=at):
        outbox.send(letter, at=at)
    legal_holds.place_hold(person=cast.ben, reason="File 2026/7, asked by Omar Example", by=cast.hilda, at=at)
    LogEntry.objects.create(
        user=cast.ines, content_type=ContentType.objects.get_for_model(Device), object_id=str(permission.device_id),
        object_repr="Example Phone 5 (Ben Example)", action_flag=CHANGE, change_message="For Ada Example",
    )  # fmt: skip
    comes_in(cast, at)
    proposed(cast)  # ben is one of its keepers
    signed_in(cast.ben).get("/")
    # What others have, beside his.
    sign(cast.ada, at)
    approval.decline(permission=ask(cast.ada, "3c:22:fb:00:00:02", at), by=cast.omar, note="Ben Example has one already.", at=at)
    # Ben decides and answers too, in another's matter.
    waiting = ask(cast.omar, "3c:22:fb:00:00:03", at)
    Permission.objects.filter(pk=waiting.pk).update(
        decided_by=cast.ben, decided_at=at, approved=False, decision_note="Not for Omar Example."
    )
    return cast


def comes_in(cast: Cast, at: dt.datetime) -> None:
    """By every way there is: invited, with Google, with an app, on the tablet; and a staff list has changed his title."""
    invitations.invite(person=cast.ben, by=cast.hilda, at=at)
    google = IdentityProvider.objects.create(
        school=cast.hillside, kind="google", slug="hillside-google", client_id="c", domains="hillside.example"
    )
    LinkedAccount.objects.create(person=cast.ben, provider=google, subject="7", email="ben@hillside.example", linked_at=at)
    kiosk.give_code(person=cast.ben, by=cast.hilda, at=at)
    identity.ask_for_role(person=cast.ben, name="administrator", by=cast.ines, at=at)
    Authenticator.objects.create(user=cast.ben, type=Authenticator.Type.TOTP, data={"secret": SECRET})
    UserSession.objects.create(user=cast.ben, ip="192.0.2.7", session_key=SECRET, user_agent="Browser of ben")
    changed = [
        {"id": one.pk, "before": {"job_title": f"was {one.full_name}"}, "after": {"job_title": "teacher"}} for one in (cast.ben, cast.ada)
    ]
    StaffList.objects.create(
        school=cast.hillside, uploaded_at=at, uploaded_by=cast.ines, sha256="0" * 64, confirmed_at=at, confirmed_by=cast.ines,
        changes={"joined": [], "changed": changed},
    )  # fmt: skip


def opened(person: Person) -> dict[str, bytes]:
    content = archive.answer(person=person, by=None, at=timezone.now())
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        assert files.testzip() is None
        return {name: files.read(name) for name in files.namelist()}


def texts(files: dict[str, bytes]) -> str:
    """All that can be read in it, without the scan."""
    pdf = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(files["about.pdf"])).pages)
    return pdf + "\n" + "\n".join(content.decode() for name, content in files.items() if name.endswith((".json", ".txt")))


def whole(person: Person) -> dict[str, Any]:
    """What about.json says."""
    return json.loads(archive.as_json(collect(person=person, at=timezone.now())))


def sections(person: Person) -> dict[str, list[dict[str, Any]]]:
    return {section["title"]: section["rows"] for section in whole(person)["sections"]}


def free(text: str) -> dict[str, str]:
    """A free text as about.json marks it."""
    return {"free_text": text}


def without_free_texts(value: Any) -> Any:
    """The structured values of about.json."""
    match value:
        case {"free_text": str()}:
            return None
        case dict():
            return {key: without_free_texts(item) for key, item in value.items()}
        case list():
            return [without_free_texts(item) for item in value]
    return value


def structured(person: Person) -> str:
    return json.dumps(without_free_texts(whole(person)), ensure_ascii=False)


def test_what_a_staff_list_changed_is_told_of_them_alone_and_no_secret_at_all(busy: Cast):
    found = sections(busy.ben)["what staff lists changed, while that can be undone"]
    assert [one["before"] for one in found] == [{"job_title": "was Ben Example"}]
    assert SECRET not in texts(opened(busy.ben))


def in_json(person: Person) -> str:
    return json.dumps(sections(person), ensure_ascii=False)


# --- everything about them


def test_every_field_of_every_row_about_them_is_in_it(busy: Cast):
    found = sections(busy.ben)
    total = 0
    for model, data in declared().items():
        if not data.about or model is Person:
            continue
        rows, label = found[str(model._meta.verbose_name_plural)], model._meta.label
        assert [row["id"] for row in rows] == list(rows_about(model, busy.ben).values_list("pk", flat=True)), label
        assert all(set(row) == {field.name for field in handed_over(data)} for row in rows), label
        total += len(rows)
        if label not in {"account.EmailAddress", "declarations.Role", "declarations.Erasure", "declarations.PermissionReview"}:
            assert rows, f"{label}: the scene has none of ben's"
    assert total > 20


def test_secrets_and_hashes_of_secrets_are_left_out_and_the_scan_is_a_file():
    assert {f"{model._meta.label}.{name}" for model, data in declared().items() if data.about for name in data.secret} == {
        "declarations.Person.password",
        "declarations.Email.sealed",
        "declarations.GuardedChange.salt",
        "declarations.PaperSignature.scan",
        "declarations.Invitation.salt",
        "declarations.Invitation.sha256",
        "declarations.SigningCode.code_hash",
        "mfa.Authenticator.data",
        "usersessions.UserSession.session_key",
    }


def test_it_holds_the_facts(busy: Cast):
    files = opened(busy.ben)
    declaration, text = Declaration.objects.get(person=busy.ben), texts(files)
    for fact in (
        "Ben Example", "ben@hillside.example", declaration.reference, busy.aup.sha256, busy.leaflet.sha256, declaration.statement,
        "192.0.2.7",
        "Test browser", "3C:22:FB:00:00:01", "Example Phone 5", "Timetable at lunch", "Ben Example has a question.",
        "Dear Ben Example, yes.",
        "Ben Example is away.", "declaration.signed", "permission.approved", "File 2026/7", hashlib.sha256(SCAN).hexdigest(),
        busy.hillside.label_slt, "sign due", "receipt of a declaration", "lunch",
    ):  # fmt: skip
        assert fact in text, fact
    assert files[f"paper/{declaration.reference}.pdf"] == SCAN
    found = sections(busy.ben)
    assert len(found["sign-ins that are open"]) == 1
    assert found["sign-ins that are open"][0]["signed_in"][0]["method"] == "password"
    called = [note["called"] for note in found["notes of the desk about them"]]
    assert called == [free("Ben Example"), free("Example Phone 5 (Ben Example)")]
    (permission,) = found["permissions"]
    assert permission["owner"] == "this person"
    assert permission["decided_by"] == f"a member of the {busy.hillside.label_slt}"
    assert permission["conditions"] == free("With Ada Example only")
    assert permission["decision_note"] == free("omar@hillside.example agrees")


def test_the_logs_records_are_told_and_those_of_theirs_alone_are_there_byte_for_byte(busy: Cast):
    files = opened(busy.ben)
    entries = sections(busy.ben)["entries of the evidence log"]
    own = Declaration.objects.get(person=busy.ben).entry
    exact = files[f"log/hillside-{own.position}.json"]
    assert merkle.leaf_hash(exact).hex() == next(one["leaf_hash"] for one in entries if one["position"] == own.position)
    approved = next(one for one in entries if one["kind"] == "permission.approved")
    assert approved["record"]["by"] == {"who": f"a member of the {busy.hillside.label_slt}"}
    assert approved["record"]["owner"] == {"id": busy.ben.pk, "name": "Ben Example"}
    assert f"log/hillside-{approved['position']}.json" not in files


def test_what_they_did_in_others_matters_is_that_and_when(busy: Cast):
    deeds = sections(busy.ben)["what they did in records about others or the school"]
    theirs = Permission.objects.get(owner=busy.omar)
    assert [deed for deed in deeds if deed["record"] == f"permission {theirs.pk}"] == [
        {"record": f"permission {theirs.pk}", "what": "decided by", "at": json.loads(json.dumps(theirs.decided_at.isoformat()[:23] + "Z"))}
    ]
    assert "Not for" not in in_json(busy.ben)


# --- nothing about anybody else


def test_structured_values_name_nobody_else(busy: Cast):
    text = structured(busy.ben).lower()
    assert text.count("ben example") > 10  # the control: it is read at all
    for name in OTHERS:
        other = getattr(busy, name)
        assert other.full_name.lower() not in text
        assert other.email.lower() not in text
        assert not re.search(rf"\b{name}\b", text), name
    assert "3c:22:fb:00:00:02" not in text
    assert "3c:22:fb:00:00:03" not in text
    assert busy.ben.password not in texts(opened(busy.ben))


def test_an_e_mail_and_an_address_of_somebody_else_are_described(busy: Cast):
    recipients = {row["recipient"] for row in sections(busy.ben)["letters"]}
    assert recipients == {"ben@hillside.example", f"a member of the {busy.hillside.label_slt}", "an administrator"}
    # Hilda typed an address that a device of ben's has.
    assert [row["address"] for row in sections(busy.ben)["addresses claimed twice"]] == ["3C:22:FB:00:00:01"]
    assert [row["address"] for row in sections(busy.hilda)["addresses claimed twice"]] == ["somebody else's"]


def test_every_free_text_is_marked_and_stands_in_the_list(busy: Cast):
    answer, found = collect(person=busy.ben, at=timezone.now()), sections(busy.ben)
    places = []
    for model, data in declared().items():
        title = str(model._meta.verbose_name_plural)
        if not data.about or model is Person:
            continue
        for number, row in enumerate(found[title], start=1):
            stored = model._default_manager.get(pk=row["id"])
            for name in data.free_text:
                if text := getattr(stored, name):
                    assert row[name] == free(text), f"{title}.{name}"
                    places.append(f"{title} {number}: {model._meta.get_field(name).verbose_name}")
    assert len(places) > 10
    assert set(places) <= set(answer.free_texts())
    # The list has each mark once, wherever it is.
    as_json = archive.as_json(answer)
    assert as_json.count('"free_text": ') == len(answer.free_texts()) == len(set(answer.free_texts()))
    assert whole(busy.ben)["free_texts"] == answer.free_texts()
    assert "permissions 1: conditions" in answer.free_texts()


def test_the_list_stands_in_the_readme_and_in_the_pdf_and_each_is_marked_there(busy: Cast):
    files, places = opened(busy.ben), collect(person=busy.ben, at=timezone.now()).free_texts()
    readme = files["README.txt"].decode()
    assert [line[2:] for line in readme.splitlines() if line.startswith("- ")] == places
    assert "takes no name out" in readme
    pdf = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(files["about.pdf"])).pages).split())
    assert f"Free texts to read first ({len(places)})" in pdf
    assert "(free text)" in pdf
    without = without_free_texts(sections(busy.ben))
    marked = sum(value != without[title][number][key] and set(value) == {"free_text"}
                 for title, rows in sections(busy.ben).items() for number, row in enumerate(rows) for key, value in row.items()
                 if isinstance(value, dict))  # fmt: skip
    assert pdf.count("(free text)") == marked


def test_free_texts_in_records_of_the_log_are_marked(busy: Cast):
    """Every text of a record is a free text, or one of these."""
    fixed = {
        "kind", "at", "until", "expires_at", "format", "salt", "origin", "school", "id", "name", "title", "email", "who", "sha256",
        "reference", "school_name", "statement", "typed_name", "time_zone", "signed_at", "signed_on", "lapses_on", "signed_in_at", "text",
        "key", "outcome", "from_on", "scan_sha256", "pdf_sha256", "clock", "what", "provider", "subject", "v",
        "before_sha256", "after_sha256", "address_sha256", "section",
    }  # fmt: skip
    records = [entry["record"] for entry in sections(busy.ben)["entries of the evidence log"] if "record" in entry]
    assert len(records) > 8

    def keys(value: Any, key: str = "") -> set[str]:
        match value:
            case {"free_text": str()}:
                return set()
            case dict():
                return {inner for name, item in value.items() for inner in keys(item, name)}
            case list():
                return {inner for item in value for inner in keys(item, key)}
        return {key} if isinstance(value, str) and value else set()

    assert keys(records) <= fixed
    approved = next(record for record in records if record["kind"] == "permission.approved")
    assert approved["conditions"] == free("With Ada Example only")
    signed = next(record for record in records if record["kind"] == "declaration.signed")
    assert signed["signed_in_with"] == free(Declaration.objects.get(person=busy.ben).signed_in_with)


def test_another_has_their_own_and_not_bens(busy: Cast):
    text = in_json(busy.ada)
    assert "3C:22:FB:00:00:02" in text
    assert free("Ben Example has one already.") in [row["decision_note"] for row in sections(busy.ada)["permissions"]]
    for word in ("ben@hillside.example", "3C:22:FB:00:00:01", "Timetable for"):
        assert word not in text
    assert "Ben Example" not in structured(busy.ada)


def test_whoever_leads_is_told_what_they_did_and_about_whom_it_was_is_not(busy: Cast):
    text = structured(busy.hilda)
    assert "decided by" in text
    assert "hilda@hillside.example" in text
    for word in ("Ben", "ben@", "Ada", "With", "has a question"):
        assert word not in text.replace("With Wi-Fi", ""), word


# --- who may, and what stays of it


def test_that_it_was_given_stands_in_the_log(cast: Cast):
    content = archive.answer(person=cast.ben, by=cast.hilda, at=timezone.now())
    told = facts_of(Entry.objects.get(kind="person.data_given"))
    assert told["person"] == log.who(cast.ben)
    assert told["by"] == log.who(cast.hilda)
    assert told["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("who", ["ada", "gita", "rosa"])
def test_not_for_everybody(cast: Cast, who: str):
    with pytest.raises(RefusedError, match="Only the leadership"):
        archive.answer(person=cast.ben, by=getattr(cast, who), at=timezone.now())
    assert not Entry.objects.filter(kind="person.data_given").exists()


def test_somebody_of_the_trust_and_somebody_erased(cast: Cast):
    assert "tara@trust.example" in in_json(cast.tara)
    erasure.erase_person(person=cast.ben, reason="asked for", at=timezone.now())
    cast.ben.refresh_from_db()
    found = sections(cast.ben)
    assert found["declarations"] == []
    assert [row["reason"] for row in found["erasures"]] == [free(Erasure.objects.get().reason)]


# --- the command


@pytest.mark.parametrize("by_number", [True, False])
def test_the_command_writes_a_file_for_its_owner_alone(cast: Cast, tmp_path: Path, by_number: bool):
    file = tmp_path / "ben.zip"
    out = io.StringIO()
    call_command("subject_access", str(file), person=str(cast.ben.pk) if by_number else "BEN@hillside.example", stdout=out)
    assert zipfile.is_zipfile(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "read its free texts" in out.getvalue()
    before = file.read_bytes()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("subject_access", str(file), person="ben@hillside.example")
    assert file.read_bytes() == before


@pytest.mark.parametrize("person", ["nobody@hillside.example", "999999", "9" * 40, "", "٣", "ben\x00", "\udcff"])
def test_the_command_refuses_whom_it_does_not_know(cast: Cast, tmp_path: Path, person: str):
    with pytest.raises(CommandError, match="nobody with this"):
        call_command("subject_access", str(tmp_path / "x.zip"), person=person)
    assert not list(tmp_path.iterdir())


def test_people_without_e_mail_have_only_their_own_letters(cast: Cast):
    one = make_person(cast.hillside, "", "Olga Without-Example")
    two = make_person(cast.hillside, "", "Nora Without-Example")
    at = timezone.now()
    Email.objects.create(
        school=cast.hillside, kind="reminder", recipient="", person=two, on=dt.date(2026, 9, 1), written_at=at, not_before=at
    )
    assert sections(one)["letters"] == []


# --- about whom a record is


def test_of_every_kind_of_record_it_is_said_about_whom_it_is():
    """Each of these ways to say whom a record is about is one that `is_about` knows."""
    assert set(kinds.about().values()) == {"person", "owner", "by", "reference", ""}


def test_who_fetched_anothers_certificate_is_not_told_whose(cast: Cast):
    declaration = Declaration.objects.with_texts().select_related("school", "entry__log").get(person=cast.ben)
    issue.issue(declaration=declaration, by=cast.gita, at=timezone.now())
    files = opened(cast.gita)
    assert declaration.reference not in texts(files)
    told = [one for one in sections(cast.gita)["entries of the evidence log"] if one["kind"] == "certificate.issued"]
    assert [set(one) for one in told] == [{"log", "position", "kind", "at", "leaf_hash"}]
    assert f"log/hillside-{told[0]['position']}.json" not in files
    # The signer is told, without who it was.
    (own,) = [one for one in sections(cast.ben)["entries of the evidence log"] if one["kind"] == "certificate.issued"]
    assert own["record"]["reference"] == declaration.reference
    assert own["record"]["by"] == {"who": "somebody else of the school"}


def test_nobody_else_is_told_by_their_number(busy: Cast):
    entries = sections(busy.ben)["entries of the evidence log"]
    (made,) = [one for one in entries if one["kind"] == "reply.made"]
    assert made["record"]["to"] == {"who": f"a member of the {busy.hillside.label_slt}"}


# --- namesakes, and texts that name them


def noted(about: Person | Device | Permission, *, by: Person, change: str = "") -> LogEntry:
    return LogEntry.objects.create(
        user=by, content_type=ContentType.objects.get_for_model(type(about)), object_id=str(about.pk), object_repr=str(about),
        action_flag=CHANGE, change_message=change,
    )  # fmt: skip


def test_a_namesakes_note_is_the_namesakes(cast: Cast):
    other = make_person(cast.hillside, "ben2@hillside.example", "Ben Example")
    longer = make_person(cast.hillside, "mary@hillside.example", "Mary Ben Example")
    noted(cast.ben, by=cast.ines, change="own")
    noted(other, by=cast.ines, change="the namesake's")
    noted(longer, by=cast.ines, change="Mary's")
    assert [one["change"] for one in sections(cast.ben)["notes of the desk about them"]] == [free("own")]
    assert [one["change"] for one in sections(other)["notes of the desk about them"]] == [free("the namesake's")]


NAMED = "texts of the school, or about others, in which they are named"


def test_texts_in_which_they_are_named_are_told(cast: Cast):
    at, school = timezone.now(), cast.hillside
    school.it_contact = "Ben Example, extension 12"
    school.dsl_contact = "Ben Example and Ada Example, extension 13"
    school.dsl_deputies = "Hilda Example"
    school.checkpoint_recipients = "ben@hillside.example"
    school.save()
    cast.riverside.it_contact = "Ben Example"
    cast.riverside.save()
    signed = sign(cast.ada, at)
    paper = PaperSignature.objects.create(declaration=signed, entered_by=cast.ines, sighted_by="Ben Example", filed_where="By Ben Example")
    approval.decline(permission=ask(cast.ada, "3c:22:fb:00:00:02", at), by=cast.omar, note="Ben Example has one already.", at=at)
    note = noted(cast.ada, by=cast.ines, change="Given to Ben Example")
    found = {(one["place"], one["what"]): one["text"] for one in sections(cast.ben)[NAMED]}
    assert found == {
        ("Hillside School", "IT support: contact"): free("Ben Example, extension 12"),
        ("Hillside School", "safeguarding lead: name and contact"): free("Ben Example and Ada Example, extension 13"),
        ("Hillside School", "who keeps the checkpoints"): free("ben@hillside.example"),
        (f"signature on paper {paper.pk}", "sighted by"): free("Ben Example"),
        (f"signature on paper {paper.pk}", "filed"): None,
        (f"permission {Permission.objects.get(owner=cast.ada).pk}", "reason for the decision"): None,
        (f"note of the desk {note.pk}", "a text in it"): None,
    }
    assert signed.reference not in in_json(cast.ben)


def test_a_contact_of_a_namesake_or_of_a_longer_name_is_not_given_away(cast: Cast):
    make_person(cast.hillside, "ben2@hillside.example", "Ben Example")
    make_person(cast.hillside, "mary@hillside.example", "Mary Ben Example")
    cast.hillside.it_contact, cast.hillside.dsl_contact = "Ben Example, extension 12", "Mary Ben Example, extension 13"
    cast.hillside.save()
    found = {one["what"]: one["text"] for one in sections(cast.ben)[NAMED]}
    assert found == {"IT support: contact": None, "safeguarding lead: name and contact": None}
