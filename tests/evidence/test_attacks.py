"""The attacks of somebody who owns the database: what is detected, and, at the end, what no log can show."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from declarations.certificates import issue
from declarations.certificates.models import IssuedCertificate
from declarations.checkpoints.actions import make_and_queue
from declarations.devices.actions import approval, owner, renewal
from declarations.devices.log_records import facts_of_device
from declarations.devices.models import Device, Permission, PermissionReview, Suspension
from declarations.dual_control import actions as dual_control
from declarations.dual_control.models import GuardedChange
from declarations.evidence import canonical_json, key_chain, keys, merkle, signed_note
from declarations.evidence import log as evidence
from declarations.evidence.log import BrokenLogError
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.network import tokens
from declarations.network.log_records import facts_of_network
from declarations.network.models import Controller, NetworkSettings, NetworkToken
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person, Role
from declarations.people import leaving, legal_holds, roles
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.policies.text import placeholders as text
from declarations.sign_in import invitations, linked_accounts
from declarations.sign_in.models import IdentityProvider, Invitation, LinkedAccount
from declarations.sign_in.oidc_claims import Identity
from declarations.signing.actions import kiosk, paper, responses
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.models.paper import PaperSignature
from declarations.signing.models.response import Exemption, Response
from declarations.staff_lists import import_list, undo
from declarations.staff_lists.models import StaffList
from tests.cast import Cast, ask, make_cast, make_person, publish_next, sign
from tests.evidence.columns import COMPARED
from tests.evidence.owner import (
    INTACT,
    TAMPERED,
    another,
    checked,
    exported,
    facts_of,
    key_file,
    nothing_more_is_kept,
    rewrite,
    sign_again,
    verified,
    without_constraints,
    without_guards,
)
from tests.snapshot import cast_from_snapshot

GOVERNOR = "chair@governors.example"


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_from_snapshot(busy_term, without_guards)


@pytest.fixture
def log(cast: Cast) -> Log:
    """Hillside's log after a busy term."""
    return Log.objects.select_related("school").get(school=cast.hillside)


def busy_term() -> Cast:
    """Every table that the check compares has its rows."""
    cast = make_cast()
    at = timezone.now()
    on = cast.hillside.day_of(at)
    cast.hillside.checkpoint_recipients = GOVERNOR
    cast.hillside.save()
    bens = Permission.objects.get(owner=cast.ben)
    approval.approve(permission=bens, by=cast.hilda, until=on, at=at, conditions="Staff room", note="As agreed.")
    gone = ask(cast.ada, "3c:22:fb:00:00:02", at)
    approval.approve(permission=gone, by=cast.hilda, until=on, at=at)
    approval.revoke(permission=gone, by=cast.omar, note="Left on a bus.", at=at)
    approval.decline(permission=ask(cast.ines, "3c:22:fb:00:00:03", at), by=cast.omar, note="Not now.", at=at)
    owner.withdraw(permission=ask(cast.gita, "3c:22:fb:00:00:04", at), by=cast.gita, at=at)
    lost = owner.report_lost(device=bens.device, by=cast.ben, at=at)
    approval.lift(suspension=lost, by=cast.omar, at=at)
    owner.report_lost(device=gone.device, by=cast.ada, at=at)
    roles.remove_role(role=Role.objects.get(person=cast.gita), by=cast.ines, at=at)
    signed = Declaration.objects.with_texts().select_related("school", "entry__log").get(person=cast.ben)
    issue.issue(declaration=signed, by=cast.ben, at=at)
    hers = ask(cast.hilda, "3c:22:fb:00:00:05", at)
    approval.approve(permission=hers, by=cast.omar, until=on, at=at)
    renewed = renewal.renew(permission=hers, by=cast.omar, until=on + dt.timedelta(days=30), at=at)
    renewal.review(permission=renewed, by=cast.omar, at=at)
    said = responses.respond(person=cast.ada, kind="talk", reason="Why?", at=at)
    responses.answer(response=said, by=cast.omar, text="So.", at=at)
    responses.respond(person=cast.ines, kind="decline", reason="No.", at=at)
    responses.end_exemption(
        exemption=responses.exempt(person=cast.ada, by=cast.hilda, reason="Away", from_on=on, until=on, at=at), by=cast.omar, at=at
    )
    responses.exempt(person=cast.ines, by=cast.hilda, reason="Away", from_on=on, until=on, at=at)
    paper.enter(
        person=cast.omar,
        by=cast.ines,
        signed_on=on,
        sighted_by="Ines",
        filed_where="Cabinet 2",
        at=at,
        scan=b"%PDF",
        scan_type="application/pdf",
    )
    publish_next(cast.leaflet, by=cast.hilda, at=at, sign_by=None)
    legal_holds.end_hold(hold=legal_holds.place_hold(person=cast.gita, reason="A claim", by=cast.omar, at=at), by=cast.ines, at=at)
    kiosk.close_tablet(
        tablet=kiosk.open_tablet(school=cast.hillside, by=cast.omar, at=at, lasts=dt.timedelta(hours=1)), by=cast.ines, at=at
    )
    kiosk.open_tablet(school=cast.hillside, by=cast.hilda, at=at, lasts=dt.timedelta(hours=1))
    kiosk.give_code(person=cast.ada, by=cast.hilda, at=at)
    tokens.end_token(token=tokens.make_token(school=cast.hillside, name="Old building", by=cast.ines, at=at)[0], by=cast.ines, at=at)
    tokens.make_token(school=cast.hillside, name="New building", by=cast.ines, at=at, networks="10.1.0.0/24", only_for="questions")
    NetworkSettings.objects.create(school=cast.hillside, vlan=40)
    Controller.objects.create(school=cast.hillside, name="Hall", host="192.0.2.1", secret_name="hall")
    with transaction.atomic():
        evidence.append(school=cast.hillside, kind="network.set_up", at=at, by=cast.ines, facts=facts_of_network(cast.hillside))
    import_list.import_file(school=cast.hillside, content=b"Name,Email\nNina New,nina@hillside.example\n", at=at, many_leave=False)
    undo.undo(staff_list=StaffList.objects.get(), by=cast.ines, at=at)
    leaving.leave(person=cast.ada, leaves_on=dt.date(2099, 1, 1), by=cast.hilda, at=at)
    ways_in(cast, at)
    assert checked() == (0, [])
    return cast


