"""Who is left, by state and category, when they were reminded last, and who cannot be reached; and the year as a picture."""

import datetime as dt

import pytest
from django.utils import timezone

from declarations.mail.models import Email, Reminder
from declarations.organisation.models.person import Person
from declarations.organisation.school_year import MonthDay, YearDates, school_year
from declarations.reminders.admin_progress import Mark, Spell, merged, progress
from tests.cast import Cast, make_person, publish_next, sign


@pytest.fixture
def at(cast: Cast) -> dt.datetime:
    return cast.leaflet.published_at


def letter(person: Person, at: dt.datetime, about: str = "year", **facts: object) -> Email:
    written = Email.objects.create(
        school=person.school, kind="reminder", recipient=person.email, person=person, on=at.date(), written_at=at, not_before=at, **facts
    )
    Reminder.objects.create(person=person, email=written, key=f"{about} {at.date()}")
    return written


def rows(response) -> dict[str, tuple[str, str]]:
    return {row.person.full_name.split()[0]: (row.state.value, row.sign) for row in response.context["page"].object_list}


def test_everybody_who_has_not_signed_is_on_the_list(cast: Cast, signed_in, at):
    cast.omar.responses.create(school=cast.hillside, kind="talk", reason="A secret of mine.", said_at=at)
    today = cast.hillside.day_of(timezone.now())
    cast.ines.exemptions.create(
        school=cast.hillside, from_on=today, until=today + dt.timedelta(days=40), reason="Private.", granted_by=cast.hilda, granted_at=at
    )
    letter(cast.ada, at, sent_at=at)
    letter(cast.hilda, at)  # written, and not gone yet
    response = signed_in(cast.hilda).get("/admin/left/")
    assert rows(response) == {"Ada": ("due", "○"), "Hilda": ("due", "○"), "Ines": ("exempt", "–"), "Omar": ("talk", "…")}
    page = response.text
    assert "4 of 5" in page
    by_name = {row.person.full_name.split()[0]: row for row in response.context["page"].object_list}
    assert [by_name[name].reminded_on for name in ("Ada", "Hilda", "Omar")] == [at.date(), None, None]
    assert by_name["Ada"].sign_by == max(cast.hillside.year(on=today).due_on, today + dt.timedelta(days=7))
    assert (by_name["Ines"].until, by_name["Ines"].sign_by) == (today + dt.timedelta(days=40), None)
    assert "none yet" in page
    # What was said is for whom it was said to.
    assert "secret" not in page
    assert "Private" not in page
    # Not who signs nothing, nor another school's.
    for name in ("Gita", "Rita", "Tara"):
        assert name not in page


def test_the_last_reminder_is_the_day_on_which_one_to_sign_went(cast: Cast, signed_in, at):
    """Not the day for which it was written, and not what else they were told."""
    days = [at + dt.timedelta(days=number) for number in range(4)]
    letter(cast.ada, days[0], sent_at=days[1])
    letter(cast.ada, days[2], about="permission", sent_at=days[2])
    letter(cast.hilda, days[0], about="left", sent_at=days[0])
    letter(cast.omar, days[0], about="text", sent_at=days[3])
    by_name = {row.person.full_name: row.reminded_on for row in signed_in(cast.hilda).get("/admin/left/").context["page"].object_list}
    assert by_name == {
        "Ada Example": cast.hillside.day_of(days[1]),
        "Hilda Example": None,
        "Ines Example": None,
        "Omar Example": cast.hillside.day_of(days[3]),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=talk", ["Omar"]),
        ("category=governor", ["Gus"]),
        ("state=due&category=staff", ["Ada", "Hilda", "Ines"]),
        ("state=lapsed", []),
    ],
)
def test_filters(cast: Cast, signed_in, at, query, names):
    cast.omar.responses.create(school=cast.hillside, kind="talk", reason="Why?", said_at=at)
    make_person(cast.hillside, "gus@hillside.example", "Gus Example", category="governor")
    assert list(rows(signed_in(cast.hilda).get(f"/admin/left/?{query}"))) == names


