"""Whoever's way to sign in has changed is told by e-mail, and a mail server that is away is said in words."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from declarations.organisation.models.person import Person
from tests.cast import PASSWORD, Cast
from tests.sign_in.codes import digits
from tests.sign_in.proofs import by_password

NEW = "a new and much longer password"
AWAY = {"default": {"BACKEND": "tests.sign_in.test_notices.Away"}}


class Away:
    """A mail server that cannot be reached, as Django meets it."""

    def __init__(self, **rest: object) -> None:
        pass

    def send_messages(self, messages: list[object]) -> int:
        raise ConnectionRefusedError


def told() -> list[tuple[str, list[str]]]:
    for message in mail.outbox:
        assert "If it was not you, tell the school at once." in message.body
        assert "allauth" not in message.body
        assert "Example" not in message.body
    return [(message.subject, message.to) for message in mail.outbox]


def add_app(client: Client) -> None:
    secret = re.search(r'class="reference">([A-Z2-7]{32})<', client.get("/accounts/2fa/app/add/").text)[1]
    client.post("/accounts/2fa/app/add/", {"code": digits(secret)})


def test_of_a_password(cast: Cast):
    by_password(cast.ada).post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert told() == [("Your password was changed", ["ada@hillside.example"])]


def test_of_a_first_password(cast: Cast):
    client = by_password(cast.ada)
    cast.ada.set_unusable_password()
    cast.ada.save()
    session = client.session
    session["_auth_user_hash"] = cast.ada.get_session_auth_hash()
    session.save()
    client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})
    assert told() == [("A password was set", ["ada@hillside.example"])]


@pytest.mark.django_db(transaction=True)
def test_of_an_app(cast: Cast):
    client = by_password(cast.hilda)
    add_app(client)
    client.post("/accounts/2fa/app/remove/")
    assert not Authenticator.objects.filter(user=cast.hilda, type="totp").exists()
    hers = ["hilda@hillside.example"]
    assert told() == [("Second step when signing in: app set up", hers), ("Second step when signing in: app taken away", hers)]


@pytest.mark.django_db(transaction=True)
def test_of_recovery_codes(cast: Cast):
    client = by_password(cast.ada)
    add_app(client)
    mail.outbox.clear()
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert told() == [("Second step when signing in: new recovery codes", ["ada@hillside.example"])]


def test_what_was_changed_is_changed_without_the_mail_server(cast: Cast, settings, caplog):
    client = by_password(cast.ada)
    settings.MAILERS = AWAY
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert Person.objects.get(pk=cast.ada.pk).check_password(NEW)
    assert "Nobody was told: account/email/password_changed" in caplog.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/accounts/login/code/", {"email": "ada@hillside.example"}), ("/accounts/password/reset/", {"email": "ada@hillside.example"})],
)
def test_a_code_that_cannot_be_sent(cast: Cast, settings, path, fields):
    settings.MAILERS = AWAY
    client = Client(raise_request_exception=False)
    response = client.post(path, fields)
    assert response.status_code == 503
    assert "The mail server does not take e-mails at the moment" in response.text
    assert "Not recorded" not in response.text