def ways_in(cast: Cast, at: dt.datetime) -> None:
    """Providers, accounts there, an invitation; of the changes that they need, one is confirmed, one made at once, one waits."""
    google = IdentityProvider(school=cast.hillside, kind="google", slug="google", client_id="c", domains="hillside.example")
    waiting = linked_accounts.set_up(provider=google, by=cast.ines, at=at)
    dual_control.confirm(change=GuardedChange.objects.get(pk=waiting.pk), by=cast.hilda, at=at + dt.timedelta(seconds=1))
    tenant = "00000000-0000-4000-8000-000000000000"
    other = IdentityProvider(
        school=cast.hillside, kind="microsoft", slug="microsoft", client_id="c", tenant=tenant, domains="hillside.example"
    )
    linked_accounts.set_up(provider=other, by=cast.ines, at=at)
    zoe = make_person(cast.hillside, "zoe@hillside.example", "Zoe Example")
    invitations.accept(invitation=invitations.invite(person=zoe, by=cast.ines, at=at), password="", at=at)
    google.refresh_from_db()
    for person in (cast.ben, zoe):
        identity = Identity(subject=f"subject of {person}", email=person.email)
        linked_accounts.recognise(provider=google, identity=identity, at=at)
    linked_accounts.unlink(account=LinkedAccount.objects.get(person=zoe), by=cast.ines, at=at)


def post(folder: Path) -> Path:
    """Everything that is due goes out, and lies in a folder outside: as e-mails."""
    held = folder / "held"
    held.mkdir(exist_ok=True)
    at = timezone.now()
    make_and_queue(at=at)
    for letter in outbox.due(at=at):
        outbox.send(letter, at=at)
    # What was settled meanwhile was dropped: a reply that has its answer.
    assert not Email.objects.filter(sent_at=None, dropped_at=None).exists()
    for number, message in enumerate(mail.outbox):
        (held / f"{number}.eml").write_bytes(message.message().as_bytes())
    return held


def bens_entry() -> Entry:
    return Declaration.objects.get(person__email="ben@hillside.example").entry


def another_name(entry: Entry) -> dict[str, Any]:
    """Somebody else typed their name: what an owner might want."""
    return {"typed_name": f"{facts_of(entry)['typed_name']} the Second"}


# --- the log


def test_a_row_of_the_log_is_edited(log: Log, tmp_path: Path):
    entry, key = bens_entry(), key_file(tmp_path)
    with without_guards():
        Entry.objects.filter(pk=entry.pk).update(record=canonical_json.canon(facts_of(entry) | another_name(entry)))
    code, said = checked()
    assert code == 1
    assert f"hillside: position {entry.position}: the record does not match its leaf hash" in said
    code, words = verified(exported(log, tmp_path), key=key)
    assert code == TAMPERED
    assert f"position {entry.position}" in words


def test_a_row_is_edited_with_its_hash(log: Log, tmp_path: Path):
    entry, key = bens_entry(), key_file(tmp_path)
    with without_guards():
        rewrite(entry, **another_name(entry))
    code, said = checked()
    assert code == 1
    assert any("an entry before it was changed since" in line for line in said)
    assert any("the log" in line and "another typed name" in line for line in said)
    code, words = verified(exported(log, tmp_path), key=key)
    assert code == TAMPERED
    assert "checkpoints.txt" in words


def test_a_row_is_edited_and_everything_later_is_signed_again(log: Log, tmp_path: Path):
    """With the key, but not the table that the entry tells of."""
    entry = bens_entry()
    with without_guards():
        rewrite(entry, **another_name(entry))
        sign_again(log)
    code, said = checked()
    assert code == 1
    reference = Declaration.objects.get(entry=entry).reference
    assert said == [f"hillside: declaration {reference}: the log (position {entry.position}) says another typed name"]


