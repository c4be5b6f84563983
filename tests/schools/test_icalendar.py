"""Reading calendar files: folded lines, escapes, times, repetition, and files that are not calendars."""

import codecs
import datetime as dt
import time
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.common.errors import UnreadableFileError
from declarations.schools.calendar_file import MAX_BYTES
from declarations.schools.icalendar import Calendar, Event
from declarations.schools.icalendar import calendar as read_calendar

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = dt.date(2026, 8, 1), dt.date(2029, 7, 31)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def calendar(*lines: str, end: str = "\r\n") -> bytes:
    """A calendar with one event that has these lines."""
    return end.join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", "BEGIN:VEVENT", "UID:1@hillside.example", *lines,
                     "END:VEVENT", "END:VCALENDAR", ""]).encode()  # fmt: skip


def whole(data: bytes, zone: ZoneInfo = LONDON) -> Calendar:
    return read_calendar(data, zone=zone, first=FIRST, last=LAST)


def read(data: bytes, zone: ZoneInfo = LONDON) -> list[Event]:
    calendar = whole(data, zone)
    assert calendar.unread == []
    return calendar.events


def several(*events: tuple[str, ...]) -> bytes:
    """A calendar with these events."""
    first, *others = events
    return calendar(*first, *(line for event in others for line in ("END:VEVENT", "BEGIN:VEVENT", *event)))


def days_and_names(data: bytes) -> list[tuple[str, str, str]]:
    return [(str(event.first), str(event.last), event.name) for event in read(data)]


HALF_TERM = ("DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261031", "SUMMARY:Half term")


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        # Whole days: DTEND is the day after.
        (HALF_TERM, "2026-10-26", "2026-10-30"),
        (("DTSTART;VALUE=DATE:20261026",), "2026-10-26", "2026-10-26"),
        (("DTSTART:20261026",), "2026-10-26", "2026-10-26"),
        (("DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261026"), "2026-10-26", "2026-10-26"),
        (("DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261027"), "2026-10-26", "2026-10-26"),
        (("DTSTART;VALUE=DATE:20261026", "DURATION:P5D"), "2026-10-26", "2026-10-30"),
        (("DTSTART;VALUE=DATE:20261221", "DURATION:P2W"), "2026-12-21", "2027-01-03"),
        (("DTSTART;VALUE=DATE:20280228", "DTEND;VALUE=DATE:20280301"), "2028-02-28", "2028-02-29"),
        # From midnight to midnight is whole days as well, over the change of clocks too.
        (("DTSTART;TZID=Europe/London:20261024T000000", "DTEND;TZID=Europe/London:20261031T000000"), "2026-10-24", "2026-10-30"),
        (("DTSTART:20270329T230000Z", "DTEND:20270330T230000Z"), "2027-03-30", "2027-03-30"),
        (("DTSTART:20261026T000000", "DTEND:20261027T000000"), "2026-10-26", "2026-10-26"),
    ],
)
def test_whole_days(lines, first, last):
    assert read(calendar(*lines, "SUMMARY:Half term")) == [Event(day(first), day(last), "Half term")]


