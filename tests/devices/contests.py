"""Contests of devices: what may come of two who do something in the same moment."""

import datetime as dt
import threading
from collections import Counter
from typing import Any

from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, renewal
from declarations.devices.actions import owner as devices
from declarations.devices.models import Device, DeviceAddress, Permission, Suspension
from declarations.organisation.models.person import Person
from declarations.policies.models import PolicyVersion
from tests.cast import Cast
from tests.racing import DONE, SECOND, a_signature, have_read, only, people, race, requests, tally, word


def two_deciders(cast: Cast, rounds: int) -> Counter:
    """One approves while another declines: one of them decides, the other is told."""
    at = cast.aup.published_at
    waiting, on = requests(people(cast, rounds), at), cast.hillside.day_of(at)
    results = race(
        rounds,
        lambda n: approval.approve(permission=waiting[n], by=cast.hilda, until=on, at=at),
        lambda n: approval.decline(permission=waiting[n], by=cast.omar, note="Not now.", at=at),
    )
    outcomes = only(results, (DONE, "too_late"), ("too_late", DONE))
    for permission, (approved, _declined) in zip(waiting, results, strict=True):
        row = Permission.objects.get(pk=permission.pk)
        assert (row.status, row.decided_by_id) == (("approved", cast.hilda.pk) if word(approved) == DONE else ("declined", cast.omar.pk))
    return outcomes


def approve_against_withdraw(cast: Cast, rounds: int) -> Counter:
    """The owner withdraws while a leader approves: it is withdrawn in the end, decided or not, and the clocks may differ."""
    at = cast.aup.published_at
    waiting, on = requests(people(cast, rounds), at), cast.hillside.day_of(at)
    results = race(
        rounds,
        lambda n: approval.approve(permission=waiting[n], by=cast.hilda, until=on, at=at + SECOND),
        lambda n: devices.withdraw(permission=waiting[n], by=waiting[n].owner, at=at + SECOND * (n % 3)),
    )
    outcomes = only(results, (DONE, DONE), ("too_late", DONE))
    for permission, (approved, _withdrawn) in zip(waiting, results, strict=True):
        row = Permission.objects.get(pk=permission.pk)
        assert row.status == "withdrawn"
        assert (row.decided_by_id == cast.hilda.pk) is (word(approved) == DONE)
    return outcomes


def revoke_against_withdraw(cast: Cast, rounds: int) -> Counter:
    """A leader revokes while the owner withdraws: one of them ends it."""
    at = cast.aup.published_at
    approved, on = requests(people(cast, rounds), at), cast.hillside.day_of(at)
    Permission.objects.filter(pk__in=[one.pk for one in approved]).update(decided_by=cast.hilda, decided_at=at, approved=True, until=on)
    results = race(
        rounds,
        lambda n: approval.revoke(permission=approved[n], by=cast.hilda, note="Left on a bus.", at=at),
        lambda n: devices.withdraw(permission=approved[n], by=approved[n].owner, at=at),
    )
    outcomes = only(results, (DONE, "too_late"), ("too_late", DONE))
    for permission, (revoked, _withdrawn) in zip(approved, results, strict=True):
        assert Permission.objects.get(pk=permission.pk).status == ("revoked" if word(revoked) == DONE else "withdrawn")
    return outcomes


def approved_requests(cast: Cast, rounds: int, at: dt.datetime) -> list[Permission]:
    """Permissions until today, one of each new teacher."""
    approved = requests(people(cast, rounds), at)
    Permission.objects.filter(pk__in=[permission.pk for permission in approved]).update(
        decided_by=cast.hilda, decided_at=at, approved=True, until=cast.hillside.day_of(at)
    )
    return approved


def renew_against_withdraw(cast: Cast, rounds: int) -> Counter:
    """A leader renews while the owner gives it back: one permission at most is left, and what the owner gave back has ended."""
    at = cast.aup.published_at
    approved, until = approved_requests(cast, rounds, at), cast.hillside.day_of(at) + dt.timedelta(days=30)
    results = race(
        rounds,
        lambda n: renewal.renew(permission=approved[n], by=cast.hilda, until=until, at=at + SECOND),
        lambda n: devices.withdraw(permission=approved[n], by=approved[n].owner, at=at + SECOND * (n % 3)),
    )
    outcomes = only(results, (DONE, "too_late"), ("too_late", DONE))
    for permission, (renewed, _withdrawn) in zip(approved, results, strict=True):
        row = Permission.objects.get(pk=permission.pk)
        assert row.status == ("renewed" if word(renewed) == DONE else "withdrawn")
        assert Permission.objects.filter(renews=row).count() == (word(renewed) == DONE)
    return outcomes


def renew_against_revoke(cast: Cast, rounds: int) -> Counter:
    """One leader renews while another revokes: one of them ends it, and nothing that was revoked runs on."""
    at = cast.aup.published_at
    approved, until = approved_requests(cast, rounds, at), cast.hillside.day_of(at) + dt.timedelta(days=30)
    results = race(
        rounds,
        lambda n: renewal.renew(permission=approved[n], by=cast.hilda, until=until, at=at),
        lambda n: approval.revoke(permission=approved[n], by=cast.omar, note="Left on a bus.", at=at),
    )
    outcomes = only(results, (DONE, "too_late"), ("too_late", DONE))
    for permission, (renewed, _revoked) in zip(approved, results, strict=True):
        row = Permission.objects.get(pk=permission.pk)
        assert row.status == ("renewed" if word(renewed) == DONE else "revoked")
        assert Permission.objects.filter(renews=row).count() == (word(renewed) == DONE)
    return outcomes


