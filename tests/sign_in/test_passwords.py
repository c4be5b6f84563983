"""Passwords and sessions, where docs/asvs.csv promises something of them."""

import pytest
from django.test import Client

from tests.cast import PASSWORD, Cast

NEW = "another horse battery staple"


def client_of(email: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return client


def signed_in_still(client: Client) -> bool:
    return client.get("/devices/").status_code == 200


def test_a_password_is_changed_with_the_old_one_and_not_without(cast: Cast):
    client = client_of(cast.ben.email)
    for old in ("", "wrong horse battery staple"):
        answer = client.post("/accounts/password/change/", {"oldpassword": old, "password1": NEW, "password2": NEW})
        assert answer.status_code == 200
    assert signed_in_still(client_of(cast.ben.email))
    assert client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}).status_code == 302
    assert not signed_in_still(client_of(cast.ben.email))
    assert signed_in_still(client_of(cast.ben.email, NEW))


def test_a_new_password_ends_every_other_session(cast: Cast):
    here, elsewhere = client_of(cast.ben.email), client_of(cast.ben.email)
    assert signed_in_still(elsewhere)
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert not signed_in_still(elsewhere)


def test_the_sessions_key_is_another_after_signing_in(cast: Cast):
    client = Client()
    planted = client.session  # a session before anybody is signed in
    planted["from"] = "before"
    planted.save()
    before = client.cookies["sessionid"].value
    response = client.post("/accounts/login/", {"login": cast.ben.email, "password": PASSWORD})
    assert response.url == "/"
    assert client.cookies["sessionid"].value != before
    assert len(client.cookies["sessionid"].value) >= 32


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/password/change/"])
def test_passwords_are_masked_and_may_be_filled_in_by_a_manager(cast: Cast, signed_in, path: str):
    client = signed_in(cast.ben) if "change" in path else Client()
    page = client.get(path).content.decode()
    fields = [tag for tag in page.split("<input") if "password" in tag.partition(">")[0]]
    assert fields
    assert all('type="password"' in tag and "autocomplete=" in tag for tag in fields)
    assert "onpaste" not in page


def test_a_long_password_is_taken_as_it_is(cast: Cast):
    """Of any letters, with spaces at its ends, 200 long; a prefix of it does not open."""
    long = " Ünïcode only lower " + "ab " * 60
    client_of(cast.ben.email).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": long, "password2": long})
    assert signed_in_still(client_of(cast.ben.email, long))
    assert not signed_in_still(client_of(cast.ben.email, long[:100]))
    assert not signed_in_still(client_of(cast.ben.email, long.strip()))


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/verify/", "/healthz", "/network/authorize/", "/admin/"])
def test_trace_gives_nothing_back(cast: Cast, path: str):
    answer = Client(headers={"X-Marker": "marker-of-a-request"}).trace(path)
    assert b"marker-of-a-request" not in answer.content
    assert answer.status_code in {302, 405}
