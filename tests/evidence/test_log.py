"""The log: one entry for each thing done, in its transaction, in order, with the facts as they were."""

import datetime as dt
import hashlib
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.certificates import issue
from declarations.certificates.models import IssuedCertificate
from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, owner, renewal
from declarations.devices.models import Device, Permission, Suspension
from declarations.dual_control import actions as dual_control
from declarations.evidence import canonical_json, kinds, merkle, receipts, signed_note
from declarations.evidence import log as evidence
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.people import identity, leaving, legal_holds, roles
from declarations.policies import publishing
from declarations.privacy import retention
from declarations.privacy.subject_access import archive
from declarations.schools import actions as schools
from declarations.sign_in import invitations, linked_accounts
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.sign_in.oidc_claims import Identity
from declarations.signing.actions import kiosk, paper, responses
from declarations.signing.actions import sign as signing
from declarations.signing.models.declaration import Declaration
from declarations.staff_lists import import_list, undo
from declarations.staff_lists.models import StaffList
from tests.cast import Cast, ask, make_person, make_school, publish_next, sign
from tests.evidence.kinds import written
from tests.evidence.owner import checked, facts_of

type Expected = list[tuple[str, dict[str, Any]]]
HOUR = dt.timedelta(hours=1)


def texts(version) -> dict[str, Any]:
    return {"id": version.pk, "number": version.number, "title": version.title, "sha256": version.sha256}


def approved(cast: Cast, at: dt.datetime) -> Permission:
    on = cast.hillside.day_of(at)
    return approval.approve(permission=Permission.objects.get(owner=cast.ben), by=cast.hilda, until=on, at=at, conditions=" Staff room ")


def bens_permission(cast: Cast) -> Permission:
    return Permission.objects.get(owner=cast.ben)


def publishes(cast: Cast, at: dt.datetime) -> Expected:
    version = publish_next(cast.aup, by=cast.hilda, at=at, sign_by=cast.hillside.day_of(at))
    return [
        (
            "policy.published",
            {
                "by": evidence.who(cast.hilda),
                "policy": version.pk,
                "document": "aup",
                "number": 2,
                "sha256": version.sha256,
                "statement": version.statement,
                "confirmations": version.confirmations,
                "effective_from": version.effective_from.isoformat(),
                "sign_by": version.sign_by.isoformat(),
                "reason": "Something changed.",
            },
        )
    ]


def signs(cast: Cast, at: dt.datetime) -> Expected:
    row = sign(cast.ada, at)
    return [
        (
            "declaration.signed",
            {
                "by": evidence.who(cast.ada),
                "person": {"id": cast.ada.pk, "name": "Ada Example", "email": "ada@hillside.example", "title": "teacher"},
                "reference": row.reference,
                "typed_name": "Ada Example",
                "statement": cast.aup.statement,
                "confirmations": cast.aup.confirmations,
                "aup": texts(cast.aup),
                "leaflet": texts(cast.leaflet),
                "school_name": "Hillside School",
                "signed_at": evidence.time_text(at),
                "signed_on": row.signed_on.isoformat(),
                "time_zone": "Europe/London",
                "school_year": row.school_year,
                "lapses_on": row.lapses_on.isoformat(),
                "signed_in_with": "password",
                "signed_in_at": evidence.time_text(at),
            },
        )
    ]


def adds_a_device(cast: Cast, at: dt.datetime) -> Expected:
    permission = ask(cast.ada, "3c:22:fb:00:00:02", at)
    device = {"id": permission.device_id, "kind": "phone", "make_and_model": "Example Phone 5", "reaches_school_data": False}
    return [
        (
            "permission.asked",
            {"by": evidence.who(cast.ada), "permission": permission.pk, "device": device, "reason": "Timetable at lunch"},
        )
    ]


def asks_again(cast: Cast, at: dt.datetime) -> Expected:
    """After a withdrawal, which is the first of the two entries."""
    old = bens_permission(cast)
    owner.withdraw(permission=old, by=cast.ben, at=at)
    new = owner.ask(device=old.device, by=cast.ben, reason="Again", at=at)
    return [
        ("permission.withdrawn", {"by": evidence.who(cast.ben), "permission": old.pk}),
        ("permission.asked", {"by": evidence.who(cast.ben), "permission": new.pk, "reason": "Again"}),
    ]


def approves(cast: Cast, at: dt.datetime) -> Expected:
    permission = approved(cast, at)
    return [
        (
            "permission.approved",
            {
                "by": evidence.who(cast.hilda),
                "permission": permission.pk,
                "owner": evidence.who(cast.ben),
                "until": cast.hillside.day_of(at).isoformat(),
                "conditions": "Staff room",
                "note": "",
            },
        )
    ]