@pytest.mark.parametrize(
    ("lines", "zone", "first", "last"),
    [
        (("DTSTART:20261125T170000Z", "DTEND:20261125T190000Z"), "Europe/London", "2026-11-25", "2026-11-25"),
        (("DTSTART:20261125T233000Z", "DTEND:20261126T013000Z"), "Europe/London", "2026-11-25", "2026-11-26"),
        (("DTSTART:20261125T233000Z", "DTEND:20261126T000000Z"), "Europe/London", "2026-11-25", "2026-11-25"),
        # Half past eleven at night in UTC is the next day in a British summer, and the afternoon before in New York.
        (("DTSTART:20270601T233000Z",), "Europe/London", "2027-06-02", "2027-06-02"),
        (("DTSTART:20261125T033000Z",), "America/New_York", "2026-11-24", "2026-11-24"),
        (("DTSTART;TZID=Asia/Tokyo:20261125T073000",), "Europe/London", "2026-11-24", "2026-11-24"),
        (('DTSTART;X-A="a;b:c,d",e;TZID="Asia/Tokyo":20261125T073000',), "Europe/London", "2026-11-24", "2026-11-24"),
        # A zone by a name that only one program knows is the school's.
        (("DTSTART;TZID=GMT Standard Time:20261125T173000",), "Europe/London", "2026-11-25", "2026-11-25"),
        (("DTSTART;TZID=../../etc/passwd:20261125T173000",), "Europe/London", "2026-11-25", "2026-11-25"),
        (("DTSTART;TZID=Europe:20261125T173000",), "Europe/London", "2026-11-25", "2026-11-25"),
        (("DTSTART:20261125T173000", "DURATION:PT8H"), "Europe/London", "2026-11-25", "2026-11-26"),
        # … or Outlook's.
        (("DTSTART;TZID=Eastern Standard Time:20261125T220000",), "Europe/London", "2026-11-26", "2026-11-26"),
        (("DTSTART;TZID=/Asia/Tokyo:20261125T073000",), "Europe/London", "2026-11-24", "2026-11-24"),
        (("DTSTART;TZID=/example.org/Olson_2026/Asia/Tokyo:20261125T073000",), "Europe/London", "2026-11-24", "2026-11-24"),
        (("DTSTART;TZID=Ours:20261125T173000",), "Europe/London", "2026-11-25", "2026-11-25"),
    ],
)
def test_times_of_the_day_are_days_of_the_school(lines, zone, first, last):
    assert read(calendar(*lines, "SUMMARY:Meeting"), ZoneInfo(zone)) == [Event(day(first), day(last), "Meeting", is_timed=True)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"Half term\, all of it\; yes\\no", r"Half term, all of it; yes\no"),
        (r"Half\nterm\NWeek", "Half term Week"),
        ("Cafe\u0301 closed", "Caf\u00e9 closed"),
        ("Half \u202eterm\u200f", "Half term"),
        ("Gwyliau'r haf \N{SNOWMAN}", "Gwyliau'r haf \N{SNOWMAN}"),
        ("", ""),
        ("a" * 80, "a" * 80),
        ("a" * 81, "a" * 79 + "…"),
        ("colons: are; fine, here", "colons: are; fine, here"),
    ],
)
def test_names(written, name):
    assert [event.name for event in read(calendar("DTSTART;VALUE=DATE:20261026", f"SUMMARY:{written}"))] == [name]
    assert [event.name for event in read(calendar("DTSTART;VALUE=DATE:20261026", f"SUMMARY;LANGUAGE=en-GB:{written}"))] == [name]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_ends_of_lines_folds_and_cases(end):
    lines = ("dtstart;value=date:2026", " 1026", "DTEND;VALUE=DATE:20261031", "SUMMARY:Half", "\t term", "  and more")
    assert days_and_names(calendar(*lines, end=end)) == [("2026-10-26", "2026-10-30", "Half term and more")]
    assert days_and_names(b"\xef\xbb\xbf" + calendar(*lines, end=end)) == [("2026-10-26", "2026-10-30", "Half term and more")]
    assert days_and_names(calendar(*lines, end=end).rstrip()) == [("2026-10-26", "2026-10-30", "Half term and more")]


def test_a_letter_may_be_folded_in_its_middle():
    folded = calendar("DTSTART;VALUE=DATE:20261026", "SUMMARY:Café").replace(b"\xc3\xa9", b"\xc3\r\n \xa9")
    assert [event.name for event in read(folded)] == ["Café"]


def test_alarms_and_time_zones_inside_are_not_the_event():
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT15M", "DTSTART:19990101", "SUMMARY:No", "END:VALARM")
    zone = ("BEGIN:VTIMEZONE", "TZID:Europe/London", "BEGIN:STANDARD", "DTSTART:19701025T020000", "END:STANDARD", "END:VTIMEZONE")
    data = calendar(*alarm, *HALF_TERM).replace(b"BEGIN:VEVENT", "\r\n".join([*zone, "BEGIN:VEVENT"]).encode())
    assert days_and_names(data) == [("2026-10-26", "2026-10-30", "Half term")]


