"""The admin's long lists: a page's keys first, and a search that asks each table by itself."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.devices.models import Device, DeviceAddress
from declarations.organisation.models.person import Person
from declarations.web.change_list import having
from tests.cast import Cast


def lists(client, path: str) -> tuple[str, list[str]]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(f"/admin/declarations/{path}")
    assert response.status_code == 200
    return response.text, [query["sql"] for query in queries.captured_queries]


@pytest.fixture
def crowd(cast: Cast) -> list[Person]:
    """More than one page of people, each with a device."""
    people = Person.objects.bulk_create(
        Person(school=cast.hillside, email=f"many{n:03}@hillside.example", full_name=f"Many Example {n:03}") for n in range(120)
    )
    at = timezone.now()
    devices = Device.objects.bulk_create(
        Device(school=cast.hillside, owner=one, kind="phone", make_and_model="Example Phone", added_at=at + dt.timedelta(seconds=n))
        for n, one in enumerate(people)
    )
    DeviceAddress.objects.bulk_create(
        DeviceAddress(school=cast.hillside, device=one, address=f"02:ab:00:00:01:{n:02x}", added_at=at) for n, one in enumerate(devices)
    )
    return people


def test_every_row_is_on_one_page_in_order(cast: Cast, signed_in, crowd):
    names = list(Person.objects.filter(school=cast.hillside).order_by("full_name", "id").values_list("full_name", flat=True))
    seen: list[str] = []
    for page in range(1, 4):
        text, _ = lists(signed_in(cast.hilda), f"person/?p={page}")
        seen += [name for name in names if f">{name}</a>" in text and name.startswith("Many")]
    assert sorted(seen) == [one.full_name for one in crowd]
    text, _ = lists(signed_in(cast.hilda), "person/?p=2&o=-1")
    assert text.index(">Many Example 060<") > text.index(">Many Example 061<")


def test_what_is_said_of_a_row_is_asked_for_the_page_only(cast: Cast, signed_in, crowd):
    _, queries = lists(signed_in(cast.hilda), "device/?p=2")
    (reasons,) = [sql for sql in queries if '"reason"' in sql]
    assert '"declarations_device"."id" IN (' in reasons


def test_a_short_search_asks_once_and_a_long_one_counts(cast: Cast, signed_in, crowd):
    text, queries = lists(signed_in(cast.hilda), "person/?q=many+007")
    assert "Many Example 007" in text
    assert not [sql for sql in queries if "COUNT(*)" in sql and "declarations_person" in sql]
    text, queries = lists(signed_in(cast.hilda), "person/?q=many")
    assert "120" in text
    assert [sql for sql in queries if "COUNT(*)" in sql and "declarations_person" in sql]


@pytest.mark.parametrize(
    "path",
    [
        "device/?q=02-AB-00-00-01-07",  # an address of the device, in another notation
        "device/?q=many007@hillside",
        'person/?q="example 007"',
        "person/?q=example+007+many",
    ],
)
def test_a_search_looks_into_related_rows(cast: Cast, signed_in, crowd, path):
    text, _ = lists(signed_in(cast.hilda), path)
    assert re.findall(r"Many Example \d{3}", re.sub(r"<[^>]+>", "", text)) == ["Many Example 007"]


def test_a_row_with_two_matches_stands_once(cast: Cast, crowd):
    device = Device.objects.get(owner=crowd[0])
    DeviceAddress.objects.create(school=cast.hillside, device=device, address="02:ab:00:00:02:00", added_at=timezone.now())
    assert list(Device.objects.filter(having(Device._meta, ["addresses__address", "owner__full_name"], "02:ab:00:00:0"))).count(device) == 1


@pytest.mark.parametrize("words", ['"', "'", '""', "%", "_", "\\", "a" * 5000, "\u202e"])
def test_odd_searches_find_nothing_and_fail_nowhere(cast: Cast, signed_in, crowd, words):
    response = signed_in(cast.hilda).get("/admin/declarations/person/", {"q": words})
    assert response.status_code == 200
