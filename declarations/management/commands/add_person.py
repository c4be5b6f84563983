"""`manage.py add_person`: adds somebody who can sign in, with or without a role; for the first people of an installation."""

import datetime as dt
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.evidence.log import MissingKeyError
from declarations.management.arguments import check, day, line_of_text, school_called
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.schools.actions import change_settings

OPTIONS = {"email": "--email", "full_name": "--name", "job_title": "--title"}


class Command(BaseCommand):
    help = (
        "Adds a person to a school, or to the trust that runs all schools. Without a password they sign in by a code sent to their "
        "e-mail address. Later people are added in the admin by an administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--school", help="the school's slug, such as hillside")
        where.add_argument("--trust", action="store_true", help="somebody of the trust, who sees all its schools")
        parser.add_argument("--email", required=True, help="also the sign-in name")
        parser.add_argument("--name", required=True, dest="full_name")
        parser.add_argument("--title", default="", dest="job_title", help="what they are at the school, such as headteacher")
        parser.add_argument("--category", choices=Person.Category.values, default=Person.Category.STAFF.value)
        parser.add_argument("--role", choices=Role.Name.values)
        parser.add_argument("--until", type=day, metavar="YYYY-MM-DD", help="the role's last day; an auditor's role always has one")
        parser.add_argument("--headteacher", action="store_true", help="they are the school's headteacher")
        parser.add_argument("--password-from-stdin", dest="password_given", action="store_true", help="read a password from standard input")

    def handle(self, *args: Any, school: str | None, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        if options["until"] and not options["role"]:
            raise CommandError("--until is the last day of a role: name it with --role.")
        if options["headteacher"] and not school:
            raise CommandError("--headteacher is of a school: name it with --school.")
        person = Person(
            school=school_called(school) if school else None,
            email=line_of_text("--email", options["email"]).lower(),
            full_name=line_of_text("--name", options["full_name"]),
            job_title=line_of_text("--title", options["job_title"]) if options["job_title"] else "",
            category=options["category"],
        )
        person.set_password(read_password(person) if options["password_given"] else None)
        check(person, OPTIONS)
        with transaction.atomic():
            person.save()
            if options["role"]:
                give_role(person, options["role"], options["until"])
            if options["headteacher"] and person.school:
                name_headteacher(person.school, person)
        self.stdout.write(f"{person.full_name} can sign in as {person.email}.")


def give_role(person: Person, name: str, until: dt.date | None) -> None:
    ends_on = until + dt.timedelta(days=1) if until else None
    try:
        grant_role(person=person, name=name, by=None, at=timezone.now(), ends_on=ends_on)
    except (MissingKeyError, RefusedError) as refused:
        raise CommandError(f"{refused} (--until YYYY-MM-DD)") from refused


def name_headteacher(school: School, person: Person) -> None:
    try:
        change_settings(school=school, wanted={"headteacher": person.pk}, by=None, at=timezone.now())
    except (MissingKeyError, RefusedError) as refused:
        raise CommandError(str(refused)) from refused


def read_password(person: Person) -> str:
    try:
        password = sys.stdin.readline().rstrip("\r\n")
        validate_password(password, person)
    except UnicodeDecodeError as error:
        raise CommandError("The password is not UTF-8 text.") from error
    except ValidationError as invalid:
        raise CommandError(" ".join(invalid.messages)) from invalid
    return password
