"""What stands for the apps, phones and clocks of people."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from declarations.models import Person
from tests.cast import PASSWORD


def digits(secret: str, *, later: int = 0) -> str:
    """What the authenticator app shows now, or `later` half-minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def with_app(person: Person) -> str:
    """Sets up the app and recovery codes; the app's secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    RecoveryCodes.activate(person)
    return secret


def by_password(person: Person) -> Client:
    """Signed in over HTTP, with the password alone (or up to the second step)."""
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def aged(client: Client, seconds: int = 601) -> None:
    """As if the proofs of this session were so much older."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds
    session.save()
