"""School days, and the hours in which people may be written to."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from declarations.common.dates import A_DAY

SATURDAY = 5
# People are written to from eight and before five in the afternoon, by the school's clock.
FROM, BEFORE = dt.time(8), dt.time(17)


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """The calendar of a school. `holidays` are pairs of a first and a last day, in any order; they may overlap."""

    holidays: Sequence[tuple[dt.date, dt.date]]
    zone: ZoneInfo

    def is_school_day(self, day: dt.date) -> bool:
        """Whether the school is open on this day."""
        return day.weekday() < SATURDAY and not any(first <= day <= last for first, last in self.holidays)

    def next_school_day(self, day: dt.date) -> dt.date:
        """The first school day on or after `day`. Raises OverflowError if the holidays never end."""
        while not self.is_school_day(day):
            day += A_DAY
        return day

    def next_moment(self, at: dt.datetime) -> dt.datetime:
        """The first moment at or after `at` at which people may be written to: `at` itself, or a moment in UTC.

        Raises ValueError for a moment without a time zone.
        """
        if at.tzinfo is None:
            raise ValueError("A moment needs its time zone.")
        today = at.astimezone(self.zone).date()
        day = self.next_school_day(today)
        if at >= self.moment(day, BEFORE):
            day = self.next_school_day(day + A_DAY)
        return max(at, self.moment(day, FROM))

    def moment(self, day: dt.date, clock: dt.time) -> dt.datetime:
        """The moment in UTC of this time by the school's clock: Python compares two moments of one zone by their clock times alone."""
        return dt.datetime.combine(day, clock, self.zone).astimezone(dt.UTC)
