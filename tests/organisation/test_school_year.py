"""The dates of a school year, as tables: the day before, the day itself, the day after."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.organisation.school_year import MonthDay, YearDates, in_order, school_year

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ENGLAND = YearDates(opens=MonthDay(8, 1), due=MonthDay(9, 8), lapses=MonthDay(10, 1))
SOUTH = YearDates(opens=MonthDay(12, 1), due=MonthDay(2, 1), lapses=MonthDay(3, 1))
SOUTH_IN_JANUARY = YearDates(opens=MonthDay(1, 5), due=MonthDay(1, 29), lapses=MonthDay(3, 1))
OVER_NEW_YEAR = YearDates(opens=MonthDay(11, 15), due=MonthDay(12, 20), lapses=MonthDay(1, 10))
FIRST_AND_LAST = YearDates(opens=MonthDay(1, 1), due=MonthDay(1, 1), lapses=MonthDay(12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("dates", "on", "opens_on", "due_on", "grace_ends_on", "lapses_on", "key", "name"),
    [
        # England: the year turns on 1 August, and nothing happens on 1 September or 1 October.
        (ENGLAND, "2026-07-31", "2025-08-01", "2025-09-08", "2025-10-01", "2026-10-01", 2025, "2025/26"),
        (ENGLAND, "2026-08-01", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2026-08-02", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2026-08-31", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2026-09-01", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2026-09-30", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2026-10-01", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2026-12-31", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2027-01-01", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        (ENGLAND, "2027-07-31", "2026-08-01", "2026-09-08", "2026-10-01", "2027-10-01", 2026, "2026/27"),
        # The turn of a century keeps its two digits; leap days are days like others.
        (ENGLAND, "2099-12-31", "2099-08-01", "2099-09-08", "2099-10-01", "2100-10-01", 2099, "2099/00"),
        (ENGLAND, "2028-02-29", "2027-08-01", "2027-09-08", "2027-10-01", "2028-10-01", 2027, "2027/28"),
        # The south: opens in December for a year that is named after the calendar year to come.
        (SOUTH, "2026-11-30", "2025-12-01", "2026-02-01", "2026-03-01", "2027-03-01", 2025, "2026"),
        (SOUTH, "2026-12-01", "2026-12-01", "2027-02-01", "2027-03-01", "2028-03-01", 2026, "2027"),
        (SOUTH, "2026-12-31", "2026-12-01", "2027-02-01", "2027-03-01", "2028-03-01", 2026, "2027"),
        (SOUTH, "2027-01-01", "2026-12-01", "2027-02-01", "2027-03-01", "2028-03-01", 2026, "2027"),
        (SOUTH, "2027-02-28", "2026-12-01", "2027-02-01", "2027-03-01", "2028-03-01", 2026, "2027"),
        (SOUTH, "2028-02-29", "2027-12-01", "2028-02-01", "2028-03-01", "2029-03-01", 2027, "2028"),
        (SOUTH_IN_JANUARY, "2027-01-04", "2026-01-05", "2026-01-29", "2026-03-01", "2027-03-01", 2026, "2026"),
        (SOUTH_IN_JANUARY, "2027-01-05", "2027-01-05", "2027-01-29", "2027-03-01", "2028-03-01", 2027, "2027"),
        # Opens and is due in one calendar year, lapses in the next.
        (OVER_NEW_YEAR, "2026-11-14", "2025-11-15", "2025-12-20", "2026-01-10", "2027-01-10", 2025, "2025/26"),
        (OVER_NEW_YEAR, "2026-11-15", "2026-11-15", "2026-12-20", "2027-01-10", "2028-01-10", 2026, "2026/27"),
        (OVER_NEW_YEAR, "2027-01-09", "2026-11-15", "2026-12-20", "2027-01-10", "2028-01-10", 2026, "2026/27"),
        # The widest that the calendar allows.
        (FIRST_AND_LAST, "2026-12-31", "2026-01-01", "2026-01-01", "2026-12-31", "2027-12-31", 2026, "2026"),
        (FIRST_AND_LAST, "2027-01-01", "2027-01-01", "2027-01-01", "2027-12-31", "2028-12-31", 2027, "2027"),
    ],
)
def test_the_school_year_of_a_day(dates, on, opens_on, due_on, grace_ends_on, lapses_on, key, name):
    year = school_year(dates, on=day(on))
    assert (year.opens_on, year.due_on) == (day(opens_on), day(due_on))
    assert (year.grace_ends_on, year.lapses_on) == (day(grace_ends_on), day(lapses_on))
    assert (year.key, year.name) == (key, name)


@pytest.mark.parametrize(
    ("opens", "due", "lapses", "fits"),
    [
        ((8, 1), (9, 8), (10, 1), True),
        ((8, 1), (8, 1), (10, 1), True),  # due on the day that it opens
        ((8, 1), (10, 1), (10, 1), True),  # due on the day that the old ones lapse
        ((12, 1), (2, 1), (3, 1), True),
        ((11, 15), (12, 20), (1, 10), True),
        ((12, 31), (12, 31), (1, 1), True),
        ((12, 31), (1, 1), (1, 1), True),
        ((8, 1), (10, 2), (10, 1), False),  # due after the old ones lapse
        ((8, 2), (8, 1), (10, 1), False),  # due before it opens
        ((10, 1), (9, 8), (8, 1), False),  # backwards
        ((9, 8), (8, 1), (10, 1), False),
        ((12, 1), (3, 2), (3, 1), False),
        ((8, 1), (8, 1), (8, 1), False),  # no time at all
        ((8, 1), (9, 1), (8, 1), False),
    ],
)
def test_the_three_dates_follow_each_other_round_the_year(opens, due, lapses, fits):
    dates = MonthDay(*opens), MonthDay(*due), MonthDay(*lapses)
    assert in_order(*dates) is fits
    if fits:
        YearDates(*dates)
    else:
        with pytest.raises(ValueError, match="not in that order"):
            YearDates(*dates)


@pytest.mark.parametrize(("month", "days"), list(enumerate([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], start=1)))
def test_a_day_must_exist_in_every_year(month, days):
    assert MonthDay(month, days).in_year(2028) == dt.date(2028, month, days)
    for wrong in (0, days + 1, 32, -1):
        with pytest.raises(ValueError, match="day"):
            MonthDay(month, wrong)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_month_must_exist(month):
    with pytest.raises(ValueError, match="month"):
        MonthDay(month, 1)


month_days = st.dates(min_value=dt.date(2023, 1, 1), max_value=dt.date(2023, 12, 31)).map(lambda d: MonthDay(d.month, d.day))
year_dates = st.tuples(month_days, month_days, month_days).filter(lambda three: in_order(*three)).map(lambda three: YearDates(*three))
days = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2200, 12, 31))


@given(month_days, days)
def test_the_nearest_such_day_before_and_after(month_day, on):
    after, before = month_day.on_or_after(on), month_day.on_or_before(on)
    assert before <= on <= after
    assert (after - on).days < 366
    assert (on - before).days < 366
    assert (after == before) is ((on.month, on.day) == (month_day.month, month_day.day))


@given(year_dates, days)
def test_every_day_is_in_one_year_and_what_is_signed_holds_past_the_next_opening(dates, on):
    year = school_year(dates, on=on)
    assert year.opens_on <= on
    assert year.opens_on <= year.due_on <= year.grace_ends_on < year.lapses_on
    assert on < year.lapses_on
    following = school_year(dates, on=dates.opens.in_year(year.opens_on.year + 1))
    assert following.key == year.key + 1
    assert on < following.opens_on
    # The grace of the next year ends on the very day that this year's declarations lapse: no gap, no overlap.
    assert following.grace_ends_on == year.lapses_on


@given(year_dates, days)
def test_a_year_has_one_key_from_its_first_day_to_its_last(dates, on):
    year = school_year(dates, on=on)
    last = dates.opens.in_year(year.opens_on.year + 1) - dt.timedelta(days=1)
    assert school_year(dates, on=year.opens_on) == year == school_year(dates, on=last)
    assert school_year(dates, on=year.opens_on - dt.timedelta(days=1)).key == year.key - 1
