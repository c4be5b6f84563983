"""manage.py import_people --school SLUG FILE [--dry-run] [--many-leave]: imports a staff list every night, with nobody looking on.

Exit code 0: done, or nothing to do. 1: nothing was done, and the last line says why. 3: done, except for rows that need a person.
"""

import logging
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from declarations.common.errors import RefusedError, UnreadableFileError
from declarations.common.spreadsheets.tables import MOST_BYTES
from declarations.evidence.log import MissingKeyError
from declarations.management.arguments import school_called
from declarations.organisation.models.school import School
from declarations.staff_lists import compare, files, import_list
from declarations.staff_lists.plan import WHY, Plan

logger = logging.getLogger(__name__)
DONE_IN_PART = 3


class Command(BaseCommand):
    help = (
        "Imports a staff list (CSV or XLSX), as a whole or not at all, with the columns chosen in the admin the last time, or guessed. "
        "What opens something that was closed, and who may be somebody else, is left for a person to import in the admin."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", required=True, help="the school's slug, such as hillside")
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        parser.add_argument("--many-leave", action="store_true", help="yes, more than one person in five leaves")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        school, at = school_called(options["school"]), timezone.now()
        try:
            with options["file"].open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except ValueError as error:
            raise CommandError("There is no file with this name.") from error
        try:
            if options["dry_run"]:
                before = import_list.columns_of_last(school)
                opened = files.opened(content, chosen=before)
                choices = compare.choices_for(opened, before=before)
                plan = compare.plan(school=school, file=opened, choices=choices, on=school.day_of(at), by=None)
            else:
                plan = import_list.import_file(school=school, content=content, at=at, many_leave=options["many_leave"])
        except (RefusedError, UnreadableFileError, MissingKeyError) as refused:
            logger.warning("import for %s: not done", school.slug)
            raise CommandError(str(refused)) from refused
        self.tell(plan, school=school, is_dry=options["dry_run"])

    def tell(self, plan: Plan, *, school: School, is_dry: bool) -> None:
        """Print counts, and row numbers with reasons; no names, because this goes into the log of a nightly job."""
        counts = ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in plan.counts.items() if number) or "nobody"
        logger.info("import for %s: %s%s", school.slug, counts, " (dry run)" if is_dry else "")
        self.stdout.write(f"{'Would be: ' if is_dry else ''}{counts}")
        for line in plan.of("refused", "duplicate", "left_out"):
            rows = f"row {', '.join(str(row) for row in line.rows)}" if line.rows else f"person {line.person_id}"
            self.stdout.write(f"{rows}: {WHY.get(line.code, line.code)}")
        for oddity in plan.oddities:
            self.stdout.write(str(oddity))
        if plan.unused:
            self.stdout.write(f"columns that are not used: {', '.join(plan.unused)}")
        if is_dry and plan.many_leave:
            self.stdout.write(
                f"{len(plan.leaving)} of the {plan.here} people whom the list is about would leave now or within 60 days "
                f"({plan.percent} %): only with --many-leave."
            )
        if plan.of("refused", "duplicate", "left_out"):
            raise CommandError("Some rows need a person: see above, and import the list in the admin.", returncode=DONE_IN_PART)