def edit_everything(log: Log) -> Entry:
    """The log, the table and all checkpoints say the new words; only what lies outside does not."""
    entry = bens_entry()
    changed = another_name(entry)
    with without_guards():
        rewrite(entry, **changed)
        Declaration.objects.filter(entry=entry).update(**changed)
        sign_again(log)
    return entry


@pytest.mark.parametrize("who", ["the signer", "the governor"])
def test_everything_is_rewritten_and_somebody_holds_a_checkpoint(log: Log, tmp_path: Path, who):
    """The receipt's e-mail alone is enough, and so is the weekly letter alone."""
    key, held = key_file(tmp_path), post(tmp_path)
    kept = (GOVERNOR, "Please keep") if who == "the governor" else ("ben@hillside.example", "Your declaration")
    for number, message in enumerate(mail.outbox):
        if not (message.to == [kept[0]] and message.subject.startswith(kept[1])):
            (held / f"{number}.eml").unlink()
    assert len(list(held.iterdir())) == 1
    assert verified(exported(log, tmp_path), key=key, held=held)[0] == INTACT
    edit_everything(log)
    code, words = verified(exported(log, tmp_path), key=key, held=held)
    assert code == TAMPERED
    assert ".eml" in words


def test_everything_is_rewritten_and_somebody_holds_a_certificate(log: Log, cast: Cast, tmp_path: Path):
    signed = Declaration.objects.with_texts().select_related("school", "entry__log").get(person=cast.ben)
    held = tmp_path / "certificate.pdf"
    held.write_bytes(issue.issue(declaration=signed, by=cast.ben, at=timezone.now()))
    key = key_file(tmp_path)
    edit_everything(log)
    assert verified(exported(log, tmp_path), key=key, held=held)[0] == TAMPERED


def renumber(log: Log, *, without: Entry) -> None:
    """An entry goes, and those after it move up, with their records."""
    later = list(Entry.objects.filter(log=log, position__gt=without.position).order_by("position"))
    without.delete()
    for entry in later:
        record = canonical_json.canon(facts_of(entry) | {"position": entry.position - 1})
        Entry.objects.filter(pk=entry.pk).update(position=entry.position - 1, record=record, leaf_hash=merkle.leaf_hash(record))


def withdrawal(log: Log) -> Entry:
    return Entry.objects.get(log=log, kind="permission.withdrawn")


def test_an_entry_is_deleted(log: Log, tmp_path: Path):
    entry, key = withdrawal(log), key_file(tmp_path)
    with without_guards():
        entry.delete()
    code, said = checked()
    assert code == 1
    assert f"hillside: position {entry.position}: missing (the next entry stands at {entry.position + 1})" in said
    code, words = verified(exported(log, tmp_path), key=key)
    assert code == TAMPERED
    assert f"position {entry.position}" in words


def test_an_entry_is_deleted_and_the_rest_renumbered(log: Log, tmp_path: Path):
    key = key_file(tmp_path)
    with without_guards():
        renumber(log, without=withdrawal(log))
    code, said = checked()
    assert code == 1
    assert any(line.startswith("hillside: permission ") and "not in the log" in line for line in said)
    assert verified(exported(log, tmp_path), key=key)[0] == TAMPERED


def test_an_entry_is_deleted_renumbered_and_signed_again_with_its_row(log: Log, tmp_path: Path):
    """Nothing inside says it any more; the checkpoint outside does."""
    evidence.checkpoint(school=log.school, at=timezone.now())
    key, held = key_file(tmp_path), post(tmp_path)
    with without_guards():
        Permission.objects.filter(ended_because="withdrawn").update(ended_because=None, ended_by=None, ended_at=None)
        Email.objects.all().delete()
        renumber(log, without=withdrawal(log))
        sign_again(log)
    code, words = verified(exported(log, tmp_path), key=key, held=held)
    assert code == TAMPERED
    assert "were signed" in words


def test_two_entries_change_places(log: Log, tmp_path: Path):
    first, second = Entry.objects.filter(log=log, kind="permission.asked").order_by("position")[:2]
    key = key_file(tmp_path)
    with without_guards():
        Entry.objects.filter(pk=first.pk).update(position=1000)
        Entry.objects.filter(pk=second.pk).update(position=first.position)
        Entry.objects.filter(pk=first.pk).update(position=second.position)
    code, said = checked()
    assert code == 1
    assert f"hillside: position {first.position}: the record says another origin, position, kind or time than its row" in said
    assert verified(exported(log, tmp_path), key=key)[0] == TAMPERED


@pytest.mark.parametrize("size", ["smaller", "larger"])
def test_a_checkpoint_is_given_another_size(log: Log, size):
    checkpoint = Checkpoint.objects.filter(log=log).latest("size")
    with without_guards():
        Checkpoint.objects.filter(pk=checkpoint.pk).update(size=checkpoint.size + (1 if size == "larger" else -1))
    code, said = checked()
    assert code == 1
    assert any("its note speaks of another log or size" in line for line in said)


def test_the_end_is_cut_off_below_a_checkpoint(log: Log, tmp_path: Path):
    evidence.checkpoint(school=log.school, at=timezone.now())
    last, key = Entry.objects.filter(log=log).latest("position"), key_file(tmp_path)
    with without_guards():
        last.delete()
    code, said = checked()
    assert code == 1
    assert any("the log is shorter than that" in line for line in said)
    assert verified(exported(log, tmp_path), key=key)[0] == TAMPERED