def declines(cast: Cast, at: dt.datetime) -> Expected:
    permission = approval.decline(permission=bens_permission(cast), by=cast.omar, note=" Not now. ", at=at)
    facts = {"permission": permission.pk, "owner": evidence.who(cast.ben), "until": None, "conditions": "", "note": "Not now."}
    return [("permission.declined", {"by": evidence.who(cast.omar)} | facts)]


def revokes(cast: Cast, at: dt.datetime) -> Expected:
    permission = approval.revoke(permission=approved(cast, at), by=cast.omar, note="Left on a bus.", at=at)
    facts = {"permission": permission.pk, "owner": evidence.who(cast.ben), "note": "Left on a bus."}
    return [*approves_only(cast, permission), ("permission.revoked", {"by": evidence.who(cast.omar)} | facts)]


def approves_only(cast: Cast, permission: Permission) -> Expected:
    return [("permission.approved", {"permission": permission.pk})]


def gives_up(cast: Cast, at: dt.datetime) -> Expected:
    permission = bens_permission(cast)
    owner.give_up(device=permission.device, by=cast.ben, at=at)
    return [
        ("permission.withdrawn", {"by": evidence.who(cast.ben), "permission": permission.pk}),
        ("device.given_up", {"by": evidence.who(cast.ben), "device": permission.device_id}),
    ]


def loses(cast: Cast, at: dt.datetime) -> Expected:
    device = bens_permission(cast).device
    suspension = owner.report_lost(device=device, by=cast.ben, at=at)
    assert owner.report_lost(device=device, by=cast.ben, at=at) == suspension
    return [("device.suspended", {"by": evidence.who(cast.ben), "device": device.pk, "suspension": suspension.pk})]


def finds_again(cast: Cast, at: dt.datetime) -> Expected:
    suspension = owner.report_lost(device=bens_permission(cast).device, by=cast.ben, at=at)
    approval.lift(suspension=suspension, by=cast.hilda, at=at)
    facts = {"device": suspension.device_id, "suspension": suspension.pk, "owner": evidence.who(cast.ben)}
    return [("device.suspended", {"suspension": suspension.pk}), ("device.lifted", {"by": evidence.who(cast.hilda)} | facts)]


def grants(cast: Cast, at: dt.datetime) -> Expected:
    role = roles.grant_role(person=cast.ada, name="leadership", by=cast.ines, at=at, ends_on=dt.date(2099, 1, 1))
    facts = {"role": role.pk, "person": evidence.who(cast.ada), "name": "leadership", "ends_on": "2099-01-01"}
    return [("role.granted", {"by": evidence.who(cast.ines)} | facts)]


def grants_from_the_command_line(cast: Cast, at: dt.datetime) -> Expected:
    roles.grant_role(person=cast.ada, name="administrator", by=None, at=at)
    return [("role.granted", {"by": {"id": None, "name": "the server's command line"}, "name": "administrator", "ends_on": None})]


def grants_after_the_end(cast: Cast, at: dt.datetime) -> Expected:
    """A role that has ended is taken away first."""
    old = roles.grant_role(person=cast.ada, name="leadership", by=None, at=at, ends_on=cast.hillside.day_of(at) + dt.timedelta(days=1))
    new = roles.grant_role(person=cast.ada, name="leadership", by=None, at=at + dt.timedelta(days=2))
    return [("role.granted", {"role": old.pk}), ("role.removed", {"role": old.pk}), ("role.granted", {"role": new.pk})]


def removes(cast: Cast, at: dt.datetime) -> Expected:
    role = Role.objects.get(person=cast.gita)
    roles.remove_role(role=role, by=cast.ines, at=at)
    return [("role.removed", {"by": evidence.who(cast.ines), "role": role.pk, "person": evidence.who(cast.gita), "name": "auditor"})]


def wants_to_talk(cast: Cast, at: dt.datetime) -> Expected:
    """And is answered: the words themselves stay out of the log."""
    said = responses.respond(person=cast.ada, kind="talk", reason="What of my own laptop?", at=at)
    responses.answer(response=said, by=cast.omar, text="Yours alone.", at=at)
    about = {"reply": said.pk, "person": evidence.who(cast.ada)}
    return [
        ("reply.made", about | {"by": evidence.who(cast.ada), "outcome": "talk", "to": None}),
        ("reply.answered", about | {"by": evidence.who(cast.omar)}),
    ]