def test_what_is_cancelled_past_or_far_away_is_left_out():
    assert days_and_names(calendar(*HALF_TERM, "STATUS:CANCELLED")) == []
    assert days_and_names(calendar("DTSTART;VALUE=DATE:20260731", "SUMMARY:Past")) == []
    assert days_and_names(calendar("DTSTART;VALUE=DATE:20260720", "DTEND;VALUE=DATE:20260902", "SUMMARY:Summer")) == [
        ("2026-07-20", "2026-09-01", "Summer")
    ]
    assert days_and_names(calendar("DTSTART;VALUE=DATE:20290801", "SUMMARY:Far away")) == []


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=YEARLY", ["2026-12-25", "2027-12-25", "2028-12-25"]),
        ("FREQ=YEARLY;WKST=MO;BYMONTH=12;BYMONTHDAY=25", ["2026-12-25", "2027-12-25", "2028-12-25"]),
        ("FREQ=YEARLY;INTERVAL=2", ["2026-12-25", "2028-12-25"]),
        ("FREQ=YEARLY;UNTIL=20271225", ["2026-12-25", "2027-12-25"]),
        ("FREQ=YEARLY;UNTIL=20271224T235959Z", ["2026-12-25"]),
        ("FREQ=YEARLY;COUNT=4", ["2026-12-25", "2027-12-25"]),  # from 2024 on
    ],
)
def test_every_year(rule, days):
    read_events = read(calendar("DTSTART;VALUE=DATE:20241225", f"RRULE:{rule}", "SUMMARY:Christmas Day"))
    assert [(str(event.first), event.first == event.last, event.repeats) for event in read_events] == [(on, True, False) for on in days]


@pytest.mark.parametrize(
    ("start", "rule", "days"),
    [
        ("20261026", "FREQ=DAILY;COUNT=3", ["2026-10-26", "2026-10-27", "2026-10-28"]),
        ("20261026", "FREQ=DAILY;INTERVAL=2;UNTIL=20261030", ["2026-10-26", "2026-10-28", "2026-10-30"]),
        ("20261026", "FREQ=WEEKLY;COUNT=3;BYDAY=MO,FR", ["2026-10-26", "2026-10-30", "2026-11-02"]),
        ("20280131", "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20280601", ["2028-01-31", "2028-03-31", "2028-05-31"]),
        ("20290427", "FREQ=MONTHLY;BYDAY=-1FR", ["2029-04-27", "2029-05-25", "2029-06-29", "2029-07-27"]),
        ("20200504", "FREQ=YEARLY;BYMONTH=5;BYDAY=1MO", ["2027-05-03", "2028-05-01", "2029-05-07"]),
        # As some programs write it: without the month, or as Exchange does.
        ("20200504", "FREQ=YEARLY;BYDAY=1MO", ["2027-05-03", "2028-05-01", "2029-05-07"]),
        ("20200504", "FREQ=YEARLY;BYDAY=MO;BYMONTH=5;BYSETPOS=1", ["2027-05-03", "2028-05-01", "2029-05-07"]),
        (
            "20200525",
            "FREQ=YEARLY;BYMONTH=5,8;BYDAY=-1MO",
            ["2026-08-31", "2027-05-31", "2027-08-30", "2028-05-29", "2028-08-28", "2029-05-28"],
        ),
        ("20290531", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2029-05-31", "2029-06-29", "2029-07-31"]),
    ],
)
def test_days_weeks_and_months(start, rule, days):
    assert [str(event.first) for event in read(calendar(f"DTSTART;VALUE=DATE:{start}", f"RRULE:{rule}"))] == days


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=2", "FREQ=HOURLY;INTERVAL=24", "FREQ=SECONDLY;UNTIL=20261027",
        "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=DAILY;COUNT=9999", "FREQ=DAILY;COUNT=99999999999", "FREQ=DAILY;UNTIL=20990101",
        "FREQ=MONTHLY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=26;BYDAY=-1MO", "FREQ=DAILY;COUNT=2;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=YEARLY;BYYEARDAY=1", "FREQ=YEARLY;BYWEEKNO=20", "FREQ=YEARLY;BYEASTER=0", "FREQ=YEARLY;BYHOUR=0", "FREQ=YEARLY;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5", "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=1", "FREQ=YEARLY;BYMONTH=2,3", "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYDAY=TU", "FREQ=MONTHLY;COUNT=3;UNTIL=20290101T000000Z;RSCALE=X", "FREQ=YEARLY;UNTIL=20269999",
    ],
)  # fmt: skip
def test_what_repeats_too_often_or_strangely_is_not_followed(rule):
    """Not with wrong days, and not without end."""
    began = time.monotonic()
    assert read(calendar(*HALF_TERM, f"RRULE:{rule}")) == [Event(day("2026-10-26"), day("2026-10-30"), "Half term", repeats=True)]
    assert time.monotonic() - began < 1


