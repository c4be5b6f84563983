"""Who decides about a device, until when, and only once."""

import datetime as dt

import pytest

from declarations.common.errors import RefusedError
from declarations.devices import queries
from declarations.devices.actions import approval
from declarations.devices.actions import owner as devices
from declarations.devices.models import Permission
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from tests.cast import Cast, ask, make_person

DAY = dt.timedelta(days=1)


@pytest.fixture
def at(cast: Cast) -> dt.datetime:
    return Permission.objects.get(owner=cast.ben).asked_at + dt.timedelta(minutes=1)


@pytest.fixture
def waiting(cast: Cast) -> Permission:
    return Permission.objects.get(owner=cast.ben)


def facts() -> list[dict]:
    return list(Permission.objects.order_by("id").values())


def refused(code: str, action, **asked) -> str:
    """It is refused with this code, and no permission has changed; the sentence."""
    before = facts()
    with pytest.raises(RefusedError) as no:
        action(**asked)
    assert no.value.code == code
    assert facts() == before
    return str(no.value)


def all_three(permission: Permission, by: Person, at: dt.datetime) -> list:
    """Approve and decline a request that waits: the code of each refusal, or None. Nothing is done in the end."""
    on = permission.school.day_of(at)
    codes = []
    for action, more in ((approval.approve, {"until": on}), (approval.decline, {"note": "Not now."})):
        with pytest.raises((RefusedError, Undone)) as outcome, Undo():
            action(permission=permission, by=by, at=at, **more)
        codes.append(getattr(outcome.value, "code", None))
    return codes


class Undone(Exception):
    """It was done, and has been undone."""


class Undo:
    def __enter__(self) -> None:
        from django.db import transaction

        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, kind, error, traceback) -> None:
        if error is None:
            undone = Undone()
            self.atomic.__exit__(Undone, undone, None)
            raise undone
        self.atomic.__exit__(kind, error, traceback)


def test_approving(cast: Cast, waiting, at):
    on = cast.hillside.day_of(at)
    done = approval.approve(permission=waiting, by=cast.hilda, until=on + DAY, at=at, conditions=" Staff room only. ", note=" Fine. ")
    assert (done.status, done.decided_by, done.decided_at, done.until) == ("approved", cast.hilda, at, on + DAY)
    assert (done.conditions, done.decision_note) == ("Staff room only.", "Fine.")
    refused("too_late", approval.approve, permission=waiting, by=cast.omar, until=on, at=at)
    refused("too_late", approval.decline, permission=waiting, by=cast.omar, note="No.", at=at)


def test_declining_needs_a_reason(cast: Cast, waiting, at):
    for note in ("", "  ", "\n"):
        refused("note", approval.decline, permission=waiting, by=cast.hilda, note=note, at=at)
    done = approval.decline(permission=waiting, by=cast.hilda, note=" Not now. ", at=at)
    assert (done.status, done.decided_by, done.until, done.decision_note) == ("declined", cast.hilda, None, "Not now.")
    refused("too_late", approval.approve, permission=waiting, by=cast.omar, until=cast.hillside.day_of(at), at=at)
    refused("too_late", approval.revoke, permission=waiting, by=cast.omar, note="No.", at=at)


def test_revoking_needs_a_reason_and_something_to_revoke(cast: Cast, waiting, at):
    refused("too_late", approval.revoke, permission=waiting, by=cast.hilda, note="No.", at=at)
    approval.approve(permission=waiting, by=cast.hilda, until=cast.hillside.day_of(at), at=at)
    for note in ("", " "):
        refused("note", approval.revoke, permission=waiting, by=cast.hilda, note=note, at=at)
    refused("own", approval.revoke, permission=waiting, by=cast.ben, note="Mine.", at=at)
    refused("not_yours", approval.revoke, permission=waiting, by=cast.ada, note="Hm.", at=at)
    # A clock that lags: the revocation stands, no earlier than the decision.
    done = approval.revoke(permission=waiting, by=cast.omar, note=" Left on a bus. ", at=at - dt.timedelta(seconds=5))
    assert (done.status, done.ended_by, done.ended_at, done.ended_note) == ("revoked", cast.omar, at, "Left on a bus.")
    refused("too_late", approval.revoke, permission=waiting, by=cast.omar, note="Again.", at=at)
    refused("too_late", devices.withdraw, permission=waiting, by=cast.ben, at=at)


def test_a_decision_whose_clock_lags_behind_the_request_is_one_all_the_same(cast: Cast, waiting):
    done = approval.decline(permission=waiting, by=cast.hilda, note="No.", at=waiting.asked_at - dt.timedelta(seconds=5))
    assert done.decided_at == waiting.asked_at