@pytest.mark.parametrize(
    "record",
    [b"", b"{}", b"[]", b"null", b"\xff", b"{", b'{"a":1,"a":2}', b'{"kind":"log.genesis"}', b"[" * 5000, b'"\\ud800"'],
    ids=lambda record: repr(record[:20]),
)
@pytest.mark.parametrize("kind", ["log.genesis", "declaration.signed"])
def test_a_record_is_replaced_by_nonsense(log: Log, tmp_path: Path, record: bytes, kind):
    """Named, and nothing falls over."""
    entry, key = Entry.objects.filter(log=log, kind=kind).earliest("position"), key_file(tmp_path)
    with without_guards():
        Entry.objects.filter(pk=entry.pk).update(record=record, leaf_hash=merkle.leaf_hash(record))
    code, said = checked()
    assert code == 1
    assert any(line.startswith(f"hillside: position {entry.position}: ") for line in said)
    # It can still be exported, and the verifier sees it as well.
    assert verified(exported(log, tmp_path), key=key)[0] == TAMPERED


@pytest.mark.parametrize("lost", ["by", "permission", "owner", "kind"])
def test_a_record_loses_what_its_kind_has(log: Log, lost):
    entry = Entry.objects.get(log=log, kind="permission.revoked")
    record = canonical_json.canon({name: value for name, value in facts_of(entry).items() if name != lost})
    with without_guards():
        Entry.objects.filter(pk=entry.pk).update(record=record, leaf_hash=merkle.leaf_hash(record))
    code, said = checked()
    assert code == 1
    assert any(line.startswith(f"hillside: position {entry.position}: ") for line in said)


def test_a_record_is_emptied_without_an_erasure(log: Log, tmp_path: Path):
    """The guards let a record go: an erasure does just that. Who erased nothing is found out."""
    entry, key = bens_entry(), key_file(tmp_path)
    Entry.objects.filter(pk=entry.pk).update(record=None)
    code, said = checked()
    assert code == 1
    assert f"hillside: position {entry.position}: its record is gone, and no entry says that it was erased" in said
    code, words = verified(exported(log, tmp_path), key=key)
    assert code == TAMPERED
    assert f"position {entry.position}" in words


def test_an_erasure_is_made_up(log: Log):
    """It says that something was erased which is there."""
    entry = bens_entry()
    with transaction.atomic():
        evidence.append(
            school=log.school, kind="record.erased", at=timezone.now(), by=None, facts={"erased": entry.position, "reason": "none"}
        )
    assert checked() == (1, [f"hillside: position {entry.position}: an entry says that it was erased, and its record is there"])


def test_another_key_is_slipped_in(log: Log, tmp_path: Path):
    """A change of keys that the old key never signed, and a checkpoint by the new one."""
    kept = key_file(tmp_path)
    thief = keys.make(tmp_path / "thief.key")
    old, new = signed_note.verifier_of(log.origin, evidence.private_key()), signed_note.verifier_of(log.origin, thief)
    text = key_chain.rotation_text(log.origin, old, new)
    signature = keys.base64.b64encode(thief.sign(text)).decode()
    with transaction.atomic():
        entry = evidence.append(
            school=log.school,
            kind="key.rotated",
            at=timezone.now(),
            by=None,
            facts={"old": old.line(), "new": new.line(), "old_signature": signature, "new_signature": signature},
        )
    leaves = evidence.leaves(log)
    forged = signed_note.sign(signed_note.Checkpoint(log.origin, len(leaves), merkle.root(leaves)), thief)
    Checkpoint.objects.create(log=log, size=len(leaves), note=forged, made_at=timezone.now())
    code, said = checked()
    assert code == 1
    assert f"hillside: position {entry.position}: the key does not hold: the signature does not match" in said
    assert f"hillside: checkpoint of size {len(leaves)}: signed by a key that is not known" in said
    zipped = exported(log, tmp_path)
    assert verified(zipped, key=kept)[0] == TAMPERED
    # Nor does the server itself believe that key.
    assert keys.key_file() == kept.read_text()


def test_the_whole_log_is_written_anew_with_another_key(log: Log, tmp_path: Path, settings):
    kept, held = key_file(tmp_path), post(tmp_path)
    settings.EVIDENCE_KEY_FILE = tmp_path / "thief.key"
    keys.make(settings.EVIDENCE_KEY_FILE)
    with without_guards():
        rewrite(Entry.objects.get(log=log, position=0), key=signed_note.verifier_of(log.origin, evidence.private_key()).line())
        sign_again(log)
    code, words = verified(exported(log, tmp_path), key=kept)
    assert code == TAMPERED
    assert "not in the key file" in words
    assert verified(exported(log, tmp_path), key=kept, held=held)[0] == TAMPERED


def test_the_key_file_is_exchanged(log: Log, tmp_path: Path, settings):
    settings.EVIDENCE_KEY_FILE = tmp_path / "other.key"
    keys.make(settings.EVIDENCE_KEY_FILE)
    code, said = checked("--school", "hillside")
    assert (code, said) == (
        1,
        ["hillside: the key file holds another key than the log's newest: checkpoints made with it will not be believed"],
    )