@pytest.mark.parametrize("value", ["signed", "x", "%00", "%ED%A0%80", "9" * 5000, "%3Cscript%3Ealert(1)%3C/script%3E"])
@pytest.mark.parametrize("name", ["state", "category", "page", "school"])
def test_hostile_filters(cast: Cast, signed_in, name, value):
    for person in (cast.hilda, cast.tara):
        response = signed_in(person).get(f"/admin/left/?{name}={value}")
        assert response.status_code in {200, 400}
        assert b"<script>alert" not in response.content
    if name in {"state", "category"} and "%00" not in value:
        assert "There is no such" in signed_in(cast.hilda).get(f"/admin/left/?{name}={value}").text


def test_the_trusts_people_choose_a_school(cast: Cast, signed_in):
    tara = signed_in(cast.tara)
    assert "Choose a school" in tara.get("/admin/left/").text
    assert list(rows(tara.get("/admin/left/?school=riverside"))) == ["Rita", "Rosa"]
    assert "?school=riverside#silent-heading" not in tara.get("/admin/?school=riverside").text


def test_who_cannot_be_reached_is_listed_with_why(cast: Cast, signed_in, at):
    assert "cannot be reached" not in signed_in(cast.hilda).get("/admin/").text
    Person.objects.filter(pk=cast.ada.pk).update(email="")
    letter(cast.ben, at, attempts=5, error="SMTPRecipientsRefused 550", dropped_at=timezone.now())  # has signed
    letter(cast.omar, at, attempts=1, error="ConnectionRefusedError 111")  # is tried again
    response = signed_in(cast.hilda).get("/admin/left/")
    assert [(row.person.full_name, row.why_silent.value) for row in response.context["silent"]] == [
        ("Ada Example", "no_address"),
        ("Ben Example", "refused"),
    ]
    assert "2 people cannot be reached" in signed_in(cast.hilda).get("/admin/").text
    # Without an address and signed (on paper, say): nothing is left to be told.
    sign(cast.ada)
    response = signed_in(cast.hilda).get("/admin/left/")
    assert [row.person.full_name for row in response.context["silent"]] == ["Ben Example"]
    assert "1 person cannot be reached" in signed_in(cast.hilda).get("/admin/").text


def test_pages_of_fifty(cast: Cast, signed_in):
    for number in range(60):
        make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number:02d}")
    client = signed_in(cast.hilda)
    assert len(rows(client.get("/admin/left/?category=staff"))) <= 50
    second = client.get("/admin/left/?category=staff&page=2")
    assert len(second.context["page"].object_list) == 64 - 50
    assert 'href="?category=staff&amp;page=1"' in second.text


def test_nobody_is_left(cast: Cast, signed_in):
    for person in (cast.ada, cast.hilda, cast.omar, cast.ines):
        sign(person)
    page = signed_in(cast.hilda).get("/admin/left/").text
    assert "0 of 5" in page
    assert "Everybody has signed." in page


YEAR = school_year(YearDates(MonthDay(8, 1), MonthDay(9, 8), MonthDay(10, 1)), on=dt.date(2026, 11, 23))


def drawn(signed: dict[str, int], on: str = "2026-11-23", again: tuple[str, str] | None = None, everyone: int = 10):
    days = [Spell(dt.date.fromisoformat(day)) for day, people in signed.items() for _one in range(people)]
    asked = [(dt.date.fromisoformat(again[0]), dt.date.fromisoformat(again[1]))] if again else []
    return progress(days, everyone=everyone, year=YEAR, again=asked, on=dt.date.fromisoformat(on))


def points(found) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in (one.split(",") for one in found.points.split())]


