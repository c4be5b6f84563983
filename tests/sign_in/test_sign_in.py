"""Coming in: by password or by a code, closed to strangers and to those who left; and no page that is not ours."""

import datetime as dt
import re

import pytest
from django.contrib.auth.hashers import get_hashers_by_algorithm
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from tests.cast import PASSWORD
from tests.mail.delivery import delivered

LOGIN = "/accounts/login/"
OURS = "/templates/"


@pytest.fixture(autouse=True)
def no_limits_from_other_tests(db):
    cache.clear()


def by_password(client, email="ada@hillside.example", password=PASSWORD, **rest):
    return client.post(LOGIN, {"login": email, "password": password}, **rest)


def ask_for_code(client, email="ada@hillside.example"):
    return client.post("/accounts/login/code/", {"email": email}, follow=True)


def code_in(message) -> str:
    return re.search(r"^([A-Z0-9]+(?:-[A-Z0-9]+)*)$", message.body, re.MULTILINE)[1]


def test_by_password_in_any_case_of_the_address(cast, client):
    assert by_password(client, "ADA@Hillside.example").url == "/"
    assert client.get("/").context["user"] == cast.ada


def test_a_wrong_password_says_so_and_keeps_the_address(cast, client):
    page = by_password(client, password="wrong").text
    assert "error-summary" in page
    assert 'value="ada@hillside.example"' in page
    assert "wrong" not in re.sub(r"<[^>]*>", "", page).replace("Something went wrong", ""), "the password is not repeated"


def test_by_code(cast, client):
    page = ask_for_code(client).text
    assert "Type the code" in page
    [message] = delivered()
    assert message.to == ["ada@hillside.example"]
    assert message.subject == "Your code to sign in"
    response = client.post("/accounts/login/code/confirm/", {"code": code_in(message)})
    assert response.url == "/"
    assert client.get("/").context["user"] == cast.ada


def test_a_wrong_code_does_not_open(cast, client):
    ask_for_code(client)
    page = client.post("/accounts/login/code/confirm/", {"code": "AAAA-AAAA"})
    assert "error-summary" in page.text
    assert client.get("/").url.startswith(LOGIN)


def test_a_stranger_sees_the_same_page_and_gets_no_code(cast, client):
    page = ask_for_code(client, "nobody@elsewhere.example").text
    assert "Type the code" in page
    assert "If the school has the address" in page
    assert all("code to sign in" not in message.subject for message in delivered())


def test_sign_up_is_closed(cast, client):
    for response in (client.get("/accounts/signup/"), client.post("/accounts/signup/", {"email": "x@x.example", "password1": PASSWORD})):
        assert "There is no sign-up here" in response.text
    assert not type(cast.ada).objects.filter(email="x@x.example").exists()


@pytest.mark.parametrize("days", [0, -30])
def test_who_has_left_comes_in_by_neither_way(cast, client, days):
    cast.ada.leaves_on = cast.hillside.day_of(timezone.now()) + dt.timedelta(days=days)
    cast.ada.save()
    by_password(client)
    assert client.get("/").status_code == 302
    ask_for_code(client)
    for message in delivered():
        if message.subject == "Your code to sign in":
            client.post("/accounts/login/code/confirm/", {"code": code_in(message)})
    assert client.get("/").status_code == 302


def test_leaving_ends_an_open_session(cast, signed_in):
    client = signed_in(cast.ada)
    assert client.get("/").status_code == 200
    cast.ada.leaves_on = cast.hillside.day_of(timezone.now())
    cast.ada.save()
    assert client.get("/").url.startswith(LOGIN)
    assert client.post("/devices/add/", {}).url.startswith(LOGIN)


def test_leaving_tomorrow_ends_nothing_today(cast, client):
    cast.ada.leaves_on = cast.hillside.day_of(timezone.now()) + dt.timedelta(days=1)
    cast.ada.save()
    assert by_password(client).url == "/"


def test_signing_out_takes_a_post(cast, signed_in):
    client = signed_in(cast.ada)
    assert "Sign out" in client.get("/accounts/logout/").text
    assert client.get("/").status_code == 200
    assert "You have signed out." in client.post("/accounts/logout/", follow=True).text
    assert client.get("/").status_code == 302


def test_guessing_is_stopped_and_the_page_helps(cast, client):
    answers = [by_password(client, password=f"guess {number}") for number in range(6)]
    assert answers[0].status_code == 200
    text = answers[-1].text
    assert "Too many" in text
    assert "code" in text
    assert by_password(client).status_code != 302, "not even with the right one, for now"
    assert by_password(Client(), "ben@hillside.example").status_code == 302, "others are not held up"


def test_nobodys_mailbox_is_flooded_with_codes(cast):
    for _ in range(6):
        Client().post("/accounts/login/code/", {"email": "ada@hillside.example"})
    assert len(delivered()) == 3


@override_settings(ACCOUNT_RATE_LIMITS={"login": "1/m/ip"})
def test_the_429_page_is_ours(cast, client):
    by_password(client, password="x")
    response = by_password(client, password="x")
    assert response.status_code == 429
    assert "Wait five minutes" in response.text
    assert "site.css" in response.text


