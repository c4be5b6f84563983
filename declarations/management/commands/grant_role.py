"""`manage.py grant_role`: a role for somebody who is there already, where the school has no second person who could confirm it."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from declarations.management.arguments import day, line_of_text
from declarations.management.commands.add_person import give_role
from declarations.organisation.models.person import Person, Role


class Command(BaseCommand):
    help = (
        "Gives a role at once. In the admin an administrator asks for it, and somebody of the leadership confirms it; this is for the "
        "first ones, and for a school whose only leader is to be its headteacher. The log says that it came from the command line."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True, help="their sign-in name")
        parser.add_argument("--role", required=True, choices=Role.Name.values)
        parser.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="the role's last day; an auditor's always has one")

    def handle(self, *args: Any, email: str, role: str, until: dt.date | None, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        person = Person.objects.filter(email__iexact=line_of_text("--email", email)).select_related("school").first()
        if person is None:
            raise CommandError(f"Nobody signs in as {email}: manage.py add_person adds people.")
        give_role(person, role, until)
        self.stdout.write(f"{person.full_name} has the role {Role.Name(role).label}.")
