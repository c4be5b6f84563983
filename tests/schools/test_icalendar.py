"""Reading calendar files: folded lines, escapes, times, repetition, and files that are not calendars."""

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest

from declarations.common.errors import UnreadableFileError
from declarations.schools.icalendar import MAX_BYTES, Event, events

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = dt.date(2026, 8, 1), dt.date(2029, 7, 31)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def calendar(*lines: str, end: str = "\r\n") -> bytes:
    """A calendar with one event that has these lines."""
    return end.join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", "BEGIN:VEVENT", "UID:1@hillside.example", *lines,
                     "END:VEVENT", "END:VCALENDAR", ""]).encode()  # fmt: skip


def read(data: bytes, zone: ZoneInfo = LONDON) -> list[Event]:
    return events(data, zone=zone, first=FIRST, last=LAST)


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


def test_what_began_the_year_before_reaches_into_the_first_days():
    lines = ("DTSTART;VALUE=DATE:20240901", "DTEND;VALUE=DATE:20250801", "RRULE:FREQ=YEARLY")
    read_events = events(calendar(*lines), zone=LONDON, first=day("2026-07-31"), last=day("2026-08-31"))
    assert [(str(event.first), str(event.last)) for event in read_events] == [("2025-09-01", "2026-07-31")]


def test_the_first_and_the_last_year_that_are_read():
    christmas = read(calendar("DTSTART;VALUE=DATE:16011225", "RRULE:FREQ=YEARLY"))
    assert [str(event.first) for event in christmas] == ["2026-12-25", "2027-12-25", "2028-12-25"]
    assert [str(event.last) for event in read(calendar("DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:21001231"))] == ["2100-12-30"]


@pytest.mark.parametrize(
    "line",
    ["RRULE:FREQ=WEEKLY", "RRULE:FREQ=YEARLY;BYDAY=1MO", "RRULE:FREQ=YEARLY;BYMONTH=5", "RRULE:", "RRULE:FREQ=YEARLY;COUNT=x",
     "RRULE:FREQ=YEARLY;INTERVAL=0", "RRULE:FREQ=YEARLY;UNTIL=soon", "RDATE;VALUE=DATE:20261228"],
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
        (calendar(*HALF_TERM).decode().encode("utf-16"), "not_calendar"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "not_calendar"),
        (calendar("DTSTART;VALUE=DATE:20261026", "SUMMARY:Café").decode().encode("windows-1252"), "not_text"),
        (calendar("DTSTART;VALUE=DATE:20261026", "SUMMARY:a\x00b"), "control"),
        (calendar("DTSTART;VALUE=DATE:20261026", "SUMMARY:a\x1bb"), "control"),
        (calendar(*HALF_TERM) + b" " * MAX_BYTES, "too_big"),
        (calendar("SUMMARY:Half term"), "no_start"),
        (calendar("DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:20261025"), "backwards"),
        (calendar("DTSTART:20261026T100000Z", "DTEND:20261026T090000Z"), "backwards"),
        (calendar("DTSTART;VALUE=DATE:20261326"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:20260229"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:26/10/2026"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:00000101"), "bad_day"),
        (calendar("DTSTART:20261125T235960"), "bad_day"),  # a leap second
        (calendar("DTSTART:100000"), "bad_day"),
        (calendar("DTSTART:P1D"), "bad_day"),
        (calendar("DTSTART:20261026T100000Z/PT1H"), "bad_day"),
        (calendar("DTSTART:00010101T000000Z", "SUMMARY:x"), "bad_day"),
        (calendar("DTSTART:00010101T000000", "SUMMARY:x"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:00020101", "RRULE:FREQ=YEARLY"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:16001231", "RRULE:FREQ=YEARLY"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:20261026", "DTEND;VALUE=DATE:21010101"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:٢٠٢٦١٠٢٦"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:99991231"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:20261026", "DURATION:P"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:20261026", "DURATION:-P1D"), "bad_day"),
        (calendar("DTSTART;VALUE=DATE:99991201", "DURATION:P9999W"), "bad_day"),
        (calendar(*HALF_TERM)[:-20], "broken_off"),
        (calendar(*HALF_TERM).replace(b"END:VEVENT\r\n", b""), "broken_off"),
        (calendar(*HALF_TERM) + b"END:VCALENDAR\r\n", "broken_off"),
        (calendar("this is no line"), "bad_line"),
        (calendar("X;A=" + "," * 5000), "bad_line"),
        (calendar(*["BEGIN:VEVENT"] * 20_000), "no_start"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nDTSTART:20261026\nEND:VEVENT\n" * 5001 + b"END:VCALENDAR", "too_many"),
    ],
)
def test_what_is_no_calendar_gets_one_sentence(data, code):
    with pytest.raises(UnreadableFileError) as refused:
        read(data)
    assert refused.value.code == code
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "%" not in sentence.replace("%(", "")
    assert not {"\x00", "\n"} & set(sentence)


def test_the_same_event_twice_is_one_and_the_order_is_of_days():
    twice = calendar(*HALF_TERM, "END:VEVENT", "BEGIN:VEVENT", *HALF_TERM, "END:VEVENT", "BEGIN:VEVENT", "DTSTART:20260901")
    assert days_and_names(twice) == [("2026-09-01", "2026-09-01", ""), ("2026-10-26", "2026-10-30", "Half term")]
