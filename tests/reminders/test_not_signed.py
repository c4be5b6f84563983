"""Who is left, by state and category, when they were reminded last, and who cannot be reached; and how many have signed."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from declarations.mail.models import Email, Reminder
from declarations.organisation.models.person import Person
from declarations.reminders.signed import Signed, signed_by_category
from declarations.signing.status import SigningStatus
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
    response = signed_in(cast.hilda).get("/admin/not-signed/")
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
    by_name = {row.person.full_name: row.reminded_on for row in signed_in(cast.hilda).get("/admin/not-signed/").context["page"].object_list}
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
    assert list(rows(signed_in(cast.hilda).get(f"/admin/not-signed/?{query}"))) == names


@pytest.mark.parametrize("value", ["signed", "x", "%00", "%ED%A0%80", "9" * 5000, "%3Cscript%3Ealert(1)%3C/script%3E"])
@pytest.mark.parametrize("name", ["state", "category", "page", "school"])
def test_hostile_filters(cast: Cast, signed_in, name, value):
    for person in (cast.hilda, cast.tara):
        response = signed_in(person).get(f"/admin/not-signed/?{name}={value}")
        assert response.status_code in {200, 400}
        assert b"<script>alert" not in response.content
    if name in {"state", "category"} and "%00" not in value:
        assert "There is no such" in signed_in(cast.hilda).get(f"/admin/not-signed/?{name}={value}").text


def test_the_trusts_people_choose_a_school(cast: Cast, signed_in):
    tara = signed_in(cast.tara)
    assert "Choose a school" in tara.get("/admin/not-signed/").text
    assert list(rows(tara.get("/admin/not-signed/?school=riverside"))) == ["Rita", "Rosa"]
    assert "?school=riverside#unreachable-heading" not in tara.get("/admin/?school=riverside").text


def test_who_cannot_be_reached_is_listed_with_why(cast: Cast, signed_in, at):
    assert "cannot be reached" not in signed_in(cast.hilda).get("/admin/").text
    Person.objects.filter(pk=cast.ada.pk).update(email="")
    letter(cast.ben, at, attempts=5, error="SMTPRecipientsRefused 550", dropped_at=timezone.now())  # has signed
    letter(cast.omar, at, attempts=1, error="ConnectionRefusedError 111")  # is tried again
    response = signed_in(cast.hilda).get("/admin/not-signed/")
    assert [(row.person.full_name, row.why_unreachable.value) for row in response.context["unreachable"]] == [
        ("Ada Example", "no_address"),
        ("Ben Example", "refused"),
    ]
    assert "2 people cannot be reached" in signed_in(cast.hilda).get("/admin/").text
    # Without an address and signed (on paper, say): nothing is left to be told.
    sign(cast.ada)
    response = signed_in(cast.hilda).get("/admin/not-signed/")
    assert [row.person.full_name for row in response.context["unreachable"]] == ["Ben Example"]
    assert "1 person cannot be reached" in signed_in(cast.hilda).get("/admin/").text


def test_pages_of_fifty(cast: Cast, signed_in):
    for number in range(60):
        make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number:02d}")
    client = signed_in(cast.hilda)
    assert len(rows(client.get("/admin/not-signed/?category=staff"))) <= 50
    second = client.get("/admin/not-signed/?category=staff&page=2")
    assert len(second.context["page"].object_list) == 64 - 50
    assert 'href="?category=staff&amp;page=1"' in second.text


def test_nobody_is_left(cast: Cast, signed_in):
    for person in (cast.ada, cast.hilda, cast.omar, cast.ines):
        sign(person)
    page = signed_in(cast.hilda).get("/admin/not-signed/").text
    assert "0 of 5" in page
    assert "Everybody has signed." in page


def test_the_front_page_counts_who_has_nothing_left_to_do(cast: Cast, signed_in, at):
    sign(cast.omar)
    cast.ada.responses.create(school=cast.hillside, kind="talk", reason="Why?", said_at=at)
    make_person(cast.hillside, "gus@hillside.example", "Gus Example", category="governor")
    page = signed_in(cast.hilda).get("/admin/")
    signed = page.context["signed"]
    assert (signed.signed, signed.everyone) == (2, 6)
    assert [status.value for status in signed.statuses] == ["signed", "due", "talk"]
    assert [(row.label, row.counts, row.everyone) for row in signed.rows] == [("staff", [2, 2, 1], 5), ("governor", [0, 1, 0], 1)]
    assert (signed.totals, "style=" in page.text) == ([2, 3, 1], False)
    # The bar is as long as the sentence beside it says.
    assert re.search(r'id="signed-sentence"><strong>2 of 6</strong>\s+have signed', page.text)
    assert re.search(r'viewBox="0 0 6 1"[^>]+ aria-labelledby="signed-sentence"><rect width="2" height="1"/>', page.text)
    # A new text is to be signed by everybody again.
    by = cast.hillside.day_of(timezone.now()) + dt.timedelta(days=9)
    publish_next(cast.aup, by=cast.hilda, at=timezone.now(), sign_by=by)
    sign(cast.omar)
    assert signed_in(cast.hilda).get("/admin/").context["signed"].signed == 1


def test_nobody_is_counted_without_people():
    assert signed_by_category([]) == Signed(0, 0, [SigningStatus.SIGNED], [], [0])