def test_the_curve_climbs_on_the_days_of_signing_and_ends_today():
    found = drawn({"2026-09-02": 3, "2026-08-20": 1, "2026-09-08": 4})
    corners = points(found)
    assert corners[0] == (found.left, found.bottom)
    assert [x for x, _y in corners] == sorted(x for x, _y in corners)
    assert [y for _x, y in corners] == sorted((y for _x, y in corners), reverse=True)
    # Eight of ten, at today's line, with room to the right of it.
    [today] = [one for one in found.lines if one.mark == Mark.TODAY]
    assert corners[-1] == (today.x, found.bottom - 150 * 8 // 10)
    assert today.x < found.width
    assert found.signed == 8


def test_the_lines_and_the_table_say_the_same():
    found = drawn({"2026-08-20": 1, "2026-09-02": 3, "2026-09-08": 4, "2026-11-10": 1}, again=("2026-11-02", "2026-11-16"))
    assert [(one.mark.value, str(one.day)) for one in found.lines] == [
        ("due", "2026-09-08"),
        ("lapse", "2026-10-01"),
        ("text", "2026-11-02"),
        ("again", "2026-11-16"),
        ("today", "2026-11-23"),
    ]
    assert [(str(row.day), row.signed, [mark.value for mark in row.marks]) for row in found.rows] == [
        ("2026-08-01", 0, []),
        ("2026-08-31", 1, []),
        ("2026-09-08", 8, ["due"]),
        ("2026-09-30", 8, []),
        ("2026-10-01", 8, ["lapse"]),
        ("2026-10-31", 8, []),
        ("2026-11-02", 8, ["text"]),
        ("2026-11-16", 9, ["again"]),
        ("2026-11-23", 9, ["today"]),
    ]


def test_it_falls_where_a_new_text_is_to_be_signed_and_climbs_again():
    first, again, day = dt.date(2026, 9, 2), dt.date(2026, 11, 2), dt.date(2026, 11, 4)
    spells = [Spell(first, again)] * 8 + [Spell(again)] * 2 + [Spell(day)] * 3
    found = progress(spells, everyone=10, year=YEAR, again=[(again, dt.date(2026, 11, 16))], on=dt.date(2026, 11, 5))
    assert [(str(row.day), row.signed) for row in found.rows] == [
        ("2026-08-01", 0), ("2026-08-31", 0), ("2026-09-08", 8), ("2026-09-30", 8), ("2026-10-01", 8), ("2026-10-31", 8),
        ("2026-11-02", 2), ("2026-11-05", 5),
    ]  # fmt: skip
    assert [y for _x, y in points(found)] == [found.bottom - 150 * people // 10 for people in (0, 0, 8, 8, 2, 2, 5, 5)]


def test_on_the_first_day_with_nobody():
    found = drawn({}, on="2026-08-01", everyone=0)
    assert points(found) == [(found.left, found.bottom)] * 2
    assert [(str(row.day), row.signed) for row in found.rows] == [("2026-08-01", 0)]
    assert all(found.left <= one.x <= found.width for one in found.lines)


def test_the_spells_of_one_person_count_once():
    days = [dt.date(2026, 9, number) for number in range(1, 7)]
    assert merged([]) == []
    assert merged([Spell(days[3]), Spell(days[0])]) == [Spell(days[0])]
    assert merged([Spell(days[0], days[2]), Spell(days[2], days[4])]) == [Spell(days[0], days[4])]
    assert merged([Spell(days[0], days[4]), Spell(days[1], days[2])]) == [Spell(days[0], days[4])]
    assert merged([Spell(days[1]), Spell(days[0], days[2]), Spell(days[3], days[4])]) == [Spell(days[0])]
    apart = [Spell(days[0], days[1]), Spell(days[2], days[3])]
    assert merged(reversed(apart)) == apart


def test_the_picture_counts_who_has_nothing_left_to_do(cast: Cast, signed_in):
    sign(cast.omar)
    page = signed_in(cast.hilda).get("/admin/")
    assert (page.context["progress"].signed, page.context["progress"].everyone) == (2, 5)
    assert page.context["picture"].signed == 2
    assert "style=" not in page.text
    # New text: the curve falls, and its day is on it.
    by = cast.hillside.day_of(timezone.now()) + dt.timedelta(days=9)
    publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=by)
    sign(cast.omar)
    found = signed_in(cast.hilda).get("/admin/").context["progress"]
    assert found.signed == 1
    assert [one.day for one in found.lines if one.mark == Mark.AGAIN] == [by]