HOSTILE = {
    "folded a letter a line": calendar("DTSTART:20261026", "SUMMARY:" + "\r\n x" * 250_000),
    "a text with half a million line breaks": calendar("DTSTART:20261026", "DESCRIPTION:" + "\r\nx" * 300_000),
    "lines without anything": calendar("DTSTART:20261026").replace(b"VERSION", b"\n" * 1_000_000 + b"VERSION"),
    "thousands of parameters": calendar("DTSTART" + ";A=b" * 250_000 + ":20261026"),
    "thousands of days left out": calendar(
        "DTSTART:20261026", "RRULE:FREQ=YEARLY", "EXDATE:" + "20261025," * 110_000 + "20271026,20281026"
    ),
    "thousands of weekdays": calendar("DTSTART:20261026", "RRULE:FREQ=YEARLY;COUNT=1;BYDAY=" + "MO," * 330_000 + "MO"),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_calendar_that_is_made_to_take_long_does_not(data):
    """Without the limits each of these files would take minutes, or never end."""
    began = time.monotonic()
    assert len(data) <= MAX_BYTES
    assert day("2026-10-26") in [event.first for event in read(data)]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("lines", [("DTSTART:16010101", "RRULE:FREQ=YEARLY"), ("DTSTART:20260101", "RRULE:FREQ=DAILY;UNTIL=20990101")])
def test_thousands_of_events_that_repeat_are_too_many(lines):
    began = time.monotonic()
    with pytest.raises(UnreadableFileError, match="more than 20,000 events"):
        read(calendar(*[*lines, "END:VEVENT", "BEGIN:VEVENT"] * 4_000, "DTSTART:20261026"))
    assert time.monotonic() - began < 20


def test_a_time_zone_of_one_file_says_nothing_about_the_next():
    """The library would keep a zone of the file by its name and use it for later files."""
    own = ("BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+1200", "TZOFFSETTO:+1200",
           "END:STANDARD", "END:VTIMEZONE")  # fmt: skip
    meeting = calendar("DTSTART;TZID=Ours:20261125T173000", "SUMMARY:Meeting")
    alone = read(meeting)
    assert read(meeting.replace(b"BEGIN:VEVENT", "\r\n".join([*own, "BEGIN:VEVENT"]).encode())) == alone
    assert read(meeting) == alone


def test_every_year_but():
    lines = ("DTSTART;VALUE=DATE:20241225", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20261225,20281225")
    assert [str(event.first) for event in read(calendar(*lines))] == ["2027-12-25"]
    leap = ("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY")
    assert [str(event.first) for event in read(calendar(*leap))] == ["2028-02-29"]


def test_every_year_since_a_year_that_nobody_knows():
    """Some programs write birthdays so; only the years that are asked for are worked out."""
    old = "DTSTART;VALUE=DATE:16040229"
    assert [str(event.first) for event in read(calendar(old, "RRULE:FREQ=YEARLY"))] == ["2028-02-29"]
    assert read(calendar(old, "RRULE:FREQ=YEARLY;COUNT=100")) == []
    christmas = "DTSTART;VALUE=DATE:16041225"
    assert [str(event.first) for event in read(calendar(christmas, "RRULE:FREQ=YEARLY"))] == ["2026-12-25", "2027-12-25", "2028-12-25"]
    # 1604 is the first of them.
    assert [str(event.first) for event in read(calendar(christmas, "RRULE:FREQ=YEARLY;COUNT=423"))] == ["2026-12-25"]
    assert read(calendar(christmas, "RRULE:FREQ=YEARLY;INTERVAL=400")) == []


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=SECONDLY", "FREQ=YEARLY;BYDAY=2MO", "FREQ=YEARLY;BYWEEKNO=20"])
def test_what_is_not_followed_is_shown_although_it_began_long_ago(rule):
    [event] = read(calendar("DTSTART;VALUE=DATE:20200504", "SUMMARY:May Day", f"RRULE:{rule}"))
    assert (event.name, event.repeats) == ("May Day", True)
    assert read(calendar("DTSTART;VALUE=DATE:20200504", f"RRULE:{rule};UNTIL=20260730")) == []


@pytest.mark.parametrize(
    ("start", "until", "last"),
    [
        ("DTSTART;VALUE=DATE:20270524", "20270531", "2027-05-31"),
        ("DTSTART;VALUE=DATE:20270524", "20270531T000000Z", "2027-05-31"),
        ("DTSTART;VALUE=DATE:20270524", "20270530T235959Z", "2027-05-24"),
        # Midnight in London is an hour before it in UTC, in summer.
        ("DTSTART;TZID=Europe/London:20270524T000000", "20270530T230000Z", "2027-05-31"),
        ("DTSTART;TZID=Europe/London:20270524T000000", "20270530T225959Z", "2027-05-24"),
        ("DTSTART;TZID=Europe/London:20270524T180000", "20270531T170000Z", "2027-05-31"),
        ("DTSTART;TZID=Europe/London:20270524T180000", "20270531T165959Z", "2027-05-24"),
        ("DTSTART;TZID=Europe/London:20270524T180000", "20270531", "2027-05-31"),
        ("DTSTART:20270524T180000", "20270531T180000", "2027-05-31"),
    ],
)
def test_until_when_it_repeats(start, until, last):
    assert str(read(calendar(start, f"RRULE:FREQ=WEEKLY;UNTIL={until}"))[-1].first) == last


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        (("RDATE;VALUE=DATE:20261028,20261030",), ["2026-10-26", "2026-10-28", "2026-10-30"]),
        (("RDATE;VALUE=PERIOD:20261028T000000Z/P1D", "RDATE:20261030"), ["2026-10-26", "2026-10-28", "2026-10-30"]),
        (("RRULE:FREQ=DAILY;COUNT=2", "RDATE:20261030", "EXDATE:20261027"), ["2026-10-26", "2026-10-30"]),
        # As Exchange writes what is left out.
        (("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=GMT Standard Time:20261027T000000"), ["2026-10-26", "2026-10-28"]),
        (("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261027T000000Z,20261028T000000Z"), ["2026-10-26"]),
        (("RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261026", "EXDATE:20261028"), ["2026-10-27"]),
    ],
)
def test_more_days_and_fewer(lines, days):
    assert [str(event.first) for event in read(calendar("DTSTART;VALUE=DATE:20261026", *lines))] == days


