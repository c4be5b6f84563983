"""The number of queries does not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations.organisation.models.holiday import Holiday
from tests.cast import ask, make_person, sign

pytestmark = pytest.mark.pages

# For one row, and for thirty or more. A list that is longer than its page is counted: one query more, however long it is.
PAGES = {
    "/admin/": (23, 23),
    "/admin/declarations/permission/": (5, 5),
    "/admin/declarations/person/": (6, 7),
    "/admin/declarations/device/": (6, 6),
    "/admin/declarations/declaration/": (7, 7),
    "/admin/declarations/holiday/": (5, 6),
    "/admin/not-signed/": (9, 9),
}


def queries(client, path):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize(("path", "expected"), PAGES.items())
def test_the_number_of_queries_does_not_grow(cast, signed_in, path, expected):
    client = signed_in(cast.hilda)
    client.get(path)
    one = queries(client, path)
    for number in range(29):
        person = make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number}", category="staff" if number % 2 else "supply")
        sign(person)
        ask(person, f"3c:22:fb:00:01:{number:02x}")
        make_person(cast.hillside, f"q{number}@hillside.example", f"Not signed {number}")
        Holiday.objects.create(school=cast.hillside, name="Day", first_on=f"2027-01-{number + 1:02}", last_on=f"2027-01-{number + 1:02}")
    assert (one, queries(client, path)) == expected
