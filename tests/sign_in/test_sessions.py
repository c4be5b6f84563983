"""Where one is signed in: a list, the end of one, of all; and what ends them without being asked."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from tests.cast import PASSWORD, Cast
from tests.sign_in.proofs import aged, by_password

PAGE = "/accounts/sessions/"


def numbers(client: Client) -> list[str]:
    return re.findall(r'name="end" value="(\d+)"', client.get(PAGE).text)


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_each_browser_is_on_the_list(cast: Cast):
    phone, model_admin = Client(HTTP_USER_AGENT="A phone", REMOTE_ADDR="192.0.2.9"), Client(HTTP_USER_AGENT="A desk")
    for client in (phone, model_admin):
        client.post("/accounts/login/", {"login": "ada@hillside.example", "password": PASSWORD})
    page = model_admin.get(PAGE).text
    assert "A phone" in page
    assert "192.0.2.9" in page
    assert "A desk" in page
    assert page.count("this browser") == 1


def test_one_is_ended(cast: Cast):
    phone, model_admin = by_password(cast.ada), by_password(cast.ada)
    theirs = UserSession.objects.get(session_key=phone.session.session_key)
    model_admin.post(PAGE, {"end": theirs.pk})
    assert (is_in(phone), is_in(model_admin)) == (False, True)
    assert len(numbers(model_admin)) == 1


def test_this_one_is_ended(cast: Cast):
    phone, model_admin = by_password(cast.ada), by_password(cast.ada)
    mine = UserSession.objects.get(session_key=model_admin.session.session_key)
    assert model_admin.post(PAGE, {"end": mine.pk}).url == "/accounts/login/"
    assert (is_in(phone), is_in(model_admin)) == (True, False)


def test_everywhere(cast: Cast):
    phone, model_admin, other = by_password(cast.ada), by_password(cast.ada), by_password(cast.ben)
    model_admin.post(PAGE, {"end": "everywhere"})
    assert (is_in(phone), is_in(model_admin), is_in(other)) == (False, False, True)
    assert not UserSession.objects.filter(user=cast.ada).exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "\x00", "9" * 40, "1 OR 1=1"])
def test_no_such_session(cast: Cast, number):
    client = by_password(cast.ada)
    assert client.post(PAGE, {"end": number}).status_code == 404
    assert is_in(client)


def test_nobody_elses(cast: Cast):
    ben, ada = by_password(cast.ben), by_password(cast.ada)
    theirs = UserSession.objects.get(user=cast.ben)
    assert ada.post(PAGE, {"end": theirs.pk}).status_code == 404
    assert is_in(ben)
    assert str(theirs.pk) not in numbers(ada)


def test_leaving_ends_all_of_them(cast: Cast):
    phone, model_admin = by_password(cast.ada), by_password(cast.ada)
    cast.ada.leaves_on = cast.hillside.day_of(timezone.now())
    cast.ada.save()
    assert (is_in(phone), is_in(model_admin)) == (False, False)


def test_a_new_password_ends_all_the_others(cast: Cast):
    phone, model_admin = by_password(cast.ada), by_password(cast.ada)
    new = "a new and much longer password"
    model_admin.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_in(phone), is_in(model_admin)) == (False, True)


def test_an_administrator_ends_them_on_somebodys_word(cast: Cast, signed_in):
    phone = by_password(cast.ada)
    page = f"/admin/declarations/person/{cast.ada.pk}/ways-in/"
    assert "Signed in in 1 browser." in signed_in(cast.ines).get(page).text
    assert "Only an administrator" in signed_in(cast.hilda).post(page, {"do": "sessions"}, follow=True).text
    assert is_in(phone)
    signed_in(cast.ines).post(page, {"do": "sessions"})
    assert not is_in(phone)


def test_the_sessions_key_changes_at_sign_in(cast: Cast):
    client = Client()
    client.get("/accounts/login/")
    before = client.session.session_key
    client.post("/accounts/login/", {"login": "ada@hillside.example", "password": PASSWORD})
    assert before is not None
    assert client.session.session_key != before
    assert is_in(client)
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert not is_in(stolen)


OF_PEOPLE = [
    "/", "/devices/", "/sign/", "/declarations/", "/leaflet/", PAGE, "/accounts/2fa/", "/accounts/password/change/", "/register/",
    "/admin/", "/admin/declarations/person/",
]  # fmt: skip


@pytest.mark.parametrize("path", OF_PEOPLE)
def test_pages_of_people_are_kept_nowhere(cast: Cast, signed_in, path):
    response = signed_in(cast.hilda).get(path)
    assert response.status_code == 200
    assert {"no-store", "private"} <= set(response["Cache-Control"].replace(" ", "").split(","))


def test_no_session_is_longer_than_a_working_day(cast: Cast):
    """However much it is used: each page that writes into it lengthens the cookie, not the sign-in."""
    client = by_password(cast.ada)
    aged(client, 12 * 60 * 60 - 60)
    assert is_in(client)
    aged(client, 60)
    assert client.get("/devices/").url == "/accounts/login/?next=/devices/"
    assert not is_in(client)
