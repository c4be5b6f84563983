"""manage.py export_evidence --school SLUG --out FILE.zip"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from declarations.evidence import consistency, export, reconcile
from declarations.evidence import log as evidence
from declarations.evidence.models import Log


class Command(BaseCommand):
    help = "Writes a school's whole evidence log into one ZIP file, for the offline verifier."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, help="the school's slug")
        parser.add_argument("--out", required=True, type=Path, help="the file to write; it must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        log = Log.objects.select_related("school").filter(school__slug=options["school"]).first()
        if log is None:
            known = ", ".join(Log.objects.order_by("school__slug").values_list("school__slug", flat=True)) or "none"
            raise CommandError(f"There is no evidence log of a school “{options['school']}”. There are: {known}.")
        try:
            count = export.export(log=log, path=options["out"], at=timezone.now())
        except evidence.MissingKeyError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}") from error
        self.stdout.write(f"{options['out']}: {count} entries of {log.origin}.")
        with consistency.snapshot():
            differences = list(reconcile.differences(log=log))
        for difference in differences:
            self.stdout.write(difference)
        if differences:
            raise CommandError(
                f"The file is written, and the log is not as it was signed: {len(differences)} differences, see docs/evidence.md."
            )
