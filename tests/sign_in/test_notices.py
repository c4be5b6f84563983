"""Whoever's way to sign in has changed is told by e-mail, and a mail server that is away is said in words."""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from tests.cast import PASSWORD, Cast
from tests.mail.delivery import delivered
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
    for message in delivered():
        assert "If it was not you, tell the school at once." in message.body
        assert "allauth" not in message.body
        assert "Example" not in message.body
    return [(message.subject, message.to) for message in delivered()]


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
    delivered().clear()
    client.post("/accounts/2fa/recovery-codes/generate/")
    assert told() == [("Second step when signing in: new recovery codes", ["ada@hillside.example"])]


def test_what_was_changed_is_changed_without_the_mail_server_and_told_once_it_is_back(cast: Cast, settings):
    client, mailers = by_password(cast.ada), settings.MAILERS
    settings.MAILERS = AWAY
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert Person.objects.get(pk=cast.ada.pk).check_password(NEW)
    assert delivered() == []
    settings.MAILERS = mailers
    Email.objects.filter(kind="code").update(not_before=timezone.now())
    assert [message.subject for message in delivered()] == ["Your password was changed"]


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
def test_the_answer_is_the_same_at_once_whoever_has_the_address_and_whatever_the_mail_server_does(cast: Cast, settings, path):
    settings.MAILERS = AWAY
    answers = [Client().post(path, {"email": email}) for email in ("ada@hillside.example", "nobody@hillside.example")]
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1
    assert list(Email.objects.filter(kind="code").values_list("recipient", flat=True)) == ["ada@hillside.example"]


def test_a_code_is_in_the_database_as_nobody_can_read_it_and_gone_once_it_is_sent(cast: Cast):
    Client().post("/accounts/login/code/", {"email": "ada@hillside.example"})
    sealed = Email.objects.get(kind="code").sealed
    (message,) = delivered()
    code = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", message.body, re.MULTILINE)[0]
    assert code not in sealed
    assert Email.objects.get(kind="code").sealed == ""


def test_a_code_that_is_too_old_is_not_sent_any_more(cast: Cast):
    Client().post("/accounts/login/code/", {"email": "ada@hillside.example"})
    email = Email.objects.get(kind="code")
    assert not outbox.send(email.pk, at=timezone.now() + dt.timedelta(minutes=4))
    email.refresh_from_db()
    assert (email.dropped_at is not None, email.sealed) == (True, "")


def test_a_code_goes_before_all_that_was_due_before(cast: Cast):
    earlier = timezone.now() - dt.timedelta(hours=1)
    Email.objects.update(not_before=earlier)
    Client().post("/accounts/login/code/", {"email": "ada@hillside.example"})
    assert Email.objects.get(pk=outbox.due(at=timezone.now())[0]).kind == "code"
