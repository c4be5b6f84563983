"""The year as a picture: how many had signed by each day, against the day on which it is due and the one on which the old lapses."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from django.db.models import Min

from declarations.models import Declaration, Person, PolicyVersion, School
from declarations.rules.school_year import SchoolYear

# In the drawing's own units; small, so that its words can be read on a phone.
WIDTH, HEIGHT, TOP, LEFT = 320, 150, 14, 26
LEGEND = 18
A_DAY = dt.timedelta(days=1)
MOST_ROWS = 16


class Mark(StrEnum):
    """What happens on a day of the year; each has its own stroke."""

    DUE = "due"
    AGAIN = "again"
    LAPSE = "lapse"
    TODAY = "today"


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
    signed: Iterable[tuple[dt.date, int]], *, everyone: int, year: SchoolYear, again_by: Iterable[dt.date], on: dt.date
) -> Progress:
    """From (day, how many signed on it), in any order; `again_by` are the days by which new texts of this year are to be signed."""
    days: dict[dt.date, int] = {}
    for day, people in signed:
        days[day] = days.get(day, 0) + people
    marks = [
        (year.due_on, Mark.DUE),
        *((day, Mark.AGAIN) for day in sorted(set(again_by))),
        (year.grace_ends_on, Mark.LAPSE),
        (on, Mark.TODAY),
    ]
    last = max(on, *(day for day, _mark in marks)) + 7 * A_DAY
    span = (last - year.opens_on).days
    bottom = TOP + HEIGHT

    def x(day: dt.date) -> int:
        return LEFT + (WIDTH - LEFT) * max(0, (day - year.opens_on).days) // span

    def y(people: int) -> int:
        return bottom - HEIGHT * people // max(everyone, 1)

    reached = dict(zip(sorted(days), accumulate(days[day] for day in sorted(days)), strict=True))
    steps = [f"{x(year.opens_on)},{bottom}"]
    before = 0
    for day, people in reached.items():
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
        rows=rows(reached, marks, year, on),
        width=WIDTH,
        height=below + len(marks) * LEGEND,
        left=LEFT,
        top=TOP,
        bottom=bottom,
    )


def progress_of(school: School, *, everyone: int, on: dt.date) -> Progress:
    """Those who have nothing left to do today, by the day on which they signed; two queries."""
    year = school.year(on=on)
    people = Person.objects.filter(school=school).at_school(on=on).expected_to_sign()
    current = Declaration.objects.filter(person__in=people).current(on=on, year=year.key)
    first = current.order_by().values("person").annotate(first=Min("signed_on")).values_list("first", flat=True)
    # The first version of a text is not a new text.
    again = PolicyVersion.objects.published().filter(school=school, number__gt=1, effective_from__lte=on, sign_by__gte=year.opens_on)
    again_by = again.values_list("sign_by", flat=True)
    return progress(
        ((day, 1) for day in first),
        everyone=everyone,
        year=year,
        again_by=[day for day in again_by if day is not None],
        on=on,
    )


def rows(reached: dict[dt.date, int], marks: list[tuple[dt.date, Mark]], year: SchoolYear, on: dt.date) -> list[Row]:
    """How many had signed by the days that matter: opening, the ends of the months, and each mark that has come."""
    ends = [month - A_DAY for month in months(year.opens_on, on)]
    wanted = sorted({year.opens_on, *ends[-MOST_ROWS:], *(day for day, _mark in marks)})
    return [
        Row(
            day,
            max((people for signed_on, people in reached.items() if signed_on <= day), default=0),
            [mark for at, mark in marks if at == day],
        )
        for day in wanted
        if year.opens_on <= day <= on
    ]


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The first days of the months after one day and up to another."""
    found = []
    month = first
    while True:
        month = (month.replace(day=1) + 32 * A_DAY).replace(day=1)
        if month > last:
            return found
        found.append(month)