def test_the_whole_log_is_removed(cast: Cast):
    """With everything that points to it."""
    log = Log.objects.get(school=cast.riverside)
    with without_guards():
        Checkpoint.objects.filter(log=log).delete()
        Entry.objects.filter(log=log).delete()
        log.delete()
    code, said = checked()
    assert (code, said) == (1, ["riverside: there is no evidence log, although texts were published or roles granted"])


# --- the tables instead of the log


def rows(cast: Cast) -> dict[str, models.Model]:
    """One row of each table in each state, by what the check calls it."""
    bens = Permission.objects.get(owner=cast.ben)
    return {
        "declaration": Declaration.objects.get(person=cast.ben),
        "leaflet version 2": PolicyVersion.objects.get(school=cast.hillside, document="leaflet", number=2),
        "Acceptable Use Policy (AUP) version 1": cast.aup,
        "permission, approved": bens,
        "permission, revoked": Permission.objects.get(ended_because="revoked"),
        "permission, withdrawn": Permission.objects.get(ended_because="withdrawn"),
        "permission, declined": Permission.objects.get(approved=False),
        "device": bens.device,
        "role, live": Role.objects.get(person=cast.hilda),
        "role, with its end": Role.objects.get(person=cast.gita),
        "role of the trust": Role.objects.get(person=cast.tara),
        "suspension, lifted": Suspension.objects.get(lifted_at__isnull=False),
        "suspension, live": Suspension.objects.get(lifted_at__isnull=True),
        "permission, renewed": Permission.objects.get(ended_because="renewed"),
        "permission, renewal": Permission.objects.get(renews__isnull=False),
        "review": PermissionReview.objects.get(),
        "reply, answered": Response.objects.get(person=cast.ada),
        "reply, waiting": Response.objects.get(person=cast.ines),
        "exemption, ended": Exemption.objects.get(person=cast.ada),
        "exemption, live": Exemption.objects.get(person=cast.ines),
        "signature on paper": PaperSignature.objects.get(),
        "issued certificate": IssuedCertificate.objects.get(),
        "legal hold": LegalHold.objects.get(),
        "tablet, closed": KioskSession.objects.get(closed_at__isnull=False),
        "tablet, open": KioskSession.objects.get(closed_at__isnull=True),
        "one-time code": SigningCode.objects.get(),
        "network token, ended": NetworkToken.objects.get(ended_at__isnull=False),
        "network token, live": NetworkToken.objects.get(ended_at__isnull=True),
        "network settings": NetworkSettings.objects.get(),
        "controller": Controller.objects.get(),
        "Wi-Fi address": bens.device.addresses.get(),
        "staff list": StaffList.objects.get(),
        "somebody who leaves": Person.objects.get(pk=cast.ada.pk),
        "section read": SectionRead.objects.filter(person=cast.ben).earliest("pk"),
        "provider": IdentityProvider.objects.get(slug="google"),
        "linked account, live": LinkedAccount.objects.get(ended_at__isnull=True),
        "linked account, unlinked": LinkedAccount.objects.get(ended_at__isnull=False),
        "invitation": Invitation.objects.get(),
        "change, waiting": GuardedChange.objects.get(made_at__isnull=True),
        "change, made at once": GuardedChange.objects.get(kind="account"),
        "change, confirmed": GuardedChange.objects.get(settled_at__isnull=False),
        "checkpoint": Checkpoint.objects.filter(log__school=cast.hillside).latest("size"),
        "log": Log.objects.get(school=cast.hillside),
        "entry": bens_entry(),
    }


COLUMNS = [
    "declaration", "leaflet version 2", "Acceptable Use Policy (AUP) version 1", "permission, approved", "permission, revoked",
    "permission, withdrawn", "permission, declined", "device", "role, live", "role, with its end", "role of the trust",
    "suspension, lifted", "suspension, live", "permission, renewed", "permission, renewal", "review", "reply, answered",
    "reply, waiting", "exemption, ended", "exemption, live", "signature on paper", "issued certificate", "checkpoint", "entry",
    "legal hold", "tablet, closed", "tablet, open", "one-time code", "network token, ended", "network token, live", "staff list",
    "somebody who leaves", "section read", "log", "network settings", "controller", "Wi-Fi address",
    "provider", "linked account, live", "linked account, unlinked", "invitation", "change, waiting", "change, made at once",
    "change, confirmed",
]  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_changed_behind_the_logs_back(log: Log, cast: Cast, name):
    """Each column of each table, with its constraints or without: the check names it, and names it after the next checkpoint as well."""
    row = rows(cast)[name]
    model = type(row)
    undetected, named = [], []

    def change(field: models.Field) -> None:
        model.objects.filter(pk=row.pk).update(**{field.attname: another(row, field, cast)})
        code, said = checked()
        (named if code == 1 and said else undetected).append(field.attname)

    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key and not field.generated]
    with without_guards():
        for field in fields:
            if COMPARED[model._meta.object_name][field.attname]:
                # SQLite lets go of no uniqueness that stands in the table itself.
                with suppress(IntegrityError), without_constraints(model):
                    change(field)
        with nothing_more_is_kept(), without_constraints(model):
            change(model._meta.get_field(named[0]))
            with suppress(BrokenLogError):
                ask(cast.gita, "3c:22:fb:00:00:77")
                evidence.checkpoint(school=cast.hillside, at=timezone.now())
            assert checked()[0] == 1
    assert undetected == []
    assert checked() == (0, [])


