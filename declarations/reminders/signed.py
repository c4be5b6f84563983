"""Who has signed, by category of people and signing status, as numbers."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.status import SigningStatus, expected_to_sign


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    counts: list[int]
    everyone: int


@dataclass(frozen=True, slots=True)
class Signed:
    """`signed` of `everyone`; a row for each category that occurs, with a number for each status that does, and their totals."""

    signed: int
    everyone: int
    statuses: list[SigningStatus]
    rows: list[Row]
    totals: list[int]


def signed_by_category(counted: Iterable[tuple[str, str, int]]) -> Signed:
    """From rows of (category, status, how many people)."""
    numbers = {(category, status): people for category, status, people in counted}
    # Of the eight only those that occur: the table is for phones, too.
    occurring = {status for _category, status in numbers}
    statuses = [status for status in SigningStatus if status == SigningStatus.SIGNED or status in occurring]
    rows = [
        Row(str(label), counts, sum(counts))
        for category, label in Person.Category.choices
        if sum(counts := [numbers.get((category, status), 0) for status in statuses])
    ]
    totals = [sum(column) for column in zip(*(row.counts for row in rows), strict=True)] or [0]
    return Signed(totals[0], sum(totals), statuses, rows, totals)


def who_has_signed(school: School, *, on: dt.date) -> Signed:
    """How many of the school's people have signed and need do nothing more on this day; one query."""
    people = expected_to_sign(school=school, on=on).order_by()
    return signed_by_category(people.values_list("category", "signing_status").annotate(people=Count("pk")))
