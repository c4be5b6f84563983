"""School days: neither a weekend nor a holiday; and the hours of them in which people may be written to."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from declarations.common.dates import A_DAY

SATURDAY = 5
# Nobody is written to at night: from eight, and before five in the afternoon, by the school's clock.
FROM, BEFORE = dt.time(8), dt.time(17)


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """The calendar of one school. `holidays` are pairs of the first and the last day, in any order; they may overlap."""

    holidays: Sequence[tuple[dt.date, dt.date]]
    zone: ZoneInfo

    def is_school_day(self, day: dt.date) -> bool:
        """Whether the school is open on this day."""
        return day.weekday() < SATURDAY and not any(first <= day <= last for first, last in self.holidays)

    def next_school_day(self, day: dt.date) -> dt.date:
        """The first school day that is not before `day`. Raises OverflowError where the holidays never end."""
        while not self.is_school_day(day):
            # To the end of the longest holiday that covers the day, so that a long summer is one step.
            day = max([day, *(last for first, last in self.holidays if first <= day <= last)]) + A_DAY
        return day

    def next_moment(self, at: dt.datetime) -> dt.datetime:
        """The first moment, not before `at`, at which people may be written to: `at` itself if that is one, else in UTC.

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
        """That time of that day by the school's clock, in UTC: moments of one zone would be compared by their clocks alone."""
        return dt.datetime.combine(day, clock, self.zone).astimezone(dt.UTC)
