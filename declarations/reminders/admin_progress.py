"""The year as a picture: how many had signed, day by day, against the day on which it is due and the one on which the old lapses.

It falls on a day from which a new text is to be signed: those who had signed have something to do again.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.organisation.school_year import SchoolYear
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration

# In the drawing's own units; small, so that its words can be read on a phone.
WIDTH, HEIGHT, TOP, LEFT = 320, 150, 14, 26
LEGEND = 18
A_DAY = dt.timedelta(days=1)


class Mark(StrEnum):
    """What happens on a day of the year; each has its own stroke."""

    DUE = "due"
    TEXT = "text"
    AGAIN = "again"
    LAPSE = "lapse"
    TODAY = "today"


class Spell(NamedTuple):
    """Somebody had nothing left to do from their first day; until a new text, if one came, was there to be signed."""

    first: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An upright line at a day, and where its words stand below the drawing."""

    mark: Mark
    day: dt.date
    x: int
    y: int
    words_y: int


@dataclass(frozen=True, slots=True)
class Row:
    day: dt.date
    signed: int
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Progress:
    """A curve of steps with its lines, and the same in rows for a table."""

    opens_on: dt.date
    signed: int
    everyone: int
    points: str
    lines: list[Line]
    rows: list[Row]
    width: int
    height: int
    left: int
    top: int
    bottom: int


def progress(
    spells: Iterable[Spell], *, everyone: int, year: SchoolYear, again: Iterable[tuple[dt.date, dt.date]], on: dt.date
) -> Progress:
    """From the spells of days on which people had nothing left to do.

    `again` are the days from which, and by which, new texts are to be signed.
    """
    counted = count(spells, on=on)
    marks = [(year.due_on, Mark.DUE), (year.grace_ends_on, Mark.LAPSE), (on, Mark.TODAY)]
    for day, by in set(again):
        marks += [(day, Mark.TEXT), (by, Mark.AGAIN)]
    marks = sorted(set(marks))
    last = max(on, marks[-1][0]) + 7 * A_DAY
    span = (last - year.opens_on).days
    bottom = TOP + HEIGHT

    def x(day: dt.date) -> int:
        return LEFT + (WIDTH - LEFT) * max(0, (day - year.opens_on).days) // span

    def y(people: int) -> int:
        return bottom - HEIGHT * people // max(everyone, 1)

    steps = [f"{x(year.opens_on)},{bottom}"]
    before = 0
    for day, people in counted:
        steps += [f"{x(day)},{y(before)}", f"{x(day)},{y(people)}"]
        before = people
    steps.append(f"{x(on)},{y(before)}")
    below = bottom + 8
    lines = [Line(mark, day, x(day), below + number * LEGEND, below + number * LEGEND + 11) for number, (day, mark) in enumerate(marks)]
    return Progress(
        opens_on=year.opens_on,
        signed=before,
        everyone=everyone,
        points=" ".join(steps),
        lines=lines,
        rows=rows(counted, marks, year, on),
        width=WIDTH,
        height=below + len(marks) * LEGEND,
        left=LEFT,
        top=TOP,
        bottom=bottom,
    )


def count(spells: Iterable[Spell], *, on: dt.date) -> list[tuple[dt.date, int]]:
    """On how many people each day up to `on` ends, for the days on which that changes."""
    change: dict[dt.date, int] = defaultdict(int)
    for spell in spells:
        change[spell.first] += 1
        if spell.until is not None:
            change[spell.until] -= 1
    days = sorted(day for day in change if day <= on)
    return list(zip(days, accumulate(change[day] for day in days), strict=True))


def progress_of(school: School, *, everyone: int, on: dt.date) -> Progress:
    """The people who are at the school today, by what they signed for this year and until when it was enough; two queries."""
    year = school.year(on=on)
    people = Person.objects.filter(school=school).at_school(on=on).expected_to_sign()
    # The first version of a text asks nobody again.
    again = PolicyVersion.objects.published().filter(school=school, number__gt=1, effective_from__lte=on, sign_by__isnull=False)
    texts = list(again.values_list("document", "number", "effective_from", "sign_by"))
    signed = Declaration.objects.filter(person__in=people, school_year=year.key, signed_on__lte=on, lapses_on__gt=on)
    spells: dict[int, list[Spell]] = defaultdict(list)
    for person, first, aup, leaflet in signed.values_list("person", "signed_on", "aup__number", "leaflet__number"):
        numbers = {"aup": aup, "leaflet": leaflet}
        until = min((day for document, number, day, _by in texts if day and number > numbers[document]), default=None)
        spells[person].append(Spell(first, until))
    asked = [(day, by) for _document, _number, day, by in texts if day is not None and by is not None and day >= year.opens_on]
    once = [spell for theirs in spells.values() for spell in merged(theirs)]
    return progress(once, everyone=everyone, year=year, again=asked, on=on)


def merged(spells: Iterable[Spell]) -> list[Spell]:
    """One person's spells, none of which meets another: a paper that was entered late counts nobody twice."""
    found: list[Spell] = []
    for spell in sorted(spells, key=lambda one: one.first):
        before = found[-1] if found else None
        if before is None or (before.until is not None and before.until < spell.first):
            found.append(spell)
        elif before.until is not None and (spell.until is None or spell.until > before.until):
            found[-1] = Spell(before.first, spell.until)
    return found


def rows(counted: list[tuple[dt.date, int]], marks: list[tuple[dt.date, Mark]], year: SchoolYear, on: dt.date) -> list[Row]:
    """How many they were by the days that matter: opening, the ends of the months, and each mark that has come."""
    ends = [month - A_DAY for month in months(year.opens_on, on)]
    wanted = sorted({year.opens_on, *ends, *(day for day, _mark in marks)})
    return [
        Row(day, next((people for at, people in reversed(counted) if at <= day), 0), [mark for at, mark in marks if at == day])
        for day in wanted
        if year.opens_on <= day <= on
    ]


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the months after one day and up to another."""
    found: list[dt.date] = []
    month = first
    while True:
        month = (month.replace(day=1) + 32 * A_DAY).replace(day=1)
        if month > last:
            return found
        found.append(month)
