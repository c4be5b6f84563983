"""What somebody does who wants to become somebody else: over HTTP, with the rights of a leader or of an administrator."""

import re

from django.core import mail
from django.test import Client
from django.utils import timezone

from declarations.dual_control.models import GuardedChange
from declarations.mail import outbox
from declarations.organisation.models.person import Person
from tests.sign_in.test_second_factor import set_up_app

EVIL = "evil@elsewhere.example"


def posted() -> dict[str, str]:
    """The worker sends what waits: what each address has got since, by address."""
    while waiting := outbox.due(at=timezone.now()):
        for pk in waiting:
            outbox.send(pk, at=timezone.now())
    got: dict[str, str] = {}
    for message in mail.outbox:
        got[message.to[0]] = f"{got.get(message.to[0], '')}\n{message.body}"
    mail.outbox.clear()
    return got


def change_address(client: Client, person: Person, email: str = EVIL) -> str:
    """Types another address on the person's page in the admin; what the page says then."""
    path = f"/admin/declarations/person/{person.pk}/change/"
    fields = {"full_name": person.full_name, "email": email, "job_title": person.job_title, "category": person.category}
    return client.post(path, fields, follow=True).text


def come_in(email: str = EVIL) -> Client:
    """Signs in with a code that is sent to this address."""
    client = Client()
    client.post("/accounts/login/code/", {"email": email})
    code = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", posted()[email], re.MULTILINE)[0]
    client.post("/accounts/login/code/confirm/", {"code": code})
    return client


def enrol(client: Client) -> None:
    """Sets up a second step of their own."""
    set_up_app(client)


def link_in(body: str) -> str:
    return re.search(r"http://[^/\s]+(/change/\S+)", body)[1]


def settle(client: Client, do: str = "confirm") -> str:
    """A second person presses a button on the page of changes."""
    return client.post("/admin/changes/", {"change": GuardedChange.objects.latest("pk").pk, "do": do}, follow=True).text
