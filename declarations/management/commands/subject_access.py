"""manage.py subject_access --person E-MAIL|NUMBER FILE"""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from declarations.management.arguments import person_called
from declarations.organisation.models.person import Person
from declarations.privacy.subject_access import archive


class Command(BaseCommand):
    help = "Writes all that is kept about one person into a new ZIP file (docs/privacy.md); that it was made goes into the evidence log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--person", metavar="E-MAIL|NUMBER", required=True, help="the number stands in the address of their page")
        parser.add_argument("file", type=Path, help="where to write it: a file that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        person = Person.objects.select_related("school").filter(person_called(options["person"])).first()
        if person is None:
            raise CommandError(f"There is nobody with this e-mail address or number: {options['person']}")
        try:
            # Only the user who runs the command can read the file, and no other file is overwritten.
            handle = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be written: {error.strerror}") from error
        with os.fdopen(handle, "wb") as file:
            file.write(archive.answer(person=person, by=None, at=timezone.now()))
        self.stdout.write(f"{options['file']}: read its free texts before it is handed over; README.txt in it lists them.")
