"""May this device connect, and if not, why: the whole truth table, in one query."""

import datetime as dt
from itertools import product

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from declarations.devices.models import Device, Permission, Suspension
from declarations.devices.reason import Reason
from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, ask, sign
from tests.whole.rows import facts_of, insert

LEFT = ["here", "leaves tomorrow", "left today", "starts tomorrow", "starts today"]
SUSPENDED = ["never", "lifted", "live"]
APPROVAL = ["until tomorrow", "until today", "until yesterday", "waiting", "declined", "withdrawn", "revoked", "old and new"]
SIGNED = ["in force", "lapsed", "lapsed and in force", "never"]
DAY = dt.timedelta(days=1)


def expected(leaves: str, suspended: str, approval: str, signed: str) -> str:
    """In words, and in order: each no goes before those below it."""
    if leaves in {"left today", "starts tomorrow"}:
        return "owner_left"
    if suspended == "live":
        return "suspended"
    if approval in {"waiting", "declined", "withdrawn", "revoked"}:
        return "not_approved"
    if approval == "until yesterday":
        return "approval_expired"
    return {"never": "not_signed", "lapsed": "lapsed"}.get(signed, "")


def a_world(cast: Cast, leaves: str, suspended: str, approval: str, signed: str) -> tuple[Device, dt.date]:
    on = cast.hillside.day_of(cast.aup.published_at)
    device = ask(cast.ada, "3c:22:fb:00:00:02", at=cast.aup.published_at).device
    waiting = device.permissions.get()
    decide(waiting, approval, on, cast)
    suspend(device, suspended, cast)
    declare(cast, signed, on)
    dates = {"leaves tomorrow": {"leaves_on": on + DAY}, "left today": {"leaves_on": on}, "starts tomorrow": {"starts_on": on + DAY},
             "starts today": {"starts_on": on}}  # fmt: skip
    if leaves in dates:
        Person.objects.filter(pk=cast.ada.pk).update(**dates[leaves])
    return device, on


def decide(waiting: Permission, approval: str, on: dt.date, cast: Cast) -> None:
    at = waiting.asked_at
    row = Permission.objects.filter(pk=waiting.pk)
    decided = {"decided_by": cast.hilda, "decided_at": at}
    untils = {"until tomorrow": on + DAY, "until today": on, "until yesterday": on - DAY, "old and new": on - DAY, "revoked": on + DAY}
    if approval in untils:
        row.update(**decided, approved=True, until=untils[approval])
    if approval == "declined":
        row.update(**decided, approved=False, decision_note="No.")
    if approval == "withdrawn":
        row.update(ended_by=cast.ada, ended_at=at, ended_because="withdrawn")
    if approval == "revoked":
        row.update(ended_by=cast.hilda, ended_at=at, ended_because="revoked", ended_note="Left on a bus.")
    if approval == "old and new":
        facts = facts_of(row.get()) | {"until": on + DAY}
        insert(Permission, facts)


def suspend(device: Device, suspended: str, cast: Cast) -> None:
    at = device.added_at
    if suspended != "never":
        facts = {"suspended_by": cast.ada, "suspended_at": at}
        Suspension.objects.create(device=device, **facts, lifted_by=cast.hilda, lifted_at=at)
        if suspended == "live":
            Suspension.objects.create(device=device, **facts)


def declare(cast: Cast, signed: str, on: dt.date) -> None:
    if signed in {"lapsed", "lapsed and in force"}:
        old = facts_of(Declaration.objects.get(person=cast.ben)) | {
            "person_id": cast.ada.pk, "reference": "0000-0000-0000-0001", "signed_on": on - 300 * DAY, "lapses_on": on, "school_year": 2001,
            "entry_id": log.append(school=cast.hillside, kind="tablet.opened", at=cast.aup.published_at, by=None, facts={}).pk,
        }  # fmt: skip
        with transaction.atomic():
            entry = log.append(school=cast.hillside, kind="tablet.opened", at=cast.aup.published_at, by=cast.ada, facts={})
        insert(Declaration, old | {"entry_id": entry.pk})
    if signed in {"in force", "lapsed and in force"}:
        sign(cast.ada, cast.aup.published_at)


CASES = list(product(LEFT, SUSPENDED, APPROVAL, SIGNED))


# A quarter of the table each, so that the cast is made four times and not 480: every case is rolled back.
@pytest.mark.parametrize("part", range(4))
def test_the_whole_truth_table(cast: Cast, part: int):
    wrong = []
    for case in CASES[part::4]:
        with Undone():
            device, on = a_world(cast, *case)
            reason = Device.objects.with_reason(on=on).get(pk=device.pk).reason
            if reason != expected(*case):
                wrong.append((case, reason, expected(*case)))
    assert wrong == []
    assert len(CASES) == 480


def test_the_table_meets_every_reason_that_a_device_of_the_school_can_have():
    assert {expected(*case) for case in CASES} == {"", *Reason.values} - {"unknown_device", "wrong_school"}
    # Those two are about an address: no device of the school has it, or another school's device does.
    assert all(str(reason.label).endswith(".") for reason in Reason)


def test_one_query_for_one_device_and_for_many(cast: Cast):
    on = cast.hillside.day_of(cast.aup.published_at)
    for number in range(2, 7):
        ask(cast.ada, f"3c:22:fb:00:00:0{number}")
    with CaptureQueriesContext(connection) as queries:
        assert [device.reason for device in Device.objects.with_reason(on=on)] == ["not_approved"] * 6
    assert len(queries) == 1


def test_what_others_have_changes_nothing(cast: Cast):
    """Somebody else's permission, suspension and declaration are not mine."""
    on = cast.hillside.day_of(cast.aup.published_at)
    other = Permission.objects.get(owner=cast.ben)
    permission = ask(cast.ada, "3c:22:fb:00:00:02")
    at = permission.asked_at
    Permission.objects.filter(pk=other.pk).update(decided_by=cast.hilda, decided_at=at, approved=True, until=on)
    Suspension.objects.create(device=permission.device, suspended_by=cast.ada, suspended_at=at)
    reasons = dict(Device.objects.with_reason(on=on).values_list("owner__email", "reason"))
    assert reasons == {"ben@hillside.example": "", "ada@hillside.example": "suspended"}
    Permission.objects.filter(pk=permission.pk).update(decided_by=cast.hilda, decided_at=at, approved=True, until=on)
    Suspension.objects.update(lifted_by=cast.hilda, lifted_at=at)
    assert Device.objects.with_reason(on=on).get(owner=cast.ada).reason == "not_signed"


class Undone:
    """A savepoint that is always rolled back."""

    def __enter__(self) -> None:
        self.sid = connection.savepoint()

    def __exit__(self, *error: object) -> None:
        connection.savepoint_rollback(self.sid)
