"""The school year: when signing opens, when it is due, and when last year's declarations lapse.

The school sets these three dates. A year begins on the day that signing opens, so a declaration signed in August counts for the
September that follows, and the old one counts until it lapses some weeks into the term.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of any year: 1 August is `MonthDay(8, 1)`."""

    month: int
    day: int

    def __post_init__(self) -> None:
        # 2023 is not a leap year, so 29 February is refused: most years do not have it.
        dt.date(2023, self.month, self.day)

    def in_year(self, year: int) -> dt.date:
        return dt.date(year, self.month, self.day)

    def on_or_after(self, day: dt.date) -> dt.date:
        """The first such day on or after `day`."""
        this_year = self.in_year(day.year)
        return this_year if this_year >= day else self.in_year(day.year + 1)

    def on_or_before(self, day: dt.date) -> dt.date:
        """The last such day on or before `day`."""
        this_year = self.in_year(day.year)
        return this_year if this_year <= day else self.in_year(day.year - 1)


@dataclass(frozen=True, slots=True)
class YearDates:
    """The three dates that a school sets: signing opens, is due, and last year's declarations lapse, in this order round the year."""

    opens: MonthDay
    due: MonthDay
    lapses: MonthDay

    def __post_init__(self) -> None:
        if not in_order(self.opens, self.due, self.lapses):
            raise ValueError("Signing opens, then is due, then last year's declarations lapse: the dates are not in that order.")


def in_order(opens: MonthDay, due: MonthDay, lapses: MonthDay) -> bool:
    """Whether the three dates follow each other round the year; the first and the last must differ.

    A school in the southern hemisphere may open in December, be due in February and lapse in March.
    """
    if opens == lapses:
        return False
    return opens <= due <= lapses or due <= lapses < opens or lapses < opens <= due


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """The dates of a school year.

    `opens_on` and `due_on` are this year's; `grace_ends_on` is the first day on which last year's declarations no longer
    count; `lapses_on` is the first day on which this year's no longer do.
    """

    opens_on: dt.date
    due_on: dt.date
    grace_ends_on: dt.date
    lapses_on: dt.date

    @property
    def key(self) -> int:
        """The calendar year in which signing opened, which identifies the school year."""
        return self.opens_on.year

    @property
    def name(self) -> str:
        """The usual name: 2026/27 for a year that begins in the second half of the calendar year, otherwise 2026."""
        start = self.due_on.year
        return str(start) if self.due_on.month <= 6 else f"{start}/{(start + 1) % 100:02d}"


def school_year(dates: YearDates, *, on: dt.date) -> SchoolYear:
    """The school year that a declaration signed on this day counts for."""
    opens_on = dates.opens.on_or_before(on)
    grace_ends_on = dates.lapses.on_or_after(opens_on)
    return SchoolYear(
        opens_on=opens_on,
        due_on=dates.due.on_or_after(opens_on),
        grace_ends_on=grace_ends_on,
        lapses_on=dates.lapses.in_year(grace_ends_on.year + 1),
    )
