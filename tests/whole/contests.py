"""Two do something in the same moment, over two connections, again and again; each contest says what may come of it."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.actions import approval, renewal
from declarations.devices.actions import owner as devices
from declarations.devices.models import Device, DeviceAddress, Permission, Suspension
from declarations.evidence import log
from declarations.evidence.models import Entry
from declarations.organisation.models.person import Person, Role
from declarations.people.roles import grant_role
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.signing.actions import paper, sign
from declarations.signing.models.declaration import Declaration
from declarations.staff_lists import import_list
from declarations.staff_lists.models import StaffList
from tests.cast import Cast

Runner = Callable[[int], Any]
SECOND = dt.timedelta(seconds=1)
DONE = "done"


def race(rounds: int, one: Runner, other: Runner, *, before: Callable[[int], None] | None = None) -> list[tuple[Any, Any]]:
    """Each round both at once: what each returned, the code of its Refused, or the exception that should not have been."""
    results: list[list[Any]] = [[None, None] for _ in range(rounds)]
    turn = iter(range(rounds))
    barrier = threading.Barrier(2, action=lambda: before(next(turn)) if before else None)

    def run(side: int, runner: Runner) -> None:
        try:
            for number in range(rounds):
                barrier.wait(timeout=60)
                try:
                    results[number][side] = runner(number)
                except RefusedError as refused:
                    results[number][side] = refused.code
                except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
                    results[number][side] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(side, runner)) for side, runner in enumerate((one, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [(mine, theirs) for mine, theirs in results]


def tally(results: list[tuple[Any, Any]]) -> Counter[tuple[str, str]]:
    return Counter((word(mine), word(theirs)) for mine, theirs in results)


def word(outcome: Any) -> str:
    if isinstance(outcome, str):
        return outcome
    return type(outcome).__name__ if isinstance(outcome, Exception) else DONE


def only(results: list[tuple[Any, Any]], *allowed: tuple[str, str]) -> Counter[tuple[str, str]]:
    """Nothing but these outcomes; above all no exception other than Refused."""
    outcomes = tally(results)
    troubles = [outcome for pair in results for outcome in pair if isinstance(outcome, Exception)]
    assert set(outcomes) <= set(allowed), f"{outcomes}; {troubles[:3]}"
    return outcomes


def people(cast: Cast, many: int) -> list[Person]:
    """New teachers of Hillside; nobody of them has read or signed anything."""
    known = Person.objects.count()
    new = [
        Person(school=cast.hillside, email=f"p{known + n}@hillside.example", full_name=f"Person {known + n}", password="!")
        for n in range(many)
    ]  # fmt: skip
    Person.objects.bulk_create(new)
    return list(Person.objects.select_related("school").filter(email__in=[person.email for person in new]).order_by("id"))


def have_read(readers: list[Person], version: PolicyVersion, at: dt.datetime) -> None:
    SectionRead.objects.bulk_create(
        SectionRead(person=person, version=version, section_key=section.key, first_at=at)
        for section in version.sections()
        for person in readers
    )


def requests(owners: list[Person], at: dt.datetime) -> list[Permission]:
    """A device of each, with an address, and a request that waits."""
    school = owners[0].school
    facts = {"kind": "phone", "make_and_model": "Example Phone 5", "added_at": at}
    made = Device.objects.bulk_create(Device(school=school, owner=owner, **facts) for owner in owners)
    DeviceAddress.objects.bulk_create(
        DeviceAddress(school=school, device=device, address=f"02:AA:00:00:{device.pk >> 8:02X}:{device.pk & 255:02X}", added_at=at)
        for device in made
    )
    Permission.objects.bulk_create(
        Permission(school=school, device=device, owner=device.owner, asked_by=device.owner, asked_at=at, reason="Timetable")
        for device in made
    )
    return list(Permission.objects.select_related("school", "owner", "device__school").filter(device__in=made).order_by("id"))


def a_signature(person: Person, versions: dict[str, PolicyVersion], at: dt.datetime) -> Declaration:
    return sign.sign(
        person=person, aup_id=versions["aup"].pk, leaflet_id=versions["leaflet"].pk,
        confirmed=[one["key"] for one in versions["aup"].confirmations], typed_name=person.full_name, at=at,
        signed_in_with="password", signed_in_at=at, ip_address=None, browser="",
    )  # fmt: skip


def double_sign(cast: Cast, rounds: int) -> Counter:
    """One person clicks twice: one declaration, and both clicks land on it."""
    at, signers = cast.aup.published_at, people(cast, rounds)
    versions = PolicyVersion.objects.filter(school=cast.hillside).current(on=cast.hillside.day_of(at))
    for version in versions.values():
        have_read(signers, version, at)
    results = race(
        rounds,
        lambda n: a_signature(signers[n], versions, at).pk,
        lambda n: a_signature(signers[n], versions, at + SECOND).pk,
    )
    outcomes = only(results, (DONE, DONE))
    assert all(mine == theirs for mine, theirs in results)
    assert Declaration.objects.filter(person__in=signers).count() == rounds
    return outcomes


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
    Permission.objects.filter(pk__in=[one.pk for one in approved]).update(
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
    assert Permission.objects.filter(renews__in=[one.pk for one in approved]).count() == rounds
    return outcomes


def paper_against_sign(cast: Cast, rounds: int) -> Counter:
    """Somebody signs on screen while the office enters their paper: one declaration, and both land on it."""
    at, signers = cast.aup.published_at, people(cast, rounds)
    on = cast.hillside.day_of(at)
    versions = PolicyVersion.objects.filter(school=cast.hillside).current(on=on)
    for version in versions.values():
        have_read(signers, version, at)
    results = race(
        rounds,
        lambda n: a_signature(signers[n], versions, at).pk,
        lambda n: paper.enter(person=signers[n], by=cast.ines, signed_on=on, sighted_by="Ines", filed_where="Cabinet 2", at=at).pk,
    )
    outcomes = only(results, (DONE, DONE))
    assert all(mine == theirs for mine, theirs in results)
    assert Declaration.objects.filter(person__in=signers).count() == rounds
    return outcomes


def publish_against_sign(cast: Cast, rounds: int, *, naive: bool = False) -> Counter:
    """The next version is published while somebody signs: every signature on the old text was there before.

    The publisher, having published and not yet committed, still sees everything that others have committed, and nobody
    signs until it commits. So a signature on the old text that the publisher does not see came after the publication.
    """
    at, signers = cast.aup.published_at, people(cast, rounds)
    on = cast.hillside.day_of(at)
    have_read(signers, cast.leaflet, at)
    state: dict[str, PolicyVersion] = {"aup": cast.aup, "leaflet": cast.leaflet}
    committed = threading.Event()

    def before(number: int) -> None:
        committed.clear()
        state["aup"] = PolicyVersion.objects.filter(school=cast.hillside).current(on=on)["aup"]
        have_read(signers[number : number + 1], state["aup"], at)
        state["draft"] = publishing.draft(school=cast.hillside, document="aup", title="Next", body=cast.aup.source_body)

    def publish(number: int) -> bool:
        try:
            with transaction.atomic():
                publishing.publish(version=state["draft"], by=cast.hilda, at=at, reason="New.", effective_from=on, sign_by=on)
                return Declaration.objects.filter(person=signers[number]).exists()
        finally:
            committed.set()

    def click(number: int) -> bool:
        versions = {"aup": state["aup"], "leaflet": cast.leaflet}
        if naive:
            naive_signature(signers[number], versions, at, committed)
        else:
            a_signature(signers[number], versions, at)
        return True

    results = race(rounds, publish, click, before=before)
    only(results, (DONE, DONE), (DONE, "changed"))
    outcomes: Counter = Counter()
    for person, (seen, signed) in zip(signers, results, strict=True):
        there = Declaration.objects.filter(person=person).count()
        assert there == (1 if signed is True else 0)
        outcomes["signed before" if seen else "signed after" if there else "refused"] += 1
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


def two_publishers(cast: Cast, rounds: int) -> Counter:
    """Two leaders publish one draft: it is published once."""
    at = cast.aup.published_at
    on, state = cast.hillside.day_of(at), {}

    def before(number: int) -> None:
        state["draft"] = publishing.draft(school=cast.hillside, document="aup", title=f"Draft {number}", body=cast.aup.source_body)

    def publish(by: Person) -> PolicyVersion:
        return publishing.publish(version=state["draft"], by=by, at=at, reason=by.full_name, effective_from=on, sign_by=None)

    results = race(rounds, lambda n: publish(cast.hilda), lambda n: publish(cast.omar), before=before)
    outcomes = only(results, (DONE, "too_late"), ("too_late", DONE))
    for number, (hilda, _omar) in enumerate(results):
        row = PolicyVersion.objects.get(title=f"Draft {number}")
        winner = cast.hilda if word(hilda) == DONE else cast.omar
        assert (row.published_by_id, row.publish_reason) == (winner.pk, winner.full_name)
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
    assert all(mine == theirs for mine, theirs in results)
    assert Suspension.objects.filter(device__in=owned).count() == rounds
    return outcomes


def ask_twice(cast: Cast, rounds: int) -> Counter:
    """The owner asks again on two screens: one request."""
    at = cast.aup.published_at
    declined = requests(people(cast, rounds), at)
    Permission.objects.filter(pk__in=[one.pk for one in declined]).update(
        decided_by=cast.hilda, decided_at=at, approved=False, decision_note="Not now."
    )
    results = race(
        rounds,
        lambda n: devices.ask(device=declined[n].device, by=declined[n].owner, reason="Again", at=at),
        lambda n: devices.ask(device=declined[n].device, by=declined[n].owner, reason="Again", at=at),
    )
    outcomes = only(results, (DONE, "waiting"), ("waiting", DONE))
    assert Permission.objects.filter(device__in=[one.device for one in declined], reason="Again").count() == rounds
    return outcomes


def grant_twice(cast: Cast, rounds: int) -> Counter:
    """Two give somebody the same role: they have it once."""
    at, some = cast.aup.published_at, people(cast, rounds)
    results = race(
        rounds,
        lambda n: grant_role(person=some[n], name="leadership", by=None, at=at),
        lambda n: grant_role(person=some[n], name="leadership", by=cast.ines, at=at),
    )
    outcomes = only(results, (DONE, "held"), ("held", DONE))
    assert Role.objects.filter(person__in=some).count() == rounds
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


def two_imports(cast: Cast, rounds: int) -> Counter:
    """The nightly file, and the same file by hand: who is new in it joins once, and nobody is half there."""
    at = timezone.now()
    facts: dict[str, Any] = {"school": cast.hillside, "at": at, "many_leave": False}
    here = Person.objects.filter(school=cast.hillside)
    before = set(here.values_list("pk", flat=True))

    def file(number: int) -> bytes:
        # No name has digits in it: they are refused as no person's.
        surname = "".join("abcdefghij"[int(digit)] for digit in str(number)).capitalize()
        new = [f"R{number}{letter},Rae-{letter} {surname},r{number}{letter}@hillside.example" for letter in "abc"]
        return "\r\n".join(["Staff number,Name,Email", *new]).encode()

    results = race(
        rounds,
        lambda n: import_list.import_file(content=file(n), **facts),
        lambda n: import_list.import_file(content=file(n), **facts),
    )
    outcomes = only(results, (DONE, DONE), (DONE, "stale"), ("stale", DONE))
    joined = here.exclude(pk__in=before)
    assert sorted(joined.values_list("staff_number", flat=True)) == sorted(f"R{n}{letter}" for n in range(rounds) for letter in "abc")
    assert not here.filter(leaves_on__isnull=False).exists()
    # Whoever came second found nothing to do, and says nothing in the log.
    assert Entry.objects.filter(log__school=cast.hillside, kind="people.imported").count() == rounds
    assert not StaffList.objects.filter(school=cast.hillside, confirmed_at__isnull=True).exists()
    return outcomes


CONTESTS = [
    double_sign, two_deciders, approve_against_withdraw, revoke_against_withdraw, publish_against_sign, same_address,
    two_publishers, lost_twice, ask_twice, grant_twice, sign_against_add, renew_against_withdraw, renew_against_revoke, renew_twice,
    paper_against_sign, two_imports,
]  # fmt: skip


# The controls: the same contests, written as one would who does not think of the other. What may happen between the
# reading and the writing is made to happen, so that a slow machine does not decide whether a control shows it.
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


def naive_signature(person: Person, versions: dict[str, PolicyVersion], at: dt.datetime, published: threading.Event) -> Declaration:
    """Looks which text is current, and then signs, without the school's lock."""
    on = person.school.day_of(at)
    if PolicyVersion.objects.filter(school=person.school).current(on=on)["aup"].pk != versions["aup"].pk:
        raise RefusedError("Changed.", "changed")
    published.wait(timeout=60)
    known = Declaration.objects.order_by("id").values().first()
    facts = {name: value for name, value in known.items() if name != "id"}
    with transaction.atomic():
        entry = log.append(school=person.school, kind="declaration.signed", at=at, by=person, facts={})
        mine = {"person_id": person.pk, "aup_id": versions["aup"].pk, "reference": f"{person.pk:019}", "entry_id": entry.pk}
        return Declaration.objects.create(**(facts | mine))


__all__ = ["CONTESTS", "DONE", "naive_deciders", "publish_against_sign"]