def test_what_began_the_year_before_reaches_into_the_first_days():
    lines = ("DTSTART;VALUE=DATE:20240901", "DTEND;VALUE=DATE:20250801", "RRULE:FREQ=YEARLY")
    read_events = read_calendar(calendar(*lines), zone=LONDON, first=day("2026-07-31"), last=day("2026-08-31")).events
    assert [(str(event.first), str(event.last)) for event in read_events] == [("2025-09-01", "2026-07-31")]


def test_the_first_and_the_last_year_that_are_read():
    christmas = read(calendar("DTSTART;VALUE=DATE:16011225", "RRULE:FREQ=YEARLY"))
    assert [str(event.first) for event in christmas] == ["2026-12-25", "2027-12-25", "2028-12-25"]
    assert [str(event.last) for event in read(calendar("DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:21001231"))] == ["2100-12-30"]


@pytest.mark.parametrize(
    "line",
    ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=YEARLY;BYDAY=1MO", "RRULE:FREQ=YEARLY;BYMONTH=5", "RRULE:", "RRULE:FREQ=YEARLY;COUNT=x",
     "RRULE:FREQ=YEARLY;INTERVAL=0", "RRULE:FREQ=YEARLY;UNTIL=soon", "RRULE:FREQ=YEARLY\r\nRRULE:FREQ=DAILY;COUNT=2",
     "RRULE:FREQ=YEARLY\r\nEXRULE:FREQ=YEARLY;INTERVAL=2", "RRULE:FREQ=YEARLY;UNTIL=20200101"],
)  # fmt: skip
def test_what_repeats_in_another_way_says_so(line):
    assert read(calendar(*HALF_TERM, line)) == [Event(day("2026-10-26"), day("2026-10-30"), "Half term", repeats=True)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_calendar"),
        (b"\r\n\r\n", "not_calendar"),
        (b"<!doctype html><title>Term dates</title>", "not_calendar"),
        (b"Name,Start,End\r\nHalf term,26/10/2026,30/10/2026\r\n", "not_calendar"),
        (b"%PDF-1.7\n", "not_calendar"),
        (b"PK\x03\x04" + bytes(40), "not_calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "not_calendar"),
        (calendar(*HALF_TERM).replace(b"VERSION:2.0", b"VERSION:1.0"), "old_kind"),
        (calendar(*HALF_TERM) + b" " * MAX_BYTES, "too_big"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nDTSTART:20261026\nEND:VEVENT\n" * 5001 + b"END:VCALENDAR", "too_many"),
        (calendar(*["BEGIN:VEVENT"] * 20_000), "too_many"),
        (calendar(*["BEGIN:A"] * 60_000, *["END:B"] * 60_000), "broken_off"),
    ],
)
def test_what_is_no_calendar_gets_one_sentence(data, code):
    with pytest.raises(UnreadableFileError) as refused:
        read(data)
    assert refused.value.code == code
    is_a_sentence(str(refused.value))


def is_a_sentence(sentence: str) -> None:
    assert sentence.endswith((".", "expected."))
    assert "%(" not in sentence
    assert not {"\x00", "\n"} & set(sentence)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("SUMMARY:Choir",), "no_start"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261025"), "backwards"),
        (("SUMMARY:Choir", "DTSTART:20261026T160000", "DTEND:20261026T040000"), "backwards"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20261026", "DURATION:P"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20261026", "DURATION:-P1D"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20261026", "DTEND:"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:21010101"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20001201", "DURATION:P999999W"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20261026", "RRULE:FREQ=DAILY;COUNT=2", "EXDATE:soon"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;VALUE=DATE:20261026", "RDATE;VALUE=DATE:20261326"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;TZID=Europe/London:T0900"), "bad_day"),
        (("SUMMARY:Choir", "DTSTART;X=a:b:20261026"), "bad_day"),
        (("SUMMARY:Choir", 'DTSTART;X="a:20261026'), "bad_line"),
        (("SUMMARY:Choir", "DTSTART;A=" + "," * 5000), "bad_day"),
        (("SUMMARY:Choir", "DTSTART:20261026", "BEGIN:VALARM", "TRIGGER:-PT15M"), "out_of_order"),
        (("SUMMARY:Choir", "DTSTART:20261026", "END:VALARM"), "out_of_order"),
        *((("SUMMARY:Choir", f"DTSTART:{start}"), "bad_day") for start in (
            "", ",", "20261326", "20260229", "26/10/2026", "00000101", "99991231", "20261125T235960", "100000", "P1D", "٢٠٢٦١٠٢٦",
            "00010101T000000Z", "00010101T000000", "16001231", "20261026Z", "2026-10-26", "20261026T1000", "20261026 T100000",
        )),
    ],
)  # fmt: skip
def test_one_event_that_cannot_be_read_is_named_and_the_others_are_read(lines, code):
    for of_file in (several(lines, HALF_TERM), several(HALF_TERM, lines)):
        [unread] = whole(of_file).unread
        assert (unread.name, unread.error.code) == ("Choir", code)
        is_a_sentence(str(unread.error))
        assert [event.name for event in whole(of_file).events] == ["Half term"]