def renew_twice(cast: Cast, rounds: int) -> Counter:
    """Two leaders tick the same list: each device is renewed once."""
    at = cast.aup.published_at
    approved, until = approved_requests(cast, rounds, at), cast.hillside.day_of(at) + dt.timedelta(days=30)
    results = race(
        rounds,
        lambda n: renewal.renew(permission=approved[n], by=cast.hilda, until=until, at=at),
        lambda n: renewal.renew(permission=approved[n], by=cast.omar, until=until, at=at),
    )
    outcomes = only(results, (DONE, "too_late"), ("too_late", DONE))
    assert Permission.objects.filter(renews__in=[permission.pk for permission in approved]).count() == rounds
    return outcomes


def same_address(cast: Cast, rounds: int) -> Counter:
    """Two people add the same address: one has it, the other is told."""
    at, some = cast.aup.published_at, people(cast, 2 * rounds)

    def add(owner: Person, number: int) -> Permission:
        return devices.add_device(
            owner=owner, kind="phone", make_and_model="Example Phone 5", address=f"02aa0001{number:04x}",
            reaches_school_data=False, reason="Timetable", at=at,
        )  # fmt: skip

    results = race(rounds, lambda n: add(some[2 * n], n), lambda n: add(some[2 * n + 1], n))
    outcomes = only(results, (DONE, "in_use"), ("in_use", DONE))
    # Nothing half done: who was refused has no device and no request.
    for facts in (Device, Permission):
        assert facts.objects.filter(owner__in=some).count() == rounds
    assert DeviceAddress.objects.filter(device__owner__in=some, ended_at=None).count() == rounds
    return outcomes


def lost_twice(cast: Cast, rounds: int) -> Counter:
    """A device is reported lost on two screens: one suspension, and both are shown it."""
    at = cast.aup.published_at
    owned = [permission.device for permission in requests(people(cast, rounds), at)]
    results = race(
        rounds,
        lambda n: devices.report_lost(device=owned[n], by=owned[n].owner, at=at).pk,
        lambda n: devices.report_lost(device=owned[n], by=owned[n].owner, at=at).pk,
    )
    outcomes = only(results, (DONE, DONE))
    assert all(first == second for first, second in results)
    assert Suspension.objects.filter(device__in=owned).count() == rounds
    return outcomes


def ask_twice(cast: Cast, rounds: int) -> Counter:
    """The owner asks again on two screens: one request."""
    at = cast.aup.published_at
    declined = requests(people(cast, rounds), at)
    Permission.objects.filter(pk__in=[permission.pk for permission in declined]).update(
        decided_by=cast.hilda, decided_at=at, approved=False, decision_note="Not now."
    )
    results = race(
        rounds,
        lambda n: devices.ask(device=declined[n].device, by=declined[n].owner, reason="Again", at=at),
        lambda n: devices.ask(device=declined[n].device, by=declined[n].owner, reason="Again", at=at),
    )
    outcomes = only(results, (DONE, "waiting"), ("waiting", DONE))
    assert Permission.objects.filter(device__in=[permission.device for permission in declined], reason="Again").count() == rounds
    return outcomes


def sign_against_add(cast: Cast, rounds: int) -> Counter:
    """Somebody signs in one window and adds a device in another: both are done, and neither waits for the other for ever."""
    at, some = cast.aup.published_at, people(cast, rounds)
    versions = PolicyVersion.objects.filter(school=cast.hillside).current(on=cast.hillside.day_of(at))
    for version in versions.values():
        have_read(some, version, at)
    results = race(
        rounds,
        lambda n: a_signature(some[n], versions, at),
        lambda n: devices.add_device(
            owner=some[n], kind="phone", make_and_model="Example Phone 5", address=f"02aa0002{n:04x}",
            reaches_school_data=False, reason="Timetable", at=at,
        ),
    )  # fmt: skip
    return only(results, (DONE, DONE))


# The control: the same contest, written as one would who does not think of the other. What may happen between the
# reading and the writing is made to happen, so that a slow machine does not decide whether the control shows it.
def naive_decision(permission: Permission, by: Person, at: dt.datetime, facts: dict[str, Any], both_have_read: threading.Barrier) -> str:
    """Read, and then write."""
    row = Permission.objects.get(pk=permission.pk)
    if row.decided_at is not None:
        raise RefusedError("Too late.", "too_late")
    both_have_read.wait(timeout=60)
    Permission.objects.filter(pk=row.pk).update(decided_by=by, decided_at=at, **facts)
    return DONE


def naive_deciders(cast: Cast, rounds: int) -> Counter:
    at = cast.aup.published_at
    waiting, on = requests(people(cast, rounds), at), cast.hillside.day_of(at)
    both = threading.Barrier(2)
    return tally(
        race(
            rounds,
            lambda n: naive_decision(waiting[n], cast.hilda, at, {"approved": True, "until": on}, both),
            lambda n: naive_decision(waiting[n], cast.omar, at, {"approved": False, "decision_note": "Not now."}, both),
        )
    )


CONTESTS = [
    two_deciders,
    approve_against_withdraw,
    revoke_against_withdraw,
    same_address,
    lost_twice,
    ask_twice,
    sign_against_add,
    renew_against_withdraw,
    renew_against_revoke,
    renew_twice,
]
