"""Which stage of being reminded has come on which day: on school days, the latest alone, and never again."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.organisation.school_days import SchoolDays
from declarations.reminders.schedule import Ask, Stage, notice_on, owed, stages, told_on


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


HOLIDAYS = [
    (day("2026-07-22"), day("2026-09-01")),  # summer: term begins on Wednesday 2 September
    (day("2026-10-26"), day("2026-10-30")),
    (day("2026-12-21"), day("2027-01-04")),
    (day("2027-02-15"), day("2027-02-19")),
    (day("2027-03-26"), day("2027-04-09")),
]
DAYS = SchoolDays(HOLIDAYS, ZoneInfo("Europe/London"))
YEAR = Ask("year 2026", day("2026-08-01"), day("2026-09-08"))
TEXT = Ask("text 17", day("2027-02-01"), day("2027-03-01"))


def come(ask: Ask) -> dict[str, str]:
    return {str(stage): on.isoformat() for stage, on in stages(ask, DAYS)}


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        # August moves to the first day of term, and so does a week before; 8, 11 and 15 September are school days.
        (YEAR, {"opens": "2026-09-02", "week before": "2026-09-02", "due": "2026-09-08", "3 after": "2026-09-11", "7 after": "2026-09-15"}),
        (TEXT, {"opens": "2027-02-01", "week before": "2027-02-22", "due": "2027-03-01", "3 after": "2027-03-04", "7 after": "2027-03-08"}),
        # Due on a Saturday: on Monday, and three days after that Saturday on Tuesday.
        (
            Ask("text 1", day("2026-11-02"), day("2026-11-14")),
            {"opens": "2026-11-02", "week before": "2026-11-09", "due": "2026-11-16", "3 after": "2026-11-17", "7 after": "2026-11-23"},
        ),
        # Due before Christmas: the rest comes on the first day of term, all at once.
        (
            Ask("text 1", day("2026-12-01"), day("2026-12-18")),
            {"opens": "2026-12-01", "week before": "2026-12-11", "due": "2026-12-18", "3 after": "2027-01-05", "7 after": "2027-01-05"},
        ),
        # Less than a week to sign: there is no week before.
        (
            Ask("text 1", day("2026-11-02"), day("2026-11-06")),
            {"opens": "2026-11-02", "due": "2026-11-06", "3 after": "2026-11-09", "7 after": "2026-11-13"},
        ),
    ],
)
def test_stages_come_on_school_days(ask: Ask, expected: dict[str, str]):
    assert come(ask) == expected


@pytest.mark.parametrize(
    ("starts_on", "expected"),
    [
        (None, YEAR),
        ("2020-09-01", YEAR),
        ("2026-09-01", Ask("year 2026", day("2026-09-01"), day("2026-09-08"))),
        ("2026-09-02", Ask("year 2026", day("2026-09-02"), day("2026-09-09"))),
        ("2026-11-09", Ask("year 2026", day("2026-11-09"), day("2026-11-16"))),
    ],
)
def test_who_joins_has_a_week(starts_on: str | None, expected: Ask):
    assert YEAR.for_joiner(day(starts_on) if starts_on else None) == expected


def test_who_was_added_without_a_first_day_has_a_fortnight():
    assert YEAR.for_joiner(None, day("2026-11-09")) == Ask("year 2026", day("2026-11-09"), day("2026-11-23"))
    assert YEAR.for_joiner(day("2020-09-01"), day("2026-11-09")) == YEAR


@pytest.mark.parametrize(
    ("on", "last_on", "key"),
    [
        ("2026-08-03", None, None),  # nothing comes in the holidays
        ("2026-09-02", None, "year 2026 week before"),  # of two on one day the later
        ("2026-09-02", "2026-09-02", None),  # told today
        ("2026-09-07", None, "year 2026 week before"),  # the worker was down: caught up
        ("2026-09-07", "2026-09-02", None),
        ("2026-09-08", "2026-09-02", "year 2026 due"),
        ("2026-09-08", "2026-09-07", "year 2026 due"),  # caught up yesterday, due today
        ("2026-09-14", "2026-09-02", "year 2026 3 after"),  # two were missed: one
        ("2026-09-15", "2026-09-14", "year 2026 7 after"),
        ("2026-09-15", "2026-09-02", "year 2026 7 after"),  # three were missed: one
        ("2026-11-23", "2026-09-15", None),  # never again
        ("2026-11-23", None, "year 2026 7 after"),  # back from long absence: once
    ],
)
def test_what_is_owed(on: str, last_on: str | None, key: str | None):
    occasion = owed([YEAR], on=day(on), days=DAYS, last_on=day(last_on) if last_on else None, had=[])
    assert (occasion.key if occasion else None) == key


@pytest.mark.parametrize(
    ("on", "last_on", "key"),
    [
        # Who never signed this year's either is reminded of one thing, and of the new text with it.
        ("2027-02-01", "2026-09-15", "text 17 opens"),
        ("2027-02-22", "2027-02-01", "text 17 week before"),
        ("2027-03-08", "2027-03-04", "text 17 7 after"),
        ("2027-06-01", "2027-03-08", None),
    ],
)
def test_two_things_asked_are_one_reminder(on: str, last_on: str, key: str | None):
    occasion = owed([YEAR, TEXT], on=day(on), days=DAYS, last_on=day(last_on), had=[])
    assert (occasion.key if occasion else None) == key


def test_an_occasion_is_had_once_though_the_school_moves_its_dates():
    later = Ask("year 2026", day("2026-08-01"), day("2026-09-22"))
    assert owed([later], on=day("2026-09-15"), days=DAYS, last_on=day("2026-09-02"), had=["year 2026 week before"]) is None
    occasion = owed([later], on=day("2026-09-22"), days=DAYS, last_on=day("2026-09-02"), had=["year 2026 week before"])
    assert occasion is not None
    assert (occasion.stage, occasion.on) == (Stage.DUE, day("2026-09-22"))


@pytest.mark.parametrize(("due_on", "expected"), [("2026-09-08", "2026-09-16"), ("2026-10-16", "2026-11-02"), ("2026-12-18", "2027-01-05")])
def test_then_the_leadership_is_told(due_on: str, expected: str):
    assert told_on(day(due_on), DAYS) == day(expected)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-09-30", "2026-09-16"),
        ("2026-11-13", "2026-11-02"),  # fourteen days before is half term: the first day after it
        ("2026-08-31", "2026-07-21"),  # it ends in the summer holiday: the last day of term
        ("2027-01-04", "2026-12-18"),
    ],
)
def test_what_ends_is_said_two_weeks_before(until: str, expected: str):
    assert notice_on(day(until), DAYS) == day(expected)


dates = st.dates(day("2026-06-01"), day("2027-06-30"))


@given(opens=dates, length=st.integers(0, 120), starts=st.none() | dates, down=st.sets(st.integers(0, 400)))
def test_whatever_the_dates_and_whenever_the_worker_is_down(opens: dt.date, length: int, starts: dt.date | None, down: set[int]):
    """At most five times, never twice for one stage, only on school days, each on its day if the worker was up then."""
    ask = Ask("year 2026", opens, opens + dt.timedelta(days=length)).for_joiner(starts)
    got: list[tuple[dt.date, str]] = []
    for number in range(400):
        on = day("2026-06-01") + dt.timedelta(days=number)
        if number in down or not DAYS.is_school_day(on):
            continue
        occasion = owed([ask], on=on, days=DAYS, last_on=got[-1][0] if got else None, had=[key for _on, key in got])
        if occasion:
            got.append((on, occasion.key))
            assert occasion.on == on or all(
                (missed - day("2026-06-01")).days in down or not DAYS.is_school_day(missed)
                for missed in (occasion.on + dt.timedelta(days=n) for n in range((on - occasion.on).days))
            )
    assert len(got) <= 5
    assert len({key for _on, key in got}) == len(got)
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(got))
