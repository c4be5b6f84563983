"""manage.py retention [--school SLUG] [--dry-run]"""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from declarations.management import vacuum
from declarations.management.arguments import school_called
from declarations.organisation.models.school import School
from declarations.privacy import erasure, retention


class Command(BaseCommand):
    help = (
        "Disposes of what each school keeps no longer (docs/privacy.md), of the trust's own people too; "
        "never of people whom a legal hold keeps back. Look first: --dry-run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--school", metavar="SLUG", help="of this school alone")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        schools = [school_called(options["school"])] if options["school"] else [*School.objects.order_by("slug"), None]
        for school in schools:
            at = timezone.now()
            self.tell(school, at)
            if not options["dry_run"]:
                retention.carry_out(school=school, by=None, at=at)
        if options["dry_run"]:
            self.stdout.write("Nothing has been disposed of. To do it, leave --dry-run out.")
        else:
            vacuum.vacuum(self.stdout)

    def tell(self, school: School | None, at: dt.datetime) -> None:
        """Print what is due, who goes with all they have, and which texts that stay name those people."""
        self.stdout.write(school.name if school else "The trust's own people")
        kinds = retention.preview(school=school, at=at)
        for due in kinds:
            if due.rows or due.held:
                kept_back = f"; {due.held} held back" if due.held else ""
                self.stdout.write(f"  {due.rows} {due.kind.label} (older than {due.before_on}){kept_back}")
        if not any(due.rows for due in kinds):
            self.stdout.write("  nothing is due")
        for person in retention.people_due(school=school, at=at):
            self.stdout.write(f"  {person.full_name}, left on {person.leaves_on}")
            for place in erasure.elsewhere(person):
                self.stdout.write(f"    named in a text that stays, look there yourself: {place}")