def exempts(cast: Cast, at: dt.datetime) -> Expected:
    on = cast.hillside.day_of(at)
    given = responses.exempt(person=cast.ada, by=cast.hilda, reason="Long absence", from_on=on, until=on, at=at)
    responses.end_exemption(exemption=given, by=cast.omar, at=at)
    about = {"exemption": given.pk, "person": evidence.who(cast.ada)}
    return [
        ("exemption.granted", about | {"by": evidence.who(cast.hilda), "from_on": on.isoformat(), "until": on.isoformat()}),
        ("exemption.ended", about | {"by": evidence.who(cast.omar)}),
    ]


def enters_a_paper(cast: Cast, at: dt.datetime) -> Expected:
    on = cast.hillside.day_of(at)
    row = paper.enter(
        person=cast.ada, by=cast.ines, signed_on=on, sighted_by="Sian Example", filed_where="Cabinet 2", at=at,
        scan=b"%PDF-1.7", scan_type="application/pdf",
    )  # fmt: skip
    scanned = hashlib.sha256(b"%PDF-1.7").hexdigest()
    return [
        (
            "declaration.signed",
            {
                "by": evidence.who(cast.ada),
                "reference": row.reference,
                "paper": {"entered_by": cast.ines.pk, "sighted_by": "Sian Example", "filed_where": "Cabinet 2", "scan_sha256": scanned},
                "signed_in_with": "on paper",
                "signed_in_at": None,
                "signed_on": on.isoformat(),
                "signed_at": evidence.time_text(at),
                "aup": texts(cast.aup),
                "leaflet": texts(cast.leaflet),
            },
        )
    ]


def renews(cast: Cast, at: dt.datetime) -> Expected:
    """Twice, and in between it is looked at."""
    first, on = approved(cast, at), cast.hillside.day_of(at)
    days = [on + dt.timedelta(days=days) for days in (30, 60)]
    second = renewal.renew(permission=first, by=cast.omar, until=days[0], at=at)
    seen = renewal.review(permission=second, by=cast.hilda, at=at)
    third = renewal.renew(permission=second, by=cast.hilda, until=days[1], at=at)
    common = {"owner": evidence.who(cast.ben), "conditions": "Staff room"}
    return [
        *approves_only(cast, first),
        (
            "permission.renewed",
            common | {"by": evidence.who(cast.omar), "permission": second.pk, "renews": first.pk, "until": days[0].isoformat()},
        ),
        (
            "permission.reviewed",
            {"by": evidence.who(cast.hilda), "permission": second.pk, "review": seen.pk, "owner": evidence.who(cast.ben)},
        ),
        (
            "permission.renewed",
            common | {"by": evidence.who(cast.hilda), "permission": third.pk, "renews": second.pk, "until": days[1].isoformat()},
        ),
    ]


def holds_back(cast: Cast, at: dt.datetime) -> Expected:
    """And lets go again: the reason stays out of the log."""
    hold = legal_holds.place_hold(person=cast.ben, reason="A claim", by=cast.omar, at=at)
    legal_holds.end_hold(hold=hold, by=cast.ines, at=at)
    about = {"hold": hold.pk, "person": evidence.who(cast.ben)}
    return [("hold.placed", about | {"by": evidence.who(cast.omar)}), ("hold.ended", about | {"by": evidence.who(cast.ines)})]


def gives_data(cast: Cast, at: dt.datetime) -> Expected:
    made = archive.answer(person=cast.ben, by=cast.ines, at=at)
    facts = {"by": evidence.who(cast.ines), "person": evidence.who(cast.ben), "sha256": hashlib.sha256(made).hexdigest()}
    return [("person.data_given", facts)]


def disposes(cast: Cast, at: dt.datetime) -> Expected:
    Email.objects.update(sent_at=at - dt.timedelta(days=900))
    retention.carry_out(school=cast.hillside, by=cast.ines, at=at)
    return [("retention.done", {"by": evidence.who(cast.ines), "rows": {"letters": 1}})]


def lends_and_closes_a_tablet(cast: Cast, at: dt.datetime) -> Expected:
    lent = kiosk.open_tablet(school=cast.hillside, by=cast.omar, at=at, lasts=dt.timedelta(hours=1))
    kiosk.close_tablet(tablet=lent, by=cast.ines, at=at)
    closes_at = evidence.time_text(at + dt.timedelta(hours=1))
    return [
        ("tablet.opened", {"by": evidence.who(cast.omar), "tablet": lent.pk, "closes_at": closes_at}),
        ("tablet.closed", {"by": evidence.who(cast.ines), "tablet": lent.pk}),
    ]


def gives_a_code(cast: Cast, at: dt.datetime) -> Expected:
    given, _code = kiosk.give_code(person=cast.ada, by=cast.hilda, at=at)
    expires_at = evidence.time_text(at + dt.timedelta(minutes=10))
    facts = {"by": evidence.who(cast.hilda), "person": evidence.who(cast.ada), "code": given.pk, "expires_at": expires_at}
    return [("code.given", facts)]