# Compared, and not attacked column by column yet: the busy term has no account of the school's.
NOT_YET = {"SchoolAccount", "Keeper", "AccountQuestion", "AccountReview", "AccountSuspension", "AbuseRecord"}


def test_every_compared_table_is_attacked(log: Log, cast: Cast):
    assert set(rows(cast)) == set(COLUMNS)
    attacked = {type(row).__name__ for row in rows(cast).values()}
    assert {table for table, columns in COMPARED.items() if any(columns.values())} == attacked | NOT_YET


def decision_is_turned(cast: Cast) -> str:
    row = Permission.objects.get(approved=False)
    Permission.objects.filter(pk=row.pk).update(approved=True, until=cast.hillside.day_of(timezone.now()), decision_note="")
    return f"position {facts_about(row, 'declined')['position']}: permission {row.pk} was declined, but its row does not say so"


def permission_ends_never(cast: Cast) -> str:
    row = Permission.objects.get(ended_because="revoked")
    Permission.objects.filter(pk=row.pk).update(ended_because=None, ended_by=None, ended_at=None, ended_note="")
    return f"position {facts_about(row, 'revoked')['position']}: permission {row.pk} was revoked, but its row does not say so"


def permission_is_somebody_elses(cast: Cast) -> str:
    row = Permission.objects.get(owner=cast.ben)
    Permission.objects.filter(pk=row.pk).update(owner=cast.ada, asked_by=cast.ada)
    return f"permission {row.pk}: its device belongs to somebody else"


def permission_and_device_are_somebody_elses(cast: Cast) -> str:
    row = Permission.objects.get(owner=cast.ben)
    Device.objects.filter(pk=row.device_id).update(owner=cast.ada)
    Permission.objects.filter(pk=row.pk).update(owner=cast.ada, asked_by=cast.ada)
    return f"permission {row.pk}, asked: the log (position {facts_about(row, 'asked')['position']}) says another by"


def permission_is_made_up(cast: Cast) -> str:
    at = timezone.now()
    device = Device.objects.get(owner=cast.ines)
    facts = {"decided_by": cast.hilda, "decided_at": at, "approved": True, "until": cast.hillside.day_of(at), "reason": "It is mine"}
    row = Permission.objects.create(school=cast.hillside, device=device, owner=cast.ines, asked_by=cast.ines, asked_at=at, **facts)
    return f"permission {row.pk}, approved: it is not in the log"


def permission_is_gone(cast: Cast) -> str:
    row = Permission.objects.get(ended_because="revoked")
    position = facts_about(row, "revoked")["position"]
    Email.objects.filter(permission=row).delete()
    Permission.objects.filter(pk=row.pk).delete()
    return f"position {position}: a permission was revoked, but the tables hold no such row (permission {row.pk})"


def text_is_changed_with_its_fingerprint(cast: Cast) -> str:
    body = cast.aup.body.replace("alone", "or a friend's")
    assert body != cast.aup.body
    PolicyVersion.objects.filter(pk=cast.aup.pk).update(body=body, sha256=text.sha256_of(body))
    position = Entry.objects.get(kind="policy.published", log__school=cast.hillside, record=aups_record(cast)).position
    return f"Acceptable Use Policy (AUP) version 1: the log (position {position}) says another sha256"


def text_is_gone(cast: Cast) -> str:
    row = PolicyVersion.objects.get(school=cast.hillside, document="leaflet", number=2)
    position = Entry.objects.filter(kind="policy.published", log__school=cast.hillside).latest("position").position
    PolicyVersion.objects.filter(pk=row.pk).delete()
    return f"position {position}: a text was published, but the tables hold no such row (policy {row.pk})"


def text_is_slipped_in(cast: Cast) -> str:
    row = PolicyVersion.objects.get(school=cast.hillside, document="leaflet", number=2)
    row.pk, row.number = None, 3
    row.save(force_insert=True)
    return "leaflet version 3: it is not in the log"


def declaration_is_gone(cast: Cast) -> str:
    row = Declaration.objects.get(person=cast.ben)
    position = row.entry.position
    Email.objects.filter(declaration=row).delete()
    SignatureMetadata.objects.filter(declaration=row).delete()
    Declaration.objects.filter(pk=row.pk).delete()
    return f"position {position}: a declaration was signed, but the tables hold no such row (reference {row.reference})"


def declaration_is_made_up(cast: Cast) -> str:
    """It borrows an entry that is there."""
    row = Declaration.objects.get(person=cast.ben)
    row.pk, row.reference, row.school_year = None, "0000-0000-0000-0000", row.school_year - 1
    row.entry = Entry.objects.filter(log__school=cast.hillside, kind="permission.asked").first()
    row.save(force_insert=True)
    return f"declaration 0000-0000-0000-0000: the log (position {row.entry.position}) says another reference"


