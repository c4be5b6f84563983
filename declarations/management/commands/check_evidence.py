"""manage.py check_evidence [--school SLUG [--restored REASON]]"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from declarations.common.errors import NotReadyError
from declarations.evidence import consistency, reconcile, restore
from declarations.evidence.models import Log
from declarations.organisation.models.school import School


class Command(BaseCommand):
    help = "Recomputes the evidence logs and compares them with the tables, both ways; names each difference and exits with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", help="only this school (its slug)")
        parser.add_argument(
            "--restored",
            metavar="REASON",
            help="first take this school's log up again from a backup that was restored; an entry of the log says why",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        logs = Log.objects.select_related("school").order_by("school__slug")
        if options["school"]:
            logs = logs.filter(school__slug=options["school"])
            if not logs:
                raise CommandError(f"There is no evidence log of a school “{options['school']}”.")
        if options["restored"] is not None:
            self.take_up_again(logs, str(options["restored"]).strip(), options["school"])
        differences = sum(self.differences_of(log) for log in logs)
        for sentence in reconcile.impossible_rows():
            differences += 1
            self.stdout.write(f"database: {sentence}")
        for school in School.objects.filter(log__isnull=True).order_by("slug") if not options["school"] else []:
            for sentence in reconcile.without_log(school=school):
                differences += 1
                self.stdout.write(f"{school.slug}: {sentence}")
        if differences:
            raise CommandError(f"{differences} difference{'' if differences == 1 else 's'}: see docs/evidence.md.")

    def differences_of(self, log: Log) -> int:
        # One moment for the whole check, so that what is signed while it runs is no difference.
        with consistency.snapshot():
            sentences = list(reconcile.differences(log=log))
            size = log.entries.count()
        for sentence in sentences:
            self.stdout.write(f"{log.school.slug}: {sentence}")
        self.stdout.write(f"{log.school.slug}: {size} entries, {len(sentences) or 'no'} difference{'' if len(sentences) == 1 else 's'}")
        return len(sentences)

    def take_up_again(self, logs: Any, reason: str, slug: str | None) -> None:
        if not slug or not reason:
            raise CommandError("--restored wants --school, and the reason in words: it stands in the log for good.")
        try:
            restore.take_up_again(school=logs.get().school, reason=reason, at=timezone.now())
        except NotReadyError as error:
            raise CommandError(f"The log is not taken up again: {error}. See docs/evidence.md.") from error
