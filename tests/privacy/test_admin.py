"""Data protection at the desk: holds, what goes next, and all about one person."""

import io
import re
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from declarations.evidence.models import Entry
from declarations.organisation.models.legal_hold import LegalHold
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.signing.models.declaration import SignatureMetadata
from tests.cast import Cast, make_person
from tests.privacy.aged import Aged, aged, left_of

pytestmark = pytest.mark.pages

NEXT = "/admin/declarations/disposal/next/"
HOLDS = "/admin/declarations/legalhold/"


@pytest.fixture
def scene(cast: Cast) -> Aged:
    return aged()


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found
    return found[1]


def test_the_page_shows_what_goes_and_with_a_yes_it_goes(scene: Aged, signed_in):
    client = signed_in(scene.ivor)
    page = client.get(NEXT).content.decode()
    assert "Gwen Games-Example, left on" in page
    assert "Kate" not in page
    row = re.search(r"IP addresses and browsers of signatures</th><td>[^<]*</td><td>(\d+)</td><td>(\d+)", page)
    assert row
    assert row.groups() == ("2", "1")
    answer = client.post(NEXT, {"seen": seen_on(page), "sure": "on"}, follow=True).content.decode()
    assert "Gone: 19 records." in answer
    assert set(left_of(scene.gwen).values()) == {0}
    assert Disposal.objects.filter(done_by=scene.ivor).count() == 7
    assert "Nothing is due." in client.get(NEXT).content.decode()


def test_without_the_yes_nothing_goes_and_it_is_said(scene: Aged, signed_in):
    client = signed_in(scene.hedda)
    page = client.get(NEXT).content.decode()
    answer = client.post(NEXT, {"seen": seen_on(page)}).content.decode()
    assert "This field is required." in answer
    assert not Disposal.objects.exists()


@pytest.mark.parametrize("seen", ["", "addresses:1", "x" * 401, "contexts:2\x00"])
def test_what_changed_since_the_look_is_looked_at_again(scene: Aged, signed_in, seen: str):
    client = signed_in(scene.hedda)
    answer = client.post(NEXT, {"seen": seen, "sure": "on"}, follow=True)
    assert answer.status_code == 200
    assert not Disposal.objects.exists()
    if seen == "addresses:1":
        assert "Something changed meanwhile" in answer.content.decode()


def test_a_hold_is_placed_from_the_page_of_a_person_and_ended(cast: Cast, signed_in):
    client = signed_in(cast.hilda)
    page = client.get(f"/admin/declarations/person/{cast.ben.pk}/change/").content.decode()
    there = f"{HOLDS}add/?person={cast.ben.pk}"
    assert there in page
    assert f'value="{cast.ben.pk}" selected' in client.get(there).content.decode()
    answer = client.post(there, {"person": cast.ben.pk, "reason": " A claim,  file 2026/7 "}, follow=True).content.decode()
    assert "A claim, file 2026/7" in answer
    hold = LegalHold.objects.get(person=cast.ben, placed_by=cast.hilda)
    assert "A legal hold keeps their records" in client.get(f"/admin/declarations/person/{cast.ben.pk}/change/").content.decode()
    answer = client.post(f"{HOLDS}{hold.pk}/change/", follow=True).content.decode()
    assert "their records go when they are due" in answer
    hold.refresh_from_db()
    assert hold.ended_by == cast.hilda
    assert "ended already" in client.post(f"{HOLDS}{hold.pk}/change/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("person", "reason", "sentence"),
    [
        ("ben", "", "This field is required."),
        ("ben", "x" * 301, "at most 300"),
        ("ben", "a\x00b", "cannot be typed or seen"),
        ("hilda", "Mine", "Select a valid choice"),
        ("rosa", "Another school", "Select a valid choice"),
        ("", "Nobody", "This field is required."),
        ("9" * 30, "A number", "Select a valid choice"),
        ("\x00", "No number", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_said_and_kept(cast: Cast, signed_in, person: str, reason: str, sentence: str):
    number = getattr(cast, person).pk if person in {"ben", "hilda", "rosa"} else person
    answer = signed_in(cast.hilda).post(f"{HOLDS}add/", {"person": number, "reason": reason})
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    if reason.isprintable():
        assert reason[:50] in answer.content.decode()
    assert not LegalHold.objects.exists()


@pytest.mark.parametrize("asked", ["x", "\u0663", "9" * 30, "-1", ""])
def test_a_strange_person_in_the_address_is_nobody(cast: Cast, signed_in, asked: str):
    assert signed_in(cast.hilda).get(f"{HOLDS}add/", {"person": asked}).status_code == 200


def test_nobody_ends_the_hold_on_themself(cast: Cast, signed_in):
    hold = LegalHold.objects.create(person=cast.hilda, reason="A claim", placed_by=cast.omar, placed_at=cast.aup.published_at)
    client = signed_in(cast.hilda)
    assert "somebody else ends it" in client.get(f"{HOLDS}{hold.pk}/change/").content.decode()
    client.post(f"{HOLDS}{hold.pk}/change/")
    hold.refresh_from_db()
    assert hold.ended_at is None


def test_all_about_one_person_is_a_file_named_by_their_number(cast: Cast, signed_in):
    client = signed_in(cast.ines)
    there = f"/admin/declarations/person/{cast.ben.pk}/data/"
    assert client.get(there).status_code == 302
    assert not Entry.objects.filter(kind="person.data_given").exists()
    answer = client.post(there)
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="data-of-person-{cast.ben.pk}.zip"'
    assert "no-store" in answer.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"README.txt", "about.json", "about.pdf"} <= set(archive.namelist())
    assert Entry.objects.get(kind="person.data_given").log.school == cast.hillside


def test_the_settings_are_the_schools_own_and_have_their_bounds(cast: Cast, signed_in):
    client = signed_in(cast.hilda)
    months = dict.fromkeys(("context_months", "exemption_months", "reply_months", "letter_months", "note_months"), 6)
    typed = {"school": cast.hillside.pk, "address_weeks": 4, "years_after_leaving": 7} | months
    add = "/admin/declarations/retentionsettings/add/"
    for wrong in ({"address_weeks": 0}, {"context_months": 85}, {"years_after_leaving": 99999999}, {"school": cast.riverside.pk}):
        assert client.post(add, typed | wrong).status_code == 200
    assert not RetentionSettings.objects.exists()
    assert client.post(add, typed).status_code == 302
    assert RetentionSettings.objects.get().school == cast.hillside
    assert client.get(add).url == f"/admin/declarations/retentionsettings/{RetentionSettings.objects.get().pk}/change/"


def test_the_queries_of_the_page_do_not_grow(cast: Cast, signed_in):
    client = signed_in(cast.hilda)
    client.get(NEXT)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(NEXT)
    for number in range(10):
        make_person(cast.hillside, f"more{number}@hillside.example", f"More {number} Example")
    SignatureMetadata.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        client.get(NEXT)
    assert len(many) == len(few) == 29
