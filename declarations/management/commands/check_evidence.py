"""manage.py check_evidence [--school SLUG]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from declarations.evidence import log as evidence
from declarations.evidence import reconcile
from declarations.evidence.models import Log
from declarations.organisation.models.school import School


class Command(BaseCommand):
    help = "Recomputes the evidence logs and compares them with the tables, both ways; names each difference and exits with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", help="only this school (its slug)")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        logs = Log.objects.select_related("school").order_by("school__slug")
        if options["school"]:
            logs = logs.filter(school__slug=options["school"])
            if not logs:
                raise CommandError(f"There is no evidence log of a school “{options['school']}”.")
        differences = 0
        for log in logs:
            # What is signed while the check runs is not a difference.
            with evidence.snapshot():
                sentences = list(reconcile.differences(log=log))
                size = log.entries.count()
            differences += len(sentences)
            for sentence in sentences:
                self.stdout.write(f"{log.school.slug}: {sentence}")
            self.stdout.write(f"{log.school.slug}: {size} entries, {len(sentences) or 'no'} difference{'' if len(sentences) == 1 else 's'}")
        for school in School.objects.filter(log__isnull=True).order_by("slug") if not options["school"] else []:
            for sentence in reconcile.without_log(school=school):
                differences += 1
                self.stdout.write(f"{school.slug}: {sentence}")
        if differences:
            raise CommandError(f"{differences} difference{'' if differences == 1 else 's'}: see docs/evidence.md.")
