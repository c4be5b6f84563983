"""Days, months and years of the calendar."""

import calendar
import datetime as dt

A_DAY = dt.timedelta(days=1)
# The years of a first or last day at the school; another year is a typing error, or how a system writes “no end”.
WORKING_YEARS = range(1940, 2101)
# The years of every other day that people type.
YEARS = range(2000, 2101)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years earlier; 28 February for the 29th where there is none."""
    return months_before(day, 12 * years)
