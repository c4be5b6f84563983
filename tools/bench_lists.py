#!/usr/bin/env python3
"""The longest lists of the admin, as somebody of a trust with 60,000 people sees them: milliseconds that PostgreSQL and its driver take.

`make bench` runs it on a PostgreSQL of its own. SCHOOLS and PEOPLE set other numbers. The yardstick is one school of the same size.
"""

import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any

import bench_year  # its tables are filled first; it also says where the settings are

TIMES = 7
# What a list is to cost, and a search in it; what is printed is this machine's, so that nothing fails by it.
LIST_MS, SEARCH_MS = 5.0, 25.0
LISTS = {
    "people": "person/",
    "people, searched": "person/?q=p12@s77.",
    "permissions": "permission/",
    "permissions, searched": "permission/?q=p12@s77.",
    "devices": "device/",
    "devices, searched": "device/?q=02:00:00:00:77",
    "declarations": "declaration/",
    "declarations, searched": "declaration/?q=p12@s77.",
    "front page": "",
}


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    print(f"\nLists of the admin: {bench_year.SCHOOLS} schools with {bench_year.PEOPLE} people each, a phone and a permission each")
    bench_year.fill()
    fill_devices()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    whole, one = measure(of_the_trust()), measure(of_one_school())
    for name, (milliseconds, queries) in whole.items():
        aim = SEARCH_MS if "searched" in name else LIST_MS
        print(f"  {name:<24}{milliseconds:8.1f} ms (aim {aim:g}){queries:5} queries; one school {one[name][0]:.1f} ms")


def fill_devices() -> None:
    """A phone for everybody, its address, and an approved permission; every twentieth waits for a decision."""
    from declarations.devices.models import Device, DeviceAddress, Permission
    from declarations.organisation.models.person import Person

    at = bench_year.SIGNED_AT
    people = list(Person.objects.exclude(school=None).order_by("id"))
    leaders = {one.school_id: one for one in people if one.email.startswith("p0@")}
    devices = Device.objects.bulk_create(
        [Device(school_id=one.school_id, owner=one, kind="phone", make_and_model=f"Phone {one.pk}", added_at=at) for one in people],
        batch_size=5000,
    )
    addresses = [f"02:00:00:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x}" for n in range(len(devices))]
    DeviceAddress.objects.bulk_create(
        [
            DeviceAddress(school_id=one.school_id, device=one, address=address, added_at=at)
            for one, address in zip(devices, addresses, strict=True)
        ],
        batch_size=5000,
    )
    Permission.objects.bulk_create([asked(one, n, leaders) for n, one in enumerate(devices)], batch_size=5000)


def asked(device: Any, number: int, leaders: dict[int, Any]) -> Any:
    from declarations.devices.models import Permission

    at = bench_year.SIGNED_AT + dt.timedelta(seconds=number)
    facts: dict[str, Any] = {"school_id": device.school_id, "device": device, "owner": device.owner, "asked_by": device.owner}
    leader = leaders[device.school_id]
    if number % 20 and leader != device.owner:
        facts |= {"decided_by": leader, "decided_at": at, "approved": True, "until": dt.date(2027, 8, 31)}
    return Permission(asked_at=at, reason="Lessons.", **facts)


def of_the_trust() -> Any:
    from declarations.organisation.models.person import Person, Role

    somebody = Person.objects.create(school=None, email="trust@trust.example", full_name="Trust Example")
    for name in (Role.Name.LEADERSHIP, Role.Name.ADMINISTRATOR):
        Role.objects.create(person=somebody, name=name, granted_at=bench_year.SIGNED_AT)
    return somebody


def of_one_school() -> Any:
    from declarations.organisation.models.person import Person, Role

    somebody = Person.objects.get(email="p0@s77.example")
    Role.objects.create(person=somebody, name=Role.Name.ADMINISTRATOR, granted_at=bench_year.SIGNED_AT)
    return somebody


class Stopwatch:
    """Counts the queries of a block, and the milliseconds that they take."""

    def __init__(self) -> None:
        self.queries, self.milliseconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.queries += 1
            self.milliseconds += (time.perf_counter() - start) * 1000


def measure(somebody: Any) -> dict[str, tuple[float, int]]:
    """Of each list: the median milliseconds in the database, and the number of queries."""
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from tests.cast import sign_in_client

    client = sign_in_client(Client(SERVER_NAME="127.0.0.1"), somebody)
    results = {}
    for name, path in LISTS.items():
        took, watch = [], Stopwatch()
        for _ in range(TIMES):
            watch = Stopwatch()
            with connection.execute_wrapper(watch):
                response = client.get(reverse("admin:index") + ("declarations/" + path if path else ""))
            if response.status_code != 200:
                raise SystemExit(f"{name}: {response.status_code} {response.headers.get('Location', '')}")
            took.append(watch.milliseconds)
        results[name] = (statistics.median(took), watch.queries)
    return results


if __name__ == "__main__":
    main()