def signs_in_with_google(cast: Cast, at: dt.datetime) -> Expected:
    """It is set up; she comes for the first time and a second; it is unlinked."""
    ours = IdentityProvider(school=cast.hillside, kind="google", slug="hillside-google", client_id="c", domains="hillside.example")
    linked_accounts.set_up(provider=ours, by=cast.ines, at=at)
    for _time in range(2):
        found = Identity("7", "ada@hillside.example")
        assert linked_accounts.recognise(provider=ours, identity=found, at=at) == cast.ada
    linked_accounts.unlink(account=LinkedAccount.objects.get(), by=cast.ines, at=at)
    about = {"person": evidence.who(cast.ada), "provider": "hillside-google", "subject": "7", "email": "ada@hillside.example"}
    what = {"provider": "hillside-google", "type": "google", "client_id": "c", "tenant": "", "domains": "hillside.example",
            "second_factor": False, "in_use": False}  # fmt: skip
    return [
        ("provider.set_up", what | {"by": evidence.who(cast.ines)}),
        ("change.asked", {"what": "provider", "by": evidence.who(cast.ines), "person": None}),
        ("account.linked", about | {"by": evidence.who(cast.ada)}),
        ("account.unlinked", about | {"by": evidence.who(cast.ines)}),
        ("change.made", {"what": "account", "by": evidence.who(cast.ines), "person": evidence.who(cast.ada)}),
    ]


def is_helped_in(cast: Cast, at: dt.datetime) -> Expected:
    linked_accounts.reset_factors(person=cast.ada, by=cast.ines, at=at)
    linked_accounts.end_all_sessions(person=cast.ada, by=cast.ines, at=at)
    facts = {"by": evidence.who(cast.ines), "person": evidence.who(cast.ada)}
    return [("factors.reset", facts), ("change.made", facts | {"what": "factors"}), ("sessions.ended", facts)]


def changes_addresses(cast: Cast, at: dt.datetime) -> Expected:
    """Of ada, who waits until it is confirmed, and of hilda, where it is refused."""
    made = identity.change_address(person=cast.ada, email="new@hillside.example", by=cast.omar, at=at)
    dual_control.confirm(change=made, by=cast.ines, at=at)
    asked = identity.change_address(person=cast.hilda, email="head@hillside.example", by=cast.ines, at=at)
    dual_control.refuse(change=asked, by=cast.omar, at=at)
    hers, of_hilda = {"change": made.pk, "person": evidence.who(cast.ada)}, {"change": asked.pk, "person": evidence.who(cast.hilda)}
    return [
        ("change.made", hers | {"by": evidence.who(cast.omar), "settled_with": None}),
        ("change.confirmed", hers | {"by": evidence.who(cast.ines), "settled_with": "second"}),
        ("change.asked", of_hilda | {"by": evidence.who(cast.ines), "settled_with": None}),
        ("change.refused", of_hilda | {"by": evidence.who(cast.omar), "settled_with": "refused"}),
    ]


def changes_settings(cast: Cast, at: dt.datetime) -> Expected:
    wanted = {"headteacher": cast.hilda.pk}
    change = schools.change_settings(school=cast.hillside, wanted=wanted, by=None, at=at)
    facts = {"by": {"id": None, "name": "the server's command line"}, "change": change.pk}
    return [("school.changed", facts | {"before": {"headteacher": None}, "after": wanted}), ("change.made", facts | {"what": "settings"})]


def invites_and_is_let_in(cast: Cast, at: dt.datetime) -> Expected:
    invitation = invitations.invite(person=cast.ada, by=cast.hilda, at=at)
    invitations.accept(invitation=invitation, password="", at=at)
    facts = {"person": evidence.who(cast.ada), "invitation": invitation.pk}
    return [
        ("invitation.made", {"by": evidence.who(cast.hilda)} | facts),
        ("invitation.accepted", {"by": evidence.who(cast.ada)} | facts),
    ]


def dates_a_leaving_and_takes_it_back(cast: Cast, at: dt.datetime) -> Expected:
    leaving.leave(person=cast.ada, leaves_on=dt.date(2099, 1, 1), by=cast.hilda, at=at)
    leaving.stay(person=cast.ada, by=cast.ines, at=at)
    about = {"person": evidence.who(cast.ada)}
    return [
        ("person.left_dated", {"by": evidence.who(cast.hilda), "leaves_on": "2099-01-01", "before": None} | about),
        ("person.stays", {"by": evidence.who(cast.ines), "leaves_on": None, "before": "2099-01-01"} | about),
    ]


