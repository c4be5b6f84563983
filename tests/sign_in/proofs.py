"""What stands for the apps, phones and clocks of people."""

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from declarations.organisation.models.person import Person
from tests.cast import PASSWORD


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