def test_an_event_that_never_ends_is_named():
    for lost in (b"END:VEVENT\r\nBEGIN", b"END:VEVENT\r\nEND"):
        data = several(HALF_TERM, HALF_TERM).replace(lost, lost.rpartition(b"\r\n")[2])
        assert [(unread.name, unread.error.code) for unread in whole(data).unread] == [("Half term", "out_of_order")]
        assert len(whole(data).events) == 1


@pytest.mark.parametrize("cut", range(1, 240))
def test_a_calendar_that_breaks_off_says_so(cut):
    data = several(HALF_TERM, ("DTSTART:20261225", "SUMMARY:Christmas Day")).strip()
    unread = whole(data[:-cut]).unread
    assert unread[-1].error.code == "broken_off"
    assert len(unread) + len(whole(data[:-cut]).events) <= 3


ODD = {
    "a text with line breaks": ("DESCRIPTION:School is closed to all pupils", "and staff. Enjoy the break"),
    "… that looks like a line": ("DESCRIPTION:Please bring", "Note: a coat; and", "http://hillside.example/a"),
    "an empty line in it": ("DESCRIPTION:One", "", "two", "", ""),
    "a vertical tab": ("DESCRIPTION:One\x0btwo", "LOCATION:\x0b"),
    "a null": ("DESCRIPTION:One\x00two",),
    "an escape": ("DESCRIPTION:\x1b[31m",),
    "a colon in a parameter": ("ORGANIZER;CN=Office: Hillside:mailto:office@hillside.example",),
    "an underscore in a name": ("X-MS_OLK:1", "X_Y:2"),
    "parameters that nobody could read": ("ATTENDEE;A=" + "," * 3000 + ":x",),
    "no day left out": ("EXDATE:", "EXDATE;TZID=Europe/London:"),
    "without a colon": ("DESCRIPTION:", "X-WHAT"),
    "a part that nobody knows": ("BEGIN:X-PART", "DTSTART:19990101", "END:X-PART"),
    "two ends of an alarm's": ("BEGIN:VALARM", "END:VALARM"),
}


