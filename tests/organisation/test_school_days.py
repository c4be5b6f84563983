"""School days and the hours for e-mails by the school's clock, also when the clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from declarations.organisation.school_days import SchoolDays

LONDON = ZoneInfo("Europe/London")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


HOLIDAYS = [
    (day("2026-10-26"), day("2026-10-30")),  # half term, Monday to Friday
    (day("2026-12-21"), day("2027-01-01")),
    (day("2026-12-28"), day("2027-01-04")),  # overlaps the one before
    (day("2026-05-04"), day("2026-05-04")),  # a bank holiday
]
HILLSIDE = SchoolDays(HOLIDAYS, LONDON)


@pytest.mark.parametrize(
    ("on", "is_one", "following"),
    [
        ("2026-11-23", True, "2026-11-23"),  # an ordinary Monday
        ("2026-11-27", True, "2026-11-27"),
        ("2026-11-28", False, "2026-11-30"),  # Saturday
        ("2026-11-29", False, "2026-11-30"),
        ("2026-05-04", False, "2026-05-05"),  # one day
        ("2026-10-23", True, "2026-10-23"),  # the Friday before half term
        ("2026-10-24", False, "2026-11-02"),  # the weekend before it, the week, the weekend after it
        ("2026-10-26", False, "2026-11-02"),
        ("2026-10-30", False, "2026-11-02"),
        ("2026-11-02", True, "2026-11-02"),
        ("2026-12-18", True, "2026-12-18"),
        ("2026-12-19", False, "2027-01-05"),
        ("2027-01-02", False, "2027-01-05"),
        ("2027-01-04", False, "2027-01-05"),
    ],
)
def test_school_days(on, is_one, following):
    assert HILLSIDE.is_school_day(day(on)) is is_one
    assert HILLSIDE.next_school_day(day(on)) == day(following)
    assert SchoolDays(HOLIDAYS[::-1], LONDON).next_school_day(day(on)) == day(following)


def test_without_holidays_there_are_weekends():
    assert [SchoolDays([], LONDON).is_school_day(day("2026-11-23") + dt.timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2


def test_holidays_without_end():
    for_ever = SchoolDays([(day("9999-01-01"), dt.date.max)], LONDON)
    with pytest.raises(OverflowError):
        for_ever.next_school_day(day("9999-11-23"))


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        # Winter in London is UTC: before, at, in, and after the hours.
        ("Europe/London", "2026-11-23T07:59:59Z", "2026-11-23T08:00Z"),
        ("Europe/London", "2026-11-23T08:00:00Z", "2026-11-23T08:00Z"),
        ("Europe/London", "2026-11-23T12:34:56Z", "2026-11-23T12:34:56Z"),
        ("Europe/London", "2026-11-23T16:59:59Z", "2026-11-23T16:59:59Z"),
        ("Europe/London", "2026-11-23T17:00:00Z", "2026-11-24T08:00Z"),
        ("Europe/London", "2026-11-23T00:00:00Z", "2026-11-23T08:00Z"),
        # Friday evening, the weekend, the night to Monday.
        ("Europe/London", "2026-11-27T17:00:00Z", "2026-11-30T08:00Z"),
        ("Europe/London", "2026-11-28T12:00:00Z", "2026-11-30T08:00Z"),
        ("Europe/London", "2026-11-29T23:59:59Z", "2026-11-30T08:00Z"),
        # Summer: an hour earlier by UTC, and half past midnight there is still the day before in UTC.
        ("Europe/London", "2026-06-03T06:59:59Z", "2026-06-03T07:00Z"),
        ("Europe/London", "2026-06-03T16:00:00Z", "2026-06-04T07:00Z"),
        ("Europe/London", "2026-06-02T23:30:00Z", "2026-06-03T07:00Z"),
        ("Europe/London", "2026-06-05T23:30:00Z", "2026-06-08T07:00Z"),
        # The clocks go forward on Sunday 29 March 2026: Friday evening is winter, Monday morning is summer.
        ("Europe/London", "2026-03-27T16:59:59Z", "2026-03-27T16:59:59Z"),
        ("Europe/London", "2026-03-27T17:00:00Z", "2026-03-30T07:00Z"),
        ("Europe/London", "2026-03-29T00:59:59Z", "2026-03-30T07:00Z"),
        ("Europe/London", "2026-03-29T01:00:00Z", "2026-03-30T07:00Z"),
        ("Europe/London", "2026-03-30T07:30:00Z", "2026-03-30T07:30Z"),
        ("Europe/London", "2026-03-30T16:00:00Z", "2026-03-31T07:00Z"),
        # They go back on Sunday 25 October 2026, at the start of half term.
        ("Europe/London", "2026-10-23T15:59:59Z", "2026-10-23T15:59:59Z"),
        ("Europe/London", "2026-10-23T16:00:00Z", "2026-11-02T08:00Z"),
        ("Europe/London", "2026-10-25T00:30:00Z", "2026-11-02T08:00Z"),
        ("Europe/London", "2026-10-25T01:30:00Z", "2026-11-02T08:00Z"),
        # Far east and west of UTC the day is another one.
        ("Pacific/Auckland", "2026-11-22T19:00:00Z", "2026-11-22T19:00Z"),  # Monday 08:00 there
        ("Pacific/Auckland", "2026-11-27T04:00:00Z", "2026-11-29T19:00Z"),  # Friday 17:00 there
        ("America/New_York", "2026-11-28T01:00:00Z", "2026-11-30T13:00Z"),  # Friday evening there
    ],
)
def test_when_people_may_be_written_to(zone, at, expected):
    calendar = SchoolDays(HOLIDAYS, ZoneInfo(zone))
    moment, wanted = dt.datetime.fromisoformat(at), dt.datetime.fromisoformat(expected)
    # In whatever zone the moment is written, the school's own included.
    for asked in (moment, moment.astimezone(ZoneInfo(zone)), moment.astimezone(ZoneInfo("Asia/Kolkata"))):
        assert calendar.next_moment(asked).astimezone(dt.UTC) == wanted.astimezone(dt.UTC)
    assert calendar.next_moment(wanted) == wanted


def test_the_change_of_clocks_without_a_holiday():
    plain = SchoolDays([], LONDON)
    assert plain.next_moment(dt.datetime(2026, 10, 23, 16, tzinfo=dt.UTC)) == dt.datetime(2026, 10, 26, 8, tzinfo=dt.UTC)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        HILLSIDE.next_moment(dt.datetime(2026, 11, 23, 9))  # noqa: DTZ001  # that is what is refused
