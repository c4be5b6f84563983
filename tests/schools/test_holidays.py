"""Holidays in the admin: typed, changed, deleted, and taken from a calendar file in one go."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.evidence.models import Entry
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.school_year import SchoolYear
from declarations.schools.admin.holidays import MISSED_FROM, years_without
from declarations.schools.forms.holidays import MOST_SHOWN
from declarations.schools.import_term_dates import enter_holidays
from tests.cast import Cast

pytestmark = pytest.mark.pages

CALENDARS = Path(__file__).parent / "calendars"
LIST, ADD, IMPORT = (f"/admin/declarations/holiday/{page}" for page in ("", "add/", "import/"))


@pytest.fixture
def year(cast: Cast) -> SchoolYear:
    return cast.hillside.year(on=cast.hillside.day_of(timezone.now()))


def a_day(year: SchoolYear, month: int, day: int) -> dt.date:
    """That day in this school year, which opens on 1 August."""
    return dt.date(year.key if month >= 8 else year.key + 1, month, day)


def typed(first: object, last: object, name: str = "Half term", **more: object) -> dict[str, object]:
    return {"name": name, "first_on": str(first), "last_on": str(last)} | more


def holidays_entered() -> list[tuple[str, str, str, str]]:
    rows = Holiday.objects.order_by("school", "first_on").values_list("school__slug", "name", "first_on", "last_on")
    return [(slug, name, str(first), str(last)) for slug, name, first, last in rows]


@pytest.mark.parametrize("name", ["hilda", "ines"])
def test_typed_changed_and_deleted(cast: Cast, signed_in, name):
    client = signed_in(getattr(cast, name))
    assert client.post(ADD, typed("2026-10-26", "30/10/2026", " Half   term ")).status_code == 302
    assert holidays_entered() == [("hillside", "Half term", "2026-10-26", "2026-10-30")]
    holiday = Holiday.objects.get()
    assert client.post(f"{LIST}{holiday.pk}/change/", typed("2026-10-26", "2026-10-31")).status_code == 302
    assert holidays_entered() == [("hillside", "Half term", "2026-10-26", "2026-10-31")]
    # Saved as it stands: it is not its own double.
    assert client.post(f"{LIST}{holiday.pk}/change/", typed("2026-10-26", "2026-10-31", "Autumn")).status_code == 302
    assert client.post(f"{LIST}{holiday.pk}/delete/", {"post": "yes"}).status_code == 302
    assert holidays_entered() == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (typed("2026-10-30", "2026-10-26"), "A holiday cannot end before it begins."),
        (typed("2026-10-26", "2027-10-26"), "A holiday is 120 days long at most."),
        (typed("2026-10-26", "2026-13-26"), "This is not a day."),
        (typed("soon", "2026-10-26"), "This is not a day."),
        (typed("1999-12-31", "2000-01-01"), "Choose a day from the year 2000 to the year 2100."),
        (typed("2100-12-31", "2101-01-01"), "Choose a day from the year 2000 to the year 2100."),
        (typed("2026-10-26", "2026-10-30", ""), "This field is required."),
        (typed("2026-10-26", "2026-10-30", "a\x00b"), "character"),
        (typed("2026-10-26", "2026-10-30", "a" * 81), "at most 80 characters"),
        (typed("2026-10-26\x00", "2026-10-30"), "This is not a day."),
        (typed("2026-05-04", "2026-05-04"), "These days are entered already."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(cast: Cast, signed_in, sent, sentence):
    Holiday.objects.create(school=cast.hillside, name="May Day", first_on="2026-05-04", last_on="2026-05-04")
    response = signed_in(cast.hilda).post(ADD, sent)
    assert response.status_code == 200
    assert sentence in response.text
    assert holidays_entered() == [("hillside", "May Day", "2026-05-04", "2026-05-04")]


def test_another_schools_are_not_there(cast: Cast, signed_in):
    holiday = Holiday.objects.create(school=cast.riverside, name="Theirs", first_on="2026-05-04", last_on="2026-05-04")
    client = signed_in(cast.hilda)
    assert "Theirs" not in client.get(LIST).text
    for page in ("change", "delete", "history"):
        assert client.get(f"{LIST}{holiday.pk}/{page}/").status_code == 404
        assert client.post(f"{LIST}{holiday.pk}/{page}/", {"post": "yes"}).status_code == 404
    # The same days at one's own school are no double of theirs, and nobody types a holiday for another school.
    assert client.post(ADD, typed("2026-05-04", "2026-05-04", "Ours", school=cast.riverside.pk)).status_code == 302
    assert [(slug, name) for slug, name, _first, _last in holidays_entered()] == [("hillside", "Ours"), ("riverside", "Theirs")]


def test_the_trust_chooses_the_school(cast: Cast, signed_in):
    tara = signed_in(cast.tara)
    assert tara.post(ADD, typed("2026-05-04", "2026-05-04", "May Day")).status_code == 200  # no school
    assert tara.post(ADD, typed("2026-05-04", "2026-05-04", "May Day", school=cast.riverside.pk)).status_code == 302
    assert "These days are entered already." in tara.post(ADD, typed("2026-05-04", "2026-05-04", school=cast.riverside.pk)).text
    holiday = Holiday.objects.get()
    sent = typed("2026-05-04", "2026-05-05", "May Day", school=cast.hillside.pk)
    assert tara.post(f"{LIST}{holiday.pk}/change/", sent).status_code == 302
    assert holidays_entered() == [("riverside", "May Day", "2026-05-04", "2026-05-05")]  # it stays with its school


# From a calendar file -------------------------------------------------------------------------------------------------


def calendar(*events: tuple[str, dt.date, dt.date]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for name, first, last in events:
        lines += ["BEGIN:VEVENT", f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last + dt.timedelta(days=1):%Y%m%d}",
                  f"SUMMARY:{name}", "END:VEVENT"]  # fmt: skip
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def term_dates(year: SchoolYear) -> bytes:
    return calendar(
        ("INSET day", a_day(year, 9, 2), a_day(year, 9, 2)),
        ("Half term", a_day(year, 10, 26), a_day(year, 10, 30)),
        ("Christmas holidays", a_day(year, 12, 21), a_day(year, 1, 1)),
        ("Parents' evening <b>", a_day(year, 11, 25), a_day(year, 11, 25)),
        ("Last year's", year.opens_on - dt.timedelta(days=90), year.opens_on - dt.timedelta(days=80)),
    )


def upload(client, data: bytes, name: str = "terms.ics", query: str = ""):
    return client.post(IMPORT + query, {"calendar": SimpleUploadedFile(name, data, "text/calendar")})


def ticks(page: str) -> dict[str, bool]:
    """Each line that can be ticked, and whether it is."""
    return {value.replace("&#x27;", "'"): bool(ticked) for value, ticked in re.findall(r'name="take" value="([^"]*)"( checked)?', page)}


def test_the_preview_guesses_and_saves_nothing(cast: Cast, signed_in, year):
    response = upload(signed_in(cast.hilda), term_dates(year))
    assert response.status_code == 200
    assert ticks(response.text) == {
        f"{a_day(year, 9, 2)} {a_day(year, 9, 2)} INSET day": False,
        f"{a_day(year, 10, 26)} {a_day(year, 10, 30)} Half term": True,
        f"{a_day(year, 11, 25)} {a_day(year, 11, 25)} Parents' evening &lt;b&gt;": False,
        f"{a_day(year, 12, 21)} {a_day(year, 1, 1)} Christmas holidays": True,
    }
    assert "staff are at school on this day" in response.text
    assert holidays_entered() == []


def test_what_is_ticked_is_saved_and_the_same_file_twice_changes_nothing(cast: Cast, signed_in, year):
    client = signed_in(cast.ines)
    entries = Entry.objects.count()
    for _time in (1, 2):
        page = upload(client, term_dates(year)).text
        chosen = [value for value, ticked in ticks(page).items() if ticked]
        response = client.post(IMPORT, {"take": chosen, "save": "1"}, follow=_time == 1)
        assert holidays_entered() == [
            ("hillside", "Half term", str(a_day(year, 10, 26)), str(a_day(year, 10, 30))),
            ("hillside", "Christmas holidays", str(a_day(year, 12, 21)), str(a_day(year, 1, 1))),
        ]
    assert "entered already" in page
    assert "no holiday in it that is not entered already" in page
    assert chosen == []
    assert response.status_code == 400
    assert "Nothing was ticked" in response.text
    assert Entry.objects.count() == entries


def test_an_old_preview_sent_twice_changes_nothing(cast: Cast, signed_in):
    client = signed_in(cast.hilda)
    sent = {"take": ["2026-10-26 2026-10-30 Half term", "2026-10-26 2026-10-30 Again"], "save": "1"}
    assert "1 holiday was entered." in client.post(IMPORT, sent, follow=True).text
    assert "nothing has changed" in client.post(IMPORT, sent, follow=True).text
    assert Holiday.objects.count() == 1


@pytest.mark.parametrize(
    "line",
    ["", " ", "x", "2026-10-26", "2026-10-26 2026-10-30", "2026-10-30 2026-10-26 Half term", "2026-10-26 2027-10-30 Long",
     "2026-10-26  Half term",
     "9999-99-99 9999-99-99 x", "2026-10-26 2026-10-30 a\x00b", "2026-10-26 2026-10-30 " + "a" * 81, "1999-10-26 1999-10-26 Old",
     "2026-10-26\x00 2026-10-30 x"],
)  # fmt: skip
def test_a_line_that_was_tampered_with_saves_nothing_at_all(cast: Cast, signed_in, line):
    response = signed_in(cast.hilda).post(IMPORT, {"take": ["2026-12-21 2027-01-01 Christmas holidays", line], "save": "1"})
    assert response.status_code == 400
    assert "could not be read, so nothing was saved" in response.text
    assert holidays_entered() == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"<!doctype html>", "This is not a calendar file"),
        (b"\x00" * 50, "This is not a calendar file"),
        (b"BEGIN:VCALENDAR\r\n\x00\r\nEND:VCALENDAR", "There is nothing in it"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "There is nothing in it from this school year on."),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "breaks off"),
        (b"BEGIN:VCALENDAR\r\n" + b"X:" + b"x" * 1_100_000, "too big"),
    ],
)
def test_what_is_no_calendar_gets_one_sentence(cast: Cast, signed_in, data, sentence):
    response = upload(signed_in(cast.hilda), data)
    assert response.status_code == 200
    assert sentence in response.text.replace("&#x27;", "'")
    assert ticks(response.text) == {}


@pytest.mark.parametrize(
    ("name", "unread", "ticked"),
    [
        ("one-event-backwards.ics", ["Choir"], ["2027-03-26 2027-04-11 Easter holiday"]),
        ("raw-newline-description.ics", [], ["2027-02-15 2027-02-19 Half term holiday", "2027-03-26 2027-04-11 Easter holiday"]),
        ("closed-to-pupils.ics", [], []),
    ],
)
def test_calendars_that_schools_have_sent(cast: Cast, signed_in, year, name, unread, ticked):
    now = f"{year.key + 1}"
    page = upload(signed_in(cast.hilda), (CALENDARS / name).read_text().replace("2027", now).encode()).text
    assert re.findall("<li><b>(.*?)</b>", page) == unread
    assert [value for value, is_ticked in ticks(page).items() if is_ticked] == [value.replace("2027", now) for value in ticked]
    assert ("could not be read" in page) is bool(unread)


def test_a_file_of_which_nothing_can_be_read_says_why(cast: Cast, signed_in):
    page = upload(signed_in(cast.hilda), b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:<b>Easter\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR").text
    assert "<li><b>&lt;b&gt;Easter</b>: Line 4: “soon” is not a day that a calendar could mean.</li>" in page
    assert "Save the ticked days" not in page
    assert "Another file" in page


def test_too_many_events_are_refused(cast: Cast, signed_in, year):
    days = [year.opens_on + dt.timedelta(days=number) for number in range(MOST_SHOWN + 1)]
    response = upload(signed_in(cast.hilda), calendar(*(("Match", day, day) for day in days)))
    assert f"more than {MOST_SHOWN} events" in response.text
    response = upload(signed_in(cast.hilda), calendar(*(("Match", day, day) for day in days[1:])))
    assert len(ticks(response.text)) == MOST_SHOWN


def test_without_a_file_and_with_a_strange_name(cast: Cast, signed_in, year):
    client = signed_in(cast.hilda)
    assert "Choose the calendar file first." in client.post(IMPORT, {}).text
    assert "Choose the calendar file first." in client.post(IMPORT, {"calendar": "text"}).text
    assert b"<script>alert" not in upload(client, term_dates(year), "<script>alert(1)</script>.ics").content


def test_the_trust_takes_a_file_for_the_school_it_names(cast: Cast, signed_in, year):
    tara = signed_in(cast.tara)
    assert "Choose a school" in tara.get(IMPORT).text
    assert tara.post(IMPORT, {"take": ["2026-10-26 2026-10-30 x"], "save": "1"}).status_code == 200
    assert holidays_entered() == []
    page = upload(tara, term_dates(year), query="?school=riverside").text
    chosen = [value for value, ticked in ticks(page).items() if ticked]
    response = tara.post(f"{IMPORT}?school=riverside", {"take": chosen, "save": "1"})
    assert response["Location"] == f"{LIST}?school=riverside"
    assert {slug for slug, *_rest in holidays_entered()} == {"riverside"}
    assert len(holidays_entered()) == 2


def test_the_queries_do_not_grow_with_the_lines(cast: Cast, signed_in, year):
    client = signed_in(cast.hilda)

    def queries(number: int) -> int:
        days = [year.opens_on + dt.timedelta(days=day) for day in range(number)]
        with CaptureQueriesContext(connection) as seen:
            assert len(ticks(upload(client, calendar(*(("Holiday", day, day) for day in days))).text)) == number
        return len(seen)

    client.get(IMPORT)
    assert (queries(1), queries(30)) == (4, 4)


def test_entering_is_all_or_nothing(cast: Cast):
    good = (dt.date(2026, 10, 26), dt.date(2026, 10, 30), "Half term")
    bad = (dt.date(2026, 12, 30), dt.date(2026, 12, 21), "Backwards")
    with pytest.raises(Exception, match="holiday_ends_after_it_began"):
        enter_holidays(school=cast.hillside, days=[good, bad])


# The warning ----------------------------------------------------------------------------------------------------------


def test_a_year_without_holidays_is_said(cast: Cast, signed_in, year):
    client, name = signed_in(cast.hilda), f"No holidays are entered for {year.name}"
    pages = ("/admin/", LIST, f"/admin/declarations/school/{cast.hillside.pk}/change/")
    for page in pages:
        assert name in client.get(page).text
    Holiday.objects.create(school=cast.riverside, name="Theirs", first_on=a_day(year, 12, 21), last_on=a_day(year, 12, 31))
    assert name in client.get("/admin/").text
    Holiday.objects.create(school=cast.hillside, name="Ours", first_on=a_day(year, 12, 21), last_on=a_day(year, 12, 31))
    for page in pages:
        assert name not in client.get(page).text


def test_which_years_are_missed(cast: Cast):
    def missing(on: str) -> list[str]:
        return [year.name for year in years_without(cast.hillside, on=dt.date.fromisoformat(on))]

    assert missing("2026-11-23") == ["2026/27"]
    Holiday.objects.create(school=cast.hillside, name="Summer", first_on="2026-07-22", last_on="2026-08-31")
    assert missing("2026-11-23") == ["2026/27"]  # it belongs to the year before, in which it begins
    Holiday.objects.create(school=cast.hillside, name="Half term", first_on="2026-10-26", last_on="2026-10-30")
    assert missing("2026-11-23") == []
    # The coming year is missed from three months before it opens.
    near = dt.date(2027, 8, 1) - MISSED_FROM
    assert missing(str(near - dt.timedelta(days=1))) == []
    assert missing(str(near)) == ["2027/28"]
    Holiday.objects.create(school=cast.hillside, name="Half term", first_on="2027-10-25", last_on="2027-10-29")
    assert missing(str(near)) == []
    assert missing("2027-08-01") == []
