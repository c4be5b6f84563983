"""Two do something in the same moment, over two connections, again and again: what the rooms' contests are made of."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connection

from declarations.common.errors import RefusedError
from declarations.devices.models import Device, DeviceAddress, Permission
from declarations.organisation.models.person import Person
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.signing.actions import sign
from declarations.signing.models.declaration import Declaration
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
    return sign.sign(sign.Submission(
        person=person, aup_id=versions["aup"].pk, leaflet_id=versions["leaflet"].pk,
        confirmed=[one["key"] for one in versions["aup"].confirmations], typed_name=person.full_name, at=at,
        signed_in_with="password", signed_in_at=at, ip_address=None, browser="",
    ))  # fmt: skip