def test_a_new_password_by_link(cast, client):
    assert "Look at your e-mail" in client.post("/accounts/password/reset/", {"email": "ada@hillside.example"}, follow=True).text
    link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", delivered()[0].body)[1]
    page = client.get(link, follow=True)
    assert "Choose a new password" in page.text
    new = "a new and much longer password"
    done = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    assert "Your password is changed" in done.text
    assert by_password(client, password=new).url == "/"
    assert "This link does not work any more" in Client().get(link, follow=True).text


@pytest.mark.parametrize("new", ["short", "1q2w3e4r5t6y", "ada@hillside.example"])
def test_a_weak_new_password_is_refused(cast, signed_in, new):
    response = signed_in(cast.ada).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert response.status_code == 200
    assert "error-summary" in response.text


def test_the_admin_uses_the_same_door(cast, client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(LOGIN)


@pytest.mark.parametrize(
    "next_url", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\x00", "/devices/\r\nX: y", "\\\\evil.example"]
)
def test_signing_in_leads_nowhere_else(cast, client, next_url):
    page = client.get(LOGIN, {"next": next_url})
    assert page.status_code == 200
    url = client.post(LOGIN, {"login": "ada@hillside.example", "password": PASSWORD, "next": next_url}).url
    assert "evil" not in url
    assert not url.startswith("javascript")


@pytest.mark.parametrize(
    "field",
    [
        {"login": "a\x00@x.example"},
        {"login": "x" * 100_000},
        {"password": "p\x00"},
        {"login": "\ud800@x.example".encode("utf-8", "replace")},
    ],
)
def test_hostile_credentials_are_a_page_not_a_fault(cast, client, field):
    response = client.post(LOGIN, {"login": "ada@hillside.example", "password": "x"} | field)
    assert response.status_code == 200


def test_passwords_are_kept_with_argon2():
    from schoolpolicy import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert get_hashers_by_algorithm()


SIGNED_OUT = [
    LOGIN,
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-x/",
    "/accounts/password/reset/key/done/",
]
SIGNED_IN = ["/accounts/logout/", "/accounts/reauthenticate/", "/accounts/password/change/", "/accounts/password/reset/"]


def templates_of(response) -> list[str]:
    return [template.origin.name for template in response.templates if template.origin]


@pytest.mark.parametrize("path", SIGNED_OUT)
def test_every_page_of_the_door_is_ours(cast, client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert "site.css" in response.text
    assert not [name for name in templates_of(response) if "/allauth/" in name]


@pytest.mark.parametrize("path", SIGNED_IN)
def test_every_page_of_the_door_is_ours_signed_in(cast, signed_in, path):
    response = signed_in(cast.ada).get(path)
    assert response.status_code == 200
    assert "site.css" in response.text
    assert not [name for name in templates_of(response) if "/allauth/" in name]


def test_setting_a_first_password(cast, client):
    cast.ada.set_unusable_password()
    cast.ada.save()
    ask_for_code(client)
    client.post("/accounts/login/code/confirm/", {"code": code_in(delivered()[0])})
    response = client.get("/accounts/password/change/", follow=True)
    assert "Set a password" in response.text
    assert not [name for name in templates_of(response) if "/allauth/" in name]
    new = "a new and much longer password"
    done = client.post("/accounts/password/set/", {"password1": new, "password2": new}, follow=True)
    assert "Your password is set." in done.text


def test_every_word_that_the_door_mails_or_says_is_ours(cast, client):
    seen = []
    for response in (
        ask_for_code(client),
        client.post("/accounts/login/code/confirm/", {"code": "AAAA-AAAA"}),
        ask_for_code(Client(), "nobody@elsewhere.example"),
        Client().post("/accounts/password/reset/", {"email": "ben@hillside.example"}, follow=True),
        Client().post("/accounts/password/reset/", {"email": "nobody@elsewhere.example"}, follow=True),
        by_password(Client(), follow=True),
    ):
        seen += templates_of(response)
    assert any(OURS in name for name in seen)
    assert not [name for name in seen if "/allauth/" in name]
    for message in delivered():
        assert "example.com" not in message.body
        assert "Thank you for using" not in message.body


def test_a_reset_link_is_of_the_address_that_the_school_has_set(cast, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Client(HTTP_HOST="evil.example").post("/accounts/password/reset/", {"email": "ada@hillside.example"})
    (message,) = delivered()
    assert f"{settings.SITE_URL}/accounts/password/reset/key/" in message.body
    assert "evil" not in message.body


def test_whoever_guesses_elsewhere_locks_nobody_out(cast):
    elsewhere = Client(REMOTE_ADDR="192.0.2.1")
    for number in range(6):
        by_password(elsewhere, password=f"guess {number}")
    assert "Too many" in by_password(elsewhere, password="x").text
    assert by_password(Client(REMOTE_ADDR="192.0.2.2")).status_code == 302


def test_guesses_from_many_places_are_stopped_too(cast, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "4/h/key"}
    pages = [by_password(Client(REMOTE_ADDR=f"192.0.2.{number}"), password="x") for number in range(6)]
    assert ["Too many" in page.text for page in pages] == [False] * 4 + [True] * 2


@pytest.mark.parametrize("path", [LOGIN, "/accounts/login/code/", "/accounts/password/reset/", "/verify/"])
def test_a_look_at_a_form_writes_no_session(cast, path):
    assert Client().get(path).status_code == 200
    assert not Session.objects.exists()