def leaves_and_comes_back(cast: Cast, at: dt.datetime) -> Expected:
    on = cast.hillside.day_of(at)
    leaving.leave(person=cast.ada, leaves_on=on, by=None, at=at)
    leaving.come_back(person=cast.ada, starts_on=on, leaves_on=None, by=cast.ines, at=at)
    facts = {"person": evidence.who(cast.ada), "left_on": on.isoformat(), "starts_on": on.isoformat(), "leaves_on": None}
    return [("person.left_dated", {"leaves_on": on.isoformat()}), ("person.came_back", {"by": evidence.who(cast.ines)} | facts)]


def imports_and_undoes(cast: Cast, at: dt.datetime) -> Expected:
    content = b"Name,Email\nNina New,nina@hillside.example\n"
    import_list.import_file(school=cast.hillside, content=content, at=at, many_leave=False)
    row = StaffList.objects.get()
    undo.undo(staff_list=row, by=cast.ines, at=at)
    facts = {"list": row.pk, "sha256": sha256(content).hexdigest()}
    return [
        ("people.imported", {"by": {"id": None, "name": "the server's command line"}, "joins": 1, "leaves": 0, "refused": 0} | facts),
        ("people.import_undone", {"by": evidence.who(cast.ines), "restored": 0, "taken_away": 1} | facts),
    ]


ACTIONS = [
    changes_addresses, changes_settings, lends_and_closes_a_tablet, gives_a_code, signs_in_with_google, is_helped_in,
    invites_and_is_let_in, dates_a_leaving_and_takes_it_back, leaves_and_comes_back, imports_and_undoes,
    publishes, signs, adds_a_device, asks_again, approves, declines, revokes, gives_up, loses, finds_again, grants,
    grants_from_the_command_line, grants_after_the_end, removes, wants_to_talk, exempts, enters_a_paper, renews, holds_back,
    gives_data, disposes,
]  # fmt: skip


def entries(school: School) -> list[Entry]:
    return list(Entry.objects.filter(log__school=school).order_by("position"))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.__name__)
def test_an_action_appends_its_entry_with_its_facts(cast: Cast, action: Callable[[Cast, dt.datetime], Expected]):
    before, elsewhere, at = entries(cast.hillside), entries(cast.riverside), timezone.now()
    expected = action(cast, at)
    after = entries(cast.hillside)
    added = after[len(before) :]
    assert [entry.kind for entry in added] == [kind for kind, _facts in expected]
    assert after[: len(before)] == before
    assert [entry.position for entry in after] == list(range(len(after)))
    for entry, (kind, facts) in zip(added, expected, strict=True):
        record = facts_of(entry)
        common = {"v": 1, "kind": kind, "origin": "127.0.0.1:8000/hillside", "position": entry.position, "school": "Hillside School"}
        assert {name: record[name] for name in common} == common
        assert record["at"] == evidence.time_text(entry.at)
        assert entry.at >= at
        assert len(record["salt"]) == 32
        assert int(record["salt"], 16) >= 0
        assert {name: record[name] for name in facts} == facts
        assert bytes(entry.leaf_hash) == merkle.leaf_hash(bytes(entry.record))
    assert entries(cast.riverside) == elsewhere
    assert checked() == (0, [])


OF_AN_ACTION = {
    "policy", "declaration", "permission", "device", "token", "role", "reply", "exemption", "tablet", "code", "provider", "account",
    "factors", "sessions", "change", "school", "hold", "person", "people", "invitation",
}  # fmt: skip


def test_the_kinds_that_are_appended_are_those_that_are_registered():
    assert set(kinds.registered()) == written()
    assert all(kind.title for kind in kinds.registered().values())


@pytest.mark.parametrize("kind", ["test", "", "role", "role.granted "])
def test_a_kind_that_no_room_registered_is_refused(cast: Cast, kind: str):
    before = entries(cast.hillside)
    with pytest.raises(ValueError, match="No room registered"), transaction.atomic():
        evidence.append(school=cast.hillside, kind=kind, at=timezone.now(), by=None, facts={})
    assert entries(cast.hillside) == before