@pytest.mark.parametrize("lines", ODD.values(), ids=ODD)
def test_what_is_odd_but_says_nothing_about_days_is_passed_over(lines):
    for event in ((*HALF_TERM, *lines), (*HALF_TERM[:1], *lines, *HALF_TERM[1:])):
        assert days_and_names(calendar(*event)) == [("2026-10-26", "2026-10-30", "Half term")]


@pytest.mark.parametrize("after", [b"# a comment", b"\r\n\r\nEND:VCALENDAR\r\n", b"<!-- served by Example -->", b"\x1a", b"X:1"])
def test_what_stands_behind_the_end_is_passed_over(after):
    assert days_and_names(calendar(*HALF_TERM) + after) == [("2026-10-26", "2026-10-30", "Half term")]


def test_two_calendars_in_one_file():
    both = calendar(*HALF_TERM) + calendar("DTSTART:20261225", "SUMMARY:Christmas Day")
    assert [name for _first, _last, name in days_and_names(both)] == ["Half term", "Christmas Day"]


def test_a_name_that_is_broken_in_two_is_put_together():
    assert days_and_names(calendar(*HALF_TERM[:2], "SUMMARY:Half", "term", "holiday")) == [
        ("2026-10-26", "2026-10-30", "Half term holiday")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_letters_in_other_encodings(encoding):
    data = calendar("DTSTART;VALUE=DATE:20261026", "SUMMARY:Congé – d’été").decode().encode(encoding)
    assert [event.name for event in read(data)] == ["Congé – d’été"]


def test_a_mark_at_the_beginning_may_stand_there_twice():
    assert len(read(codecs.BOM_UTF8 * 2 + calendar(*HALF_TERM))) == 1


def test_one_line_in_another_encoding():
    mixed = several(("DTSTART:20261026", "SUMMARY:Café"), ("DTSTART:20261027", "SUMMARY:Fête")).replace("ê".encode(), b"\xea")
    assert [event.name for event in read(mixed)] == ["Café", "Fête"]


WEEKLY = (
    "UID:1@hillside.example",
    "DTSTART;TZID=Europe/London:20261026T180000",
    "DTEND;TZID=Europe/London:20261026T190000",
    "SUMMARY:Choir",
)


THREE = ("RRULE:FREQ=WEEKLY;COUNT=3",)


@pytest.mark.parametrize(
    ("master", "other", "days"),
    [
        (THREE, ("RECURRENCE-ID;TZID=Europe/London:20261102T180000", "DTSTART:20261103"), ["2026-10-26", "2026-11-03", "2026-11-09"]),
        (THREE, ("RECURRENCE-ID:20261102T180000Z", "DTSTART:20261103"), ["2026-10-26", "2026-11-03", "2026-11-09"]),
        (THREE, ("RECURRENCE-ID;VALUE=DATE:20261102", "DTSTART:20261103"), ["2026-10-26", "2026-11-03", "2026-11-09"]),
        (THREE, ("RECURRENCE-ID;VALUE=DATE:20261102", "DTSTART:20261102", "STATUS:CANCELLED"), ["2026-10-26", "2026-11-09"]),
        (THREE, ("RECURRENCE-ID;VALUE=DATE:20261026", "DTSTART:20261027"), ["2026-10-27", "2026-11-02", "2026-11-09"]),
        (("RDATE:20261028,20261030",), ("RECURRENCE-ID:20261028", "DTSTART:20261029"), ["2026-10-26", "2026-10-29", "2026-10-30"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_a_moved_day_closes_the_new_one_and_not_the_old_one(master, other, days, first):
    both = [(*WEEKLY, *master), (WEEKLY[0], *other)]
    assert sorted(str(event.first) for event in read(several(*(both if first else both[::-1])))) == days


def test_a_moved_day_of_another_event_moves_nothing():
    moved = ("UID:8@hillside.example", "RECURRENCE-ID;VALUE=DATE:20261102", "DTSTART:20261103")
    assert len(read(several((*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"), moved))) == 4


def test_this_and_all_that_follow_is_entered_by_hand():
    moved = (WEEKLY[0], "RECURRENCE-ID;RANGE=THISANDFUTURE:20261102T180000", "DTSTART:20261103T180000", "SUMMARY:Choir, Tuesdays")
    read_events = read(several((*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=9"), moved))
    assert [(str(event.first), event.repeats) for event in read_events] == [("2026-10-26", False), ("2026-11-03", True)]


def test_a_change_that_cannot_be_read_is_named():
    changed = (WEEKLY[0], "RECURRENCE-ID;VALUE=DATE:20261102", "DTSTART:soon", "SUMMARY:Choir, moved")
    calendar = whole(several((*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=3"), changed))
    assert [unread.name for unread in calendar.unread] == ["Choir, moved"]
    assert [str(event.first) for event in calendar.events] == ["2026-10-26", "2026-11-09"]


LINES = st.sampled_from([
    *HALF_TERM, *WEEKLY, "RRULE:FREQ=YEARLY", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20261027", "RDATE:20261030T180000Z/PT1H",
    "RECURRENCE-ID;VALUE=DATE:20261102", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "BEGIN:VCALENDAR", "END:VCALENDAR",
    "STATUS:CANCELLED", "DURATION:P2D", "", " folded", "DTSTART;TZID=Nowhere:20261101T233000", "UID:1", "X_Y;A=b:c", "text without a colon",
    "DTSTART;TZID=Europe/London:090000", "EXDATE;TZID=Europe/Paris:T0900",
])  # fmt: skip


@given(
    lines=st.lists(
        LINES | st.text(max_size=30) | LINES.flatmap(lambda line: st.integers(0, len(line)).map(lambda at: line[:at])), max_size=14
    )
)
def test_whatever_the_lines_nothing_is_a_fault_and_every_event_is_read_or_named(lines):
    data = "\r\n".join(
        ["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "BEGIN:VEVENT", *HALF_TERM, "END:VEVENT", "END:VCALENDAR"]
    ).encode("utf-8", "replace")
    with suppress(UnreadableFileError):
        calendar = read_calendar(data, zone=LONDON, first=FIRST, last=LAST)
        for unread in calendar.unread:
            is_a_sentence(str(unread.error))
        assert (day("2026-10-26"), day("2026-10-30")) in {(event.first, event.last) for event in calendar.events} or calendar.unread


def test_the_same_event_twice_is_one_and_the_order_is_of_days():
    twice = calendar(*HALF_TERM, "END:VEVENT", "BEGIN:VEVENT", *HALF_TERM, "END:VEVENT", "BEGIN:VEVENT", "DTSTART:20260901")
    assert days_and_names(twice) == [("2026-09-01", "2026-09-01", ""), ("2026-10-26", "2026-10-30", "Half term")]