def test_what_was_withdrawn_is_not_decided(cast: Cast, waiting, at):
    devices.withdraw(permission=waiting, by=cast.ben, at=at)
    assert all_three(waiting, cast.hilda, at) == ["too_late", "too_late"]


# Who: any one of the leadership, or the headteacher only; nobody for themself.
@pytest.mark.parametrize(
    ("deciders", "owner", "may"),
    [
        ("leadership", "ada", {"hilda", "omar", "tara"}),
        ("leadership", "hilda", {"omar", "tara"}),
        ("leadership", "omar", {"hilda", "tara"}),
        ("headteacher", "ada", {"hilda"}),
        ("headteacher", "omar", {"hilda"}),
        ("headteacher", "hilda", {"omar"}),  # the fallback
        ("headteacher without fallback", "hilda", set()),
        ("nobody named", "ada", set()),
        ("trust as fallback", "hilda", {"tara"}),
    ],
)
def test_who_decides(cast: Cast, at, deciders, owner, may):
    School.objects.filter(pk=cast.hillside.pk).update(
        deciders="leadership" if deciders == "leadership" else "headteacher",
        headteacher=None if deciders == "nobody named" else cast.hilda,
        fallback_decider={"headteacher without fallback": None, "trust as fallback": cast.tara}.get(deciders, cast.omar),
    )
    permission = ask(getattr(cast, owner), "3c:22:fb:00:00:02", at)
    permission = Permission.objects.get(pk=permission.pk)
    for name in ("ada", "ben", "hilda", "omar", "gita", "ines", "rosa", "rita", "tara"):
        person = getattr(cast, name)
        allowed = queries.may_decide(by=person, owner_id=permission.owner_id, school=permission.school, at=at)
        assert allowed is (name in may), name
        code = None if name in may else "own" if name == owner else "not_yours"
        assert all_three(permission, person, at) == [code, code], name


def test_roles_of_yesterday_and_tomorrow_decide_nothing(cast: Cast, waiting, at):
    on = cast.hillside.day_of(at)
    Role.objects.filter(person=cast.hilda).update(removed_at=at)
    assert all_three(waiting, cast.hilda, at) == ["not_yours", "not_yours"]
    ending = make_person(cast.hillside, "end@hillside.example", "Ending Example")
    Role.objects.create(person=ending, name="leadership", granted_at=at, ends_on=on)
    assert all_three(waiting, ending, at) == ["not_yours", "not_yours"]
    last_day = make_person(cast.hillside, "last@hillside.example", "Last Example")
    Role.objects.create(person=last_day, name="leadership", granted_at=at, ends_on=on + DAY)
    assert all_three(waiting, last_day, at) == [None, None]
    Person.objects.filter(pk=cast.omar.pk).update(leaves_on=on)
    assert all_three(waiting, Person.objects.get(pk=cast.omar.pk), at) == ["not_yours", "not_yours"]


# Until when.
@pytest.mark.parametrize(
    ("on", "leaves_on", "latest"),
    [
        ("2026-07-31", None, "2026-09-30"),
        ("2026-08-01", None, "2027-09-30"),
        ("2026-11-23", None, "2027-09-30"),
        ("2026-11-23", "2027-08-31", "2027-08-30"),
        ("2026-11-23", "2027-10-01", "2027-09-30"),
        ("2026-11-23", "2027-10-02", "2027-09-30"),
        ("2026-11-23", "2026-11-24", "2026-11-23"),
    ],
)
def test_the_latest_day_is_the_years_or_the_owners(cast: Cast, waiting, on, leaves_on, latest):
    day = dt.date.fromisoformat
    waiting.owner.leaves_on = day(leaves_on) if leaves_on else None
    assert waiting.latest_until(on=day(on)) == day(latest)


def test_until_is_from_today_to_the_latest_day(cast: Cast, waiting, at):
    on = cast.hillside.day_of(at)
    latest = waiting.latest_until(on=on)
    refused("until", approval.approve, permission=waiting, by=cast.hilda, until=on - DAY, at=at)
    assert f"{latest.day} {latest:%B %Y}" in refused(
        "until", approval.approve, permission=waiting, by=cast.hilda, until=latest + DAY, at=at
    )
    assert approval.approve(permission=waiting, by=cast.hilda, until=latest, at=at).until == latest


def test_nothing_is_approved_for_somebody_who_has_left(cast: Cast, waiting, at):
    on = cast.hillside.day_of(at)
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=on)
    gone = Permission.objects.get(pk=waiting.pk)
    refused("refused", approval.approve, permission=gone, by=cast.hilda, until=on, at=at)
    assert approval.decline(permission=gone, by=cast.hilda, note="Has left.", at=at).status == "declined"
