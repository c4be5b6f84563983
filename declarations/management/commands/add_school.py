"""`manage.py add_school`: adds a school; the first command of a new installation."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import transaction

from declarations.management.arguments import check, line_of_text
from declarations.management.commands.load_policy import chosen_title, text_of
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion

# option: (field, what it is)
NEEDED = {
    "--name": ("name", "the school's full name"),
    "--slug": ("slug", "its name in commands and file names: small letters, digits and hyphens, such as hillside"),
    "--dsl": ("dsl_contact", "name and contact of the designated safeguarding lead, as people are to read it"),
    "--child-protection": ("child_protection_contact", "the local authority's child-protection contact for schools"),
    "--it": ("it_contact", "contact of IT support"),
    "--data-protection": ("data_protection_contact", "contact for data protection"),
}
POSSIBLE = {
    "--short-name": ("short_name", "for where there is little room; without it the name"),
    "--areas": ("designated_areas", "where staff may use their own devices"),
    "--time-zone": ("time_zone", "such as Europe/London, which it is without this"),
    "--email-domains": ("email_domains", "separated by spaces"),
}


class Command(BaseCommand):
    help = "Adds a school. Everything else about it can be set in the admin later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for option, (field, what) in (NEEDED | POSSIBLE).items():
            parser.add_argument(option, dest=field, metavar="TEXT", help=what)
        parser.add_argument(
            "--with-starter-texts", dest="starters", action="store_true", help="also make drafts of the starter leaflet and AUP"
        )

    def handle(self, *args: Any, starters: bool, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        missing = [f"  {option}  {what}" for option, (field, what) in NEEDED.items() if not (options[field] or "").strip()]
        if missing:
            raise CommandError("\n".join(["This is missing:", *missing]))
        named = NEEDED | POSSIBLE
        facts = {field: line_of_text(option, options[field]) for option, (field, _) in named.items() if options[field] is not None}
        school = School(**facts)
        school.short_name = school.short_name or school.name[:40].strip()
        check(school, {field: option for option, (field, _) in named.items()})
        with transaction.atomic():
            school.save()
            drafts = [draft_of_starter(school, document) for document in PolicyVersion.Document.values] if starters else []
        self.stdout.write(f"{school.name} is here; in commands it is called {school.slug}.")
        for version in drafts:
            self.stdout.write(f"A draft of the {version.get_document_display()} is waiting: “{version.title}”.")
        self.stdout.write(f"Next: manage.py add_person --school {school.slug} --email … --name … --role leadership")


def draft_of_starter(school: School, document: str) -> PolicyVersion:
    path = settings.BASE_DIR / "content" / f"{document}.md"
    body = text_of(path)
    return publishing.draft(school=school, document=document, title=chosen_title(None, body, path), body=body)
