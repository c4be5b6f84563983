"""When somebody is reminded to sign: on school days, five times at most for one thing that is asked.

A stage is a number of days before or after the day by which to sign. A stage that falls on a day without school moves to the
next school day; of several that come to one day, or were missed, only the latest counts.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from declarations.organisation.school_days import SchoolDays

WEEK = dt.timedelta(days=7)
# After the last stage somebody has a day; then the leadership is told who is left.
TOLD_AFTER = dt.timedelta(days=8)
# What ends is said two weeks before.
NOTICE = dt.timedelta(days=14)
# … or, where a summer holiday lies between, as early as this.
LONGEST_NOTICE = dt.timedelta(days=75)


class Stage(StrEnum):
    """In the order in which they come."""

    OPENS = "opens"
    WEEK_BEFORE = "week before"
    DUE = "due"
    THREE_AFTER = "3 after"
    WEEK_AFTER = "7 after"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that people are asked to sign: this year's declaration, or a new text. `name` is `year 2026` or `text 17`."""

    name: str
    opens_on: dt.date
    due_on: dt.date

    def for_joiner(self, starts_on: dt.date | None, added_on: dt.date | None = None) -> "Ask":
        """The same for somebody who came on a day, or was added on one without a first day: they have a week, or a fortnight."""
        came_on, has = (added_on, 2 * WEEK) if starts_on is None else (starts_on, WEEK)
        if came_on is None:
            return self
        return Ask(self.name, max(self.opens_on, came_on), max(self.due_on, came_on + has))

    def key(self, stage: Stage) -> str:
        """The occasion, as it is written down: each once for a person, whatever becomes of the dates."""
        return f"{self.name} {stage}"


@dataclass(frozen=True, slots=True)
class Owed:
    """`on` is the day on which the stage fell, which is today or was missed."""

    ask: Ask
    stage: Stage
    on: dt.date

    @property
    def key(self) -> str:
        return self.ask.key(self.stage)


def stages(ask: Ask, days: SchoolDays) -> list[tuple[Stage, dt.date]]:
    """The stages with the school days on which they come, in order; two may come on one day."""
    there = [(Stage.OPENS, ask.opens_on)]
    if ask.due_on - WEEK > ask.opens_on:
        there.append((Stage.WEEK_BEFORE, ask.due_on - WEEK))
    there += [(Stage.DUE, ask.due_on), (Stage.THREE_AFTER, ask.due_on + dt.timedelta(days=3)), (Stage.WEEK_AFTER, ask.due_on + WEEK)]
    return [(stage, days.next_school_day(day)) for stage, day in there]


def latest(ask: Ask, *, on: dt.date, days: SchoolDays) -> Owed | None:
    """The last stage that has come by this day, if one has."""
    come = [Owed(ask, stage, day) for stage, day in stages(ask, days) if day <= on]
    return come[-1] if come else None


def owed(asks: Iterable[Ask], *, on: dt.date, days: SchoolDays, last_on: dt.date | None, had: Collection[str]) -> Owed | None:
    """What somebody who has signed none of these is owed on a school day, or None: one thing, however much is asked or was missed.

    `last_on` is when they were last reminded to sign anything, `had` the keys of the occasions that they were reminded of. A
    reminder counts for every stage that had come by then.
    """
    come = [occasion for ask in asks if (occasion := latest(ask, on=on, days=days)) is not None]
    missed = [occasion for occasion in come if (last_on is None or occasion.on > last_on) and occasion.key not in had]
    return max(missed, key=lambda occasion: (occasion.on, occasion.ask.due_on, occasion.ask.name), default=None)


def told_on(due_on: dt.date, days: SchoolDays) -> dt.date:
    """The school day on which the leadership is told who has not signed what was due."""
    return days.next_school_day(due_on + TOLD_AFTER)


def notice_on(until: dt.date, days: SchoolDays) -> dt.date:
    """The school day on which the owner hears that a permission ends: two weeks before its last day.

    Where the next school day would be too late, as before a summer holiday in which it ends, the last one before.
    """
    day = days.next_school_day(until - NOTICE)
    if day <= until:
        return day
    day = until - NOTICE
    while not days.is_school_day(day) and until - day < LONGEST_NOTICE:
        day -= dt.timedelta(days=1)
    return day