def test_no_kind_that_an_action_appends_is_forgotten():
    of_actions = {kind for kind in written() if kind.partition(".")[0] in OF_AN_ACTION}
    names = {
        "change.asked",
        "change.made",
        "change.confirmed",
        "change.refused",
        "school.changed",
        "policy.published",
        "hold.placed",
        "hold.ended",
        "declaration.signed",
        "permission.asked",
        "permission.approved",
        "permission.declined",
        "permission.revoked",
    }
    assert of_actions == names | {
        "permission.withdrawn",
        "device.given_up",
        "device.suspended",
        "device.lifted",
        "device.address_added",
        "token.made",
        "token.ended",
        "role.granted",
        "role.removed",
        "permission.renewed",
        "permission.reviewed",
        "reply.made",
        "reply.answered",
        "person.left_dated",
        "person.stays",
        "person.came_back",
        "people.imported",
        "people.import_undone",
        "invitation.made",
        "invitation.accepted",
        "exemption.granted",
        "exemption.ended",
        "tablet.opened",
        "tablet.closed",
        "code.given",
        "provider.set_up",
        "account.linked",
        "account.unlinked",
        "factors.reset",
        "sessions.ended",
        "person.data_given",
        "account.proposed",
        "account.withdrawn",
        "account.asked",
        "account.answered",
        "account.approved",
        "account.declined",
        "account.live",
        "account.reviewed",
        "account.suspended",
        "account.lifted",
        "account.closed",
    }


def is_refused(cast: Cast) -> list[Callable[[dt.datetime], object]]:
    """One way in which each action is refused."""
    permission, role = bens_permission(cast), Role.objects.get(person=cast.hilda)
    draft = publishing.draft(school=cast.hillside, document="aup", title="Next", body="# Next\n\nText.\n")
    suspension = Suspension.objects.create(device=permission.device, suspended_by=cast.ben, suspended_at=timezone.now())
    on, late = cast.hillside.day_of(timezone.now()), dt.date(2099, 1, 1)
    typed = {"typed_name": "Ada", "signed_in_with": "password", "signed_in_at": None, "ip_address": None, "browser": ""}
    return [
        lambda at: publishing.publish(version=draft, by=cast.ada, at=at, reason="New.", effective_from=on, sign_by=None),
        lambda at: publishing.publish(version=draft, by=cast.rosa, at=at, reason="New.", effective_from=on, sign_by=None),
        lambda at: signing.sign(
            signing.Submission(person=cast.ada, aup_id=cast.aup.pk, leaflet_id=cast.leaflet.pk, confirmed=[], at=at, **typed)
        ),
        lambda at: ask(cast.ada, at=at),
        lambda at: owner.ask(device=permission.device, by=cast.ben, reason="Again", at=at),
        lambda at: approval.approve(permission=permission, by=cast.ben, until=on, at=at),
        lambda at: approval.approve(permission=permission, by=cast.hilda, until=late, at=at),
        lambda at: approval.decline(permission=permission, by=cast.rosa, note="No.", at=at),
        lambda at: approval.revoke(permission=permission, by=cast.hilda, note="No.", at=at),
        lambda at: owner.withdraw(permission=permission, by=cast.ada, at=at),
        lambda at: owner.give_up(device=permission.device, by=cast.ada, at=at),
        lambda at: owner.report_lost(device=permission.device, by=cast.ada, at=at),
        lambda at: approval.lift(suspension=suspension, by=cast.ben, at=at),
        lambda at: roles.grant_role(person=cast.hilda, name="leadership", by=cast.ines, at=at),
        lambda at: roles.grant_role(person=cast.ines, name="leadership", by=cast.ines, at=at),
        lambda at: roles.remove_role(role=role, by=cast.ada, at=at),
        lambda at: responses.respond(person=cast.ben, kind="decline", reason="No.", at=at),
        lambda at: responses.exempt(person=cast.ada, by=cast.ines, reason="Away", from_on=on, until=on, at=at),
        lambda at: paper.enter(person=cast.ines, by=cast.ines, signed_on=on, sighted_by="Ines", filed_where="Cabinet 2", at=at),
        lambda at: renewal.renew(permission=permission, by=cast.hilda, until=on, at=at),
        lambda at: renewal.review(permission=permission, by=cast.hilda, at=at),
        lambda at: invitations.invite(person=cast.ada, by=cast.ben, at=at),
        lambda at: leaving.leave(person=cast.ada, leaves_on=on, by=cast.ben, at=at),
        lambda at: leaving.come_back(person=cast.ada, starts_on=on, leaves_on=None, by=cast.ines, at=at),
        lambda at: import_list.import_file(school=cast.hillside, content=b"%PDF", at=at, many_leave=True),
    ]


def test_what_is_refused_appends_nothing(cast: Cast):
    actions, before = is_refused(cast), Entry.objects.count()
    for action in actions:
        with pytest.raises(RefusedError):
            action(timezone.now())
        assert Entry.objects.count() == before


def test_a_second_click_on_sign_appends_nothing(cast: Cast):
    before = Entry.objects.count()
    sign(cast.ben)
    assert Entry.objects.count() == before