def role_is_taken_quietly(cast: Cast) -> str:
    row = Role.objects.create(person=cast.ada, name="administrator", granted_at=timezone.now())
    return f"role {row.pk}: it is not in the log"


def role_of_the_trust_is_taken_quietly(cast: Cast) -> str:
    row = Role.objects.create(person=cast.tara, name="administrator", granted_at=timezone.now())
    return f"role {row.pk}: it is not in the log"


def removal_is_undone(cast: Cast) -> str:
    row = Role.objects.get(person=cast.gita)
    Role.objects.filter(pk=row.pk).update(removed_at=None, removed_by=None)
    return f"role {row.pk}: the log says that it was removed, and its row does not"


def removal_is_made_up(cast: Cast) -> str:
    row = Role.objects.get(person=cast.omar)
    Role.objects.filter(pk=row.pk).update(removed_at=timezone.now(), removed_by=cast.ines)
    return f"role {row.pk}, removed: it is not in the log"


def role_is_gone(cast: Cast) -> str:
    row = Role.objects.get(person=cast.omar)
    position = next(
        e.position for e in Entry.objects.filter(kind="role.granted", log__school=cast.hillside) if facts_of(e)["role"] == row.pk
    )
    Role.objects.filter(pk=row.pk).delete()
    return f"position {position}: a role was granted, but the tables hold no such row (role {row.pk})"


def suspension_is_lifted_quietly(cast: Cast) -> str:
    row = Suspension.objects.get(lifted_at__isnull=True)
    Suspension.objects.filter(pk=row.pk).update(lifted_at=timezone.now(), lifted_by=cast.hilda)
    return f"suspension {row.pk}, lifted: it is not in the log"


def suspension_is_gone(cast: Cast) -> str:
    row = Suspension.objects.get(lifted_at__isnull=True)
    position = Entry.objects.filter(kind="device.suspended").latest("position").position
    Suspension.objects.filter(pk=row.pk).delete()
    return f"position {position}: suspension, begun, but the tables hold no such row (suspension {row.pk})"


def renewal_is_undone(cast: Cast) -> str:
    """The old one runs on."""
    row = Permission.objects.get(ended_because="renewed")
    position = facts_about(row.renewal, "renewed")["position"]
    Permission.objects.filter(pk=row.pk).update(ended_because=None, ended_by=None, ended_at=None)
    return f"position {position}: a permission was carried on, but the tables hold no such row (renews {row.pk})"


def renewal_is_made_up(cast: Cast) -> str:
    old = Permission.objects.get(owner=cast.ben)
    row = Permission.objects.get(renews__isnull=False)
    row.pk, row.renews, row.device, row.owner = None, old, old.device, cast.ben
    row.save(force_insert=True)
    return f"permission {row.pk}, renewed: it is not in the log"


def renewal_is_gone(cast: Cast) -> str:
    row = Permission.objects.get(renews__isnull=False)
    PermissionReview.objects.all().delete()
    Email.objects.filter(permission=row).delete()
    Permission.objects.filter(pk=row.pk).delete()
    return f"permission {row.renews_id}: it ended because it was renewed, and no permission carries it on"


def review_is_made_up(cast: Cast) -> str:
    row = PermissionReview.objects.create(
        permission=Permission.objects.get(owner=cast.ben), reviewed_by=cast.omar, reviewed_at=timezone.now()
    )
    return f"review {row.pk}: it is not in the log"


def answer_is_made_up(cast: Cast) -> str:
    row = Response.objects.get(person=cast.ines)
    Response.objects.filter(pk=row.pk).update(answer="Never mind.", answered_by=cast.omar, answered_at=timezone.now())
    return f"reply {row.pk}, answered: it is not in the log"


def answer_is_undone(cast: Cast) -> str:
    row = Response.objects.get(person=cast.ada)
    Response.objects.filter(pk=row.pk).update(answer="", answered_by=None, answered_at=None)
    return f"reply {row.pk}: the log says that it was answered, and its row does not"


def exemption_is_gone(cast: Cast) -> str:
    row = Exemption.objects.get(person=cast.ines)
    position = Entry.objects.filter(kind="exemption.granted").latest("position").position
    Exemption.objects.filter(pk=row.pk).delete()
    return f"position {position}: exemption, granted, but the tables hold no such row (exemption {row.pk})"


def exemption_runs_on(cast: Cast) -> str:
    row = Exemption.objects.get(person=cast.ada)
    Exemption.objects.filter(pk=row.pk).update(ended_at=None, ended_by=None)
    return f"exemption {row.pk}: the log says that it was ended, and its row does not"


def scan_is_exchanged(cast: Cast) -> str:
    PaperSignature.objects.update(scan=b"%PDF of another")
    return f"declaration {Declaration.objects.get(person=cast.omar).reference}: the scan of its paper does not match its SHA-256"


def paper_is_gone(cast: Cast) -> str:
    """As if it had been signed on screen."""
    PaperSignature.objects.all().delete()
    signed = Declaration.objects.get(person=cast.omar)
    return f"declaration {signed.reference}: the log (position {signed.entry.position}) says another paper"


