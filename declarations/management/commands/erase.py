"""manage.py erase (--person E-MAIL | --declaration REFERENCE | --retention) [--reason …] [--yes]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.management import vacuum
from declarations.management.arguments import person_called
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.privacy import erasure, retention
from declarations.signing.actions.erase import erase_declaration
from declarations.signing.models.declaration import Declaration


class Command(BaseCommand):
    help = "Erases a person's data, or one declaration, or what retention says; shows what would go unless --yes is given."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--person", metavar="E-MAIL", help="everything about this person; without e-mail, their number")
        what.add_argument("--declaration", metavar="REFERENCE", help="one declaration, its letters and certificates")
        what.add_argument("--retention", action="store_true", help="everybody who left longer ago than their school keeps records")
        parser.add_argument("--reason", default="", help="why: it goes into the evidence log, so it names nobody")
        parser.add_argument("--yes", action="store_true", help="erase; without it nothing changes")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        reason = options["reason"].strip() or ("retention" if options["retention"] else "")
        if options["yes"] and not reason:
            raise CommandError("Say why with --reason: it goes into the evidence log.")
        if options["declaration"]:
            self.erase_declaration(options["declaration"], reason=reason, really=options["yes"])
        else:
            for person in self.people(options):
                self.erase_person(person, reason=reason, really=options["yes"])
        if options["yes"]:
            vacuum.vacuum(self.stdout)
        else:
            self.stdout.write("Nothing has been erased. To do it, give --yes.")

    def people(self, options: dict[str, Any]) -> list[Person]:
        if options["retention"]:
            schools = [*School.objects.order_by("slug"), None]
            return [person for school in schools for person in retention.people_due(school=school, at=timezone.now())]
        person = Person.objects.filter(person_called(options["person"])).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {options['person']}.")
        if Erasure.objects.filter(person=person).exists():
            raise CommandError(f"{options['person']} has been erased already.")
        return [person]

    def erase_person(self, person: Person, *, reason: str, really: bool) -> None:
        name = f"{person.full_name} <{person.email or person.pk}>"
        names_nobody(reason, person.full_name, person.email)
        try:
            taken = erasure.erase_person(person=person, reason=reason, at=timezone.now()) if really else erasure.preview(person=person)
        except RefusedError as refused:
            raise CommandError(f"{name}: {refused}") from refused
        rows = ", ".join(f"{count} {kind}" for kind, count in taken.rows.items() if count) or "no rows"
        self.stdout.write(f"{name}: {len(taken.positions)} entries of the log, {rows}")
        for place in taken.elsewhere:
            self.stdout.write(f"  named in a text that stays, look there yourself: {place}")

    def erase_declaration(self, reference: str, *, reason: str, really: bool) -> None:
        declaration = Declaration.objects.filter(reference=reference).first()
        if declaration is None:
            raise CommandError(f"There is no declaration {reference}.")
        names_nobody(reason, declaration.person_name, declaration.person_email)
        self.stdout.write(f"Declaration {declaration.reference}, signed on {declaration.signed_on}, position {declaration.entry.position}")
        if really:
            try:
                erase_declaration(declaration=declaration, reason=reason, at=timezone.now())
            except RefusedError as refused:
                raise CommandError(str(refused)) from refused


def names_nobody(reason: str, *names: str) -> None:
    if any(name and name in reason for name in names):
        raise CommandError("The reason names the person: it would stay in the log. Say it without the name.")
