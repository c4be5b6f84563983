"""Contests of staff_lists: two people or programs do something in the same moment."""

from collections import Counter
from typing import Any

from django.utils import timezone

from declarations.evidence.models import Entry
from declarations.organisation.models.person import Person
from declarations.staff_lists import import_list
from declarations.staff_lists.models import StaffList
from tests.cast import Cast
from tests.racing import DONE, only, race


def two_imports(cast: Cast, rounds: int) -> Counter:
    """The nightly import and the same file by hand: new people join once, and nobody is imported in part."""
    at = timezone.now()
    facts: dict[str, Any] = {"school": cast.hillside, "at": at, "many_leave": False}
    here = Person.objects.filter(school=cast.hillside)
    before = set(here.values_list("pk", flat=True))

    def file(number: int) -> bytes:
        # No name has digits in it: they are refused as no person's.
        surname = "".join("abcdefghij"[int(digit)] for digit in str(number)).capitalize()
        new = [f"R{number}{initial},Rae-{initial} {surname},r{number}{initial}@hillside.example" for initial in "abc"]
        return "\r\n".join(["Staff number,Name,Email", *new]).encode()

    results = race(
        rounds,
        lambda n: import_list.import_file(content=file(n), **facts),
        lambda n: import_list.import_file(content=file(n), **facts),
    )
    pairs = only(results, (DONE, DONE), (DONE, "stale"), ("stale", DONE))
    joined = here.exclude(pk__in=before)
    assert sorted(joined.values_list("staff_number", flat=True)) == sorted(f"R{n}{initial}" for n in range(rounds) for initial in "abc")
    assert not here.filter(leaves_on__isnull=False).exists()
    # Whoever came second found nothing to do, and says nothing in the log.
    assert Entry.objects.filter(log__school=cast.hillside, kind="people.imported").count() == rounds
    assert not StaffList.objects.filter(school=cast.hillside, confirmed_at__isnull=True).exists()
    return pairs


CONTESTS = [two_imports]