def certificate_is_gone(cast: Cast) -> str:
    row = IssuedCertificate.objects.select_related("logged_as").get()
    IssuedCertificate.objects.all().delete()
    position, sha256 = row.logged_as.position, row.sha256
    return f"position {position}: a certificate was issued, but the tables hold no such row (pdf_sha256 {sha256})"


def facts_about(row: Permission, kind: str) -> dict[str, Any]:
    found = (facts_of(entry) for entry in Entry.objects.filter(log__school=row.school_id, kind=f"permission.{kind}"))
    return next(facts for facts in found if facts["permission"] == row.pk)


def aups_record(cast: Cast) -> bytes:
    found = (bytes(entry.record) for entry in Entry.objects.filter(log__school=cast.hillside, kind="policy.published"))
    return next(record for record in found if f'"policy":{cast.aup.pk},'.encode() in record)


ATTACKS = [
    decision_is_turned, permission_ends_never, permission_is_somebody_elses, permission_and_device_are_somebody_elses,
    permission_is_made_up, permission_is_gone, text_is_changed_with_its_fingerprint, text_is_gone, text_is_slipped_in,
    declaration_is_gone, declaration_is_made_up, role_is_taken_quietly, role_of_the_trust_is_taken_quietly, removal_is_undone,
    removal_is_made_up, role_is_gone, suspension_is_lifted_quietly, suspension_is_gone, certificate_is_gone,
    renewal_is_undone, renewal_is_made_up, renewal_is_gone, review_is_made_up, answer_is_made_up, answer_is_undone,
    exemption_is_gone, exemption_runs_on, scan_is_exchanged, paper_is_gone,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_rows_are_changed_behind_the_logs_back(log: Log, cast: Cast, attack: Callable[[Cast], str]):
    with without_guards():
        expected = attack(cast)
    code, said = checked("--school", "hillside")
    assert code == 1
    assert f"hillside: {expected}" in said


# --- the honest limits: what no log can show


def test_limit_a_log_rewritten_while_nobody_holds_a_checkpoint_is_not_detected(log: Log, tmp_path: Path):
    """The reason why checkpoints are sent to people outside."""
    key = key_file(tmp_path)
    entry = edit_everything(log)
    # The certificate is at the person's, and not in the hands of who checks.
    assert checked() == (0, [])
    code, words = verified(exported(log, tmp_path), key=key)
    assert code == INTACT
    assert "where no checkpoint was kept elsewhere, whether the whole log was written anew" in words
    assert facts_of(Entry.objects.get(pk=entry.pk))["typed_name"] == Declaration.objects.get(entry=entry).typed_name


def test_limit_a_dropped_end_that_nobody_holds_a_receipt_for_is_not_detected(log: Log, cast: Cast, tmp_path: Path):
    key, held = key_file(tmp_path), post(tmp_path)
    declaration = sign(cast.ada)
    entry = declaration.entry
    with without_guards():
        Email.objects.filter(declaration=declaration).delete()
        SignatureMetadata.objects.filter(declaration=declaration).delete()
        declaration.delete()
        entry.delete()
    assert checked() == (0, [])
    assert verified(exported(log, tmp_path), key=key, held=held)[0] == INTACT


def test_a_dropped_end_is_detected_once_somebody_holds_its_receipt(log: Log, cast: Cast, tmp_path: Path):
    key = key_file(tmp_path)
    declaration = sign(cast.ada)
    held = post(tmp_path)
    entry = declaration.entry
    with without_guards():
        Email.objects.all().delete()
        SignatureMetadata.objects.filter(declaration=declaration).delete()
        IssuedCertificate.objects.filter(logged_as__log=log, logged_as__position__gte=entry.position).delete()
        declaration.delete()
        Entry.objects.filter(log=log, position__gte=entry.position).delete()
        Checkpoint.objects.filter(log=log, size__gt=entry.position).delete()
    assert checked("--school", "hillside")[1][0].startswith("hillside: the log went back: a checkpoint over ")
    code, words = verified(exported(log, tmp_path), key=key, held=held)
    assert code == TAMPERED
    assert ".eml" in words


def test_limit_a_false_new_entry_is_not_detected(log: Log, cast: Cast, tmp_path: Path):
    """Whoever has the key and the database can write down what never happened; only not in the past."""
    key, held = key_file(tmp_path), post(tmp_path)
    row = permission_row_made_up(cast)
    for kind, by, facts in (
        ("asked", cast.ines, {"device": facts_of_device(row.device), "reason": row.reason}),
        ("approved", cast.hilda, {"owner": evidence.who(cast.ines), "until": str(row.until), "conditions": "", "note": ""}),
    ):
        with transaction.atomic():
            evidence.append(school=log.school, kind=f"permission.{kind}", at=row.asked_at, by=by, facts={"permission": row.pk} | facts)
    assert checked() == (0, [])
    code, words = verified(exported(log, tmp_path), key=key, held=held)
    assert code == INTACT
    assert "entries made up and appended by whoever has the key" in words


def permission_row_made_up(cast: Cast) -> Permission:
    with without_guards():
        permission_is_made_up(cast)
    return Permission.objects.select_related("device").latest("pk")