class PowerCut(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_entry_and_no_gap(cast: Cast):
    before = entries(cast.hillside)

    def signs_and_the_power_fails() -> None:
        with transaction.atomic():
            sign(cast.ada)
            raise PowerCut

    with pytest.raises(PowerCut):
        signs_and_the_power_fails()
    assert entries(cast.hillside) == before
    assert not Declaration.objects.filter(person=cast.ada).exists()
    assert not Email.objects.filter(declaration__person=cast.ada).exists()
    assert sign(cast.ada).entry.position == len(before)


@pytest.mark.django_db(transaction=True)
def test_an_entry_and_its_fact_stand_and_fall_together(cast: Cast):
    """Without its transaction nothing is appended."""
    with pytest.raises(RuntimeError, match="inside the transaction"):
        evidence.append(school=cast.hillside, kind="tablet.opened", at=timezone.now(), by=None, facts={})
    assert not Entry.objects.filter(kind="tablet.opened").exists()


def test_a_log_begins_with_its_key(cast: Cast):
    for school in (cast.hillside, cast.riverside):
        first = entries(school)[0]
        log = Log.objects.get(school=school)
        assert (first.position, first.kind, log.origin) == (0, "log.genesis", f"127.0.0.1:8000/{school.slug}")
        assert facts_of(first)["key"] == signed_note.verifier_of(log.origin, evidence.private_key()).line()


def test_time_never_runs_backwards(cast: Cast):
    """Of two workers' clocks one lags."""
    at = timezone.now()
    little = dt.timedelta(minutes=4)
    ask(cast.ada, "3c:22:fb:00:00:02", at + little)
    ask(cast.omar, "3c:22:fb:00:00:03", at - little)
    ask(cast.ines, "3c:22:fb:00:00:04", at + 2 * little)
    times = [entry.at for entry in entries(cast.hillside)]
    assert times == sorted(times)
    assert times[-3:] == [at + little, at + little, at + 2 * little]
    # What the clock that lagged said is not lost.
    assert [facts_of(entry).get("clock") for entry in entries(cast.hillside)[-3:]] == [None, evidence.time_text(at - little), None]
    assert checked() == (0, [])


def test_words_are_in_their_composed_form(cast: Cast):
    cast.ada.full_name = "Ade\u0301 Example"
    cast.ada.save()
    ask(cast.ada, "3c:22:fb:00:00:02")
    permission = Permission.objects.get(owner=cast.ada)
    approval.decline(permission=permission, by=cast.hilda, note="re\u0301sume\u0301", at=timezone.now())
    record = facts_of(entries(cast.hillside)[-1])
    assert (record["owner"]["name"], record["note"]) == ("Ad\u00e9 Example", "r\u00e9sum\u00e9")
    assert canonical_json.canon(record) == bytes(entries(cast.hillside)[-1].record)
    assert checked() == (0, [])


def test_two_records_of_the_same_facts_are_different(cast: Cast):
    """The salt: nobody finds a record from its hash and a list of names."""
    with transaction.atomic():
        made = [evidence.append(school=cast.hillside, kind="tablet.opened", at=timezone.now(), by=None, facts={}) for _ in range(20)]
    assert len({facts_of(entry)["salt"] for entry in made}) == 20


def test_a_role_of_the_trust_is_in_every_schools_log(cast: Cast):
    before = {school: len(entries(school)) for school in (cast.hillside, cast.riverside)}
    role = roles.grant_role(person=cast.tara, name="administrator", by=None, at=timezone.now())
    roles.remove_role(role=role, by=None, at=timezone.now())
    for school, size in before.items():
        added = entries(school)[size:]
        assert [entry.kind for entry in added] == ["role.granted", "role.removed"]
        assert {facts_of(entry)["role"] for entry in added} == {role.pk}
    # A school that comes later has its own beginning.
    later = make_school("lakeside", "Lakeside School")
    roles.grant_role(person=make_person(later, "lena@lakeside.example", "Lena Example"), name="leadership", by=None, at=timezone.now())
    assert [entry.kind for entry in entries(later)] == ["log.genesis", "role.granted"]
    assert checked() == (0, [])


def test_an_origin_has_small_letters(cast: Cast, settings):
    settings.SITE_URL = "https://Policy.Trust.example"
    school = make_school("Lakeside", "Lakeside School")
    with transaction.atomic():
        assert evidence.log_of(school).origin == "policy.trust.example/lakeside"


def test_a_log_keeps_its_name(cast: Cast, settings):
    settings.SITE_URL = "https://elsewhere.example"
    cast.hillside.slug = "renamed"
    cast.hillside.save()
    ask(cast.ada, "3c:22:fb:00:00:02")
    assert {facts_of(entry)["origin"] for entry in entries(cast.hillside)} == {"127.0.0.1:8000/hillside"}


def test_a_checkpoint_is_made_once_for_a_size(cast: Cast):
    at = timezone.now()
    first = evidence.checkpoint(school=cast.hillside, at=at)
    assert evidence.checkpoint(school=cast.hillside, at=at + HOUR) == first
    ask(cast.ada, "3c:22:fb:00:00:02")
    second = evidence.checkpoint(school=cast.hillside, at=at + HOUR)
    assert (second.size, Checkpoint.objects.filter(log__school=cast.hillside).count()) == (first.size + 1, 2)
    log = Log.objects.get(school=cast.hillside)
    verifier = signed_note.verifier_of(log.origin, evidence.private_key())
    for checkpoint in (first, second):
        head = signed_note.opened(checkpoint.note, [verifier])
        assert (head.origin, head.size, head.root) == (log.origin, checkpoint.size, merkle.root(evidence.leaves(log)[: checkpoint.size]))


def test_a_school_without_entries_has_no_checkpoint(cast: Cast):
    assert evidence.checkpoint(school=make_school("lakeside", "Lakeside School"), at=timezone.now()) is None


def test_a_receipt_is_always_the_same(cast: Cast):
    declaration = Declaration.objects.select_related("school", "entry__log").get(person=cast.ben)
    first = receipts.receipt(entry=declaration.entry, at=timezone.now())
    sign(cast.ada)
    evidence.checkpoint(school=cast.hillside, at=timezone.now() + HOUR)
    assert receipts.receipt(entry=declaration.entry, at=timezone.now() + HOUR) == first
    position, path, checkpoint = signed_note.parts_of_proof(first.proof)
    assert (position, checkpoint) == (declaration.entry.position, first.checkpoint)
    assert merkle.root_of_proof(leaf=merkle.leaf_hash(first.record), position=position, size=first.size, path=path) == first.root


def test_a_smaller_checkpoint_made_meanwhile_is_the_receipts(cast: Cast, monkeypatch):
    """Somebody else made one between the question and the answer: both hand out the same certificate."""
    declaration = Declaration.objects.select_related("school", "entry__log").get(person=cast.ben)
    real = evidence.checkpoint

    def slow(*, school: School, at: dt.datetime) -> Checkpoint | None:
        theirs = real(school=school, at=at)
        sign(cast.ada)
        mine = real(school=school, at=at)
        assert mine is not None
        assert theirs is not None
        assert mine.size > theirs.size
        return mine

    monkeypatch.setattr(evidence, "checkpoint", slow)
    first = receipts.receipt(entry=declaration.entry, at=timezone.now())
    assert receipts.receipt(entry=declaration.entry, at=timezone.now()) == first


def test_a_receipt_of_what_was_erased_is_none(cast: Cast):
    declaration = Declaration.objects.select_related("school", "entry__log").get(person=cast.ben)
    Entry.objects.filter(pk=declaration.entry_id).update(record=None)
    declaration.refresh_from_db()
    with pytest.raises(evidence.ErasedRecordError):
        receipts.receipt(entry=Declaration.objects.get(pk=declaration.pk).entry, at=timezone.now())


def one_more(cast: Cast) -> Entry:
    with transaction.atomic():
        return evidence.append(school=cast.hillside, kind="tablet.opened", at=timezone.now(), by=cast.ada, facts={"number": 1})


def test_appending_does_not_slow_with_the_length(cast: Cast):
    """The same few queries at 10 entries as at 300, and none of them without its limit."""
    counts = []
    for length in (10, 300):
        while Entry.objects.filter(log__school=cast.hillside).count() < length:
            one_more(cast)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            one_more(cast)
        counts.append([query["sql"].split()[0] for query in queries])
    assert counts[0] == counts[1]
    # The savepoint; the log found, and locked; the last entry; the new one.
    assert counts[0] == ["SAVEPOINT", "SELECT", "SELECT", "SELECT", "INSERT", "RELEASE"]


def test_the_kinds_of_a_whole_year_add_up(cast: Cast):
    """The log of everything above, read back: canonical, in order, with the roots that the checkpoints say."""
    at = timezone.now()
    declaration = Declaration.objects.with_texts().select_related("school", "entry__log").get(person=cast.ben)
    issue.issue(declaration=declaration, by=cast.ben, at=at)
    assert IssuedCertificate.objects.count() == 1
    for entry in Entry.objects.all():
        assert canonical_json.canon(canonical_json.parse(bytes(entry.record))) == bytes(entry.record)
    assert checked() == (0, [])
    assert Person.objects.count() == 9
    assert Device.objects.count() == 1
