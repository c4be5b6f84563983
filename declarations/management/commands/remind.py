"""`manage.py remind [--dry-run] [--on DATE] [--school SLUG]`: writes today's reminders, or says who would get which on a day, and why."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from declarations.management.arguments import day, school_called
from declarations.organisation.models.school import School
from declarations.organisation.school_days import FROM
from declarations.reminders import plan
from declarations.reminders.schedule import Stage

WHAT = {
    "permission": "permission {} ends within two weeks",
    "left": "leadership: who has not signed what was due on {}",
    "review": "leadership: the review of text {} is overdue",
}
STAGES = {
    Stage.OPENS: "which can be signed now",
    Stage.WEEK_BEFORE: "due in a week",
    Stage.DUE: "due on the day",
    Stage.THREE_AFTER: "three days late",
    Stage.WEEK_AFTER: "seven days late",
}


class Command(BaseCommand):
    help = (
        "Writes the reminders of the day now; the worker does it by itself each morning. With --dry-run writes nothing, and lists "
        "who would get what and why, and who cannot be reached, today or on another day as things stand now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="write nothing, say who would get what")
        parser.add_argument("--on", type=day, metavar="DATE", help="on that day, as 2027-09-08; only with --dry-run")
        parser.add_argument("--school", metavar="SLUG", help="only this school")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        if options["on"] and not options["dry_run"]:
            raise CommandError("--on goes with --dry-run: letters are written for today alone.")
        at = timezone.now()
        schools = [school_called(options["school"])] if options["school"] else list(School.objects.order_by("slug"))
        for school in schools:
            if options["dry_run"]:
                self.tell(school, at=dt.datetime.combine(options["on"], FROM, school.zone) if options["on"] else at)
            else:
                self.stdout.write(f"{school.slug}: {plan.queue(school, at=at)} letter(s) written.")

    def tell(self, school: School, *, at: dt.datetime) -> None:
        days = plan.days_of(school)
        there = plan.when(school, days, at=at)
        if there is None:
            following = school.day_of(days.next_moment(at))
            self.stdout.write(f"{school.slug}, {school.day_of(at)}: no school. The next school day is {following}.")
            return
        on, _moment = there
        planned = plan.plan(school, on=on, days=days, at=at)
        self.stdout.write(f"{school.slug}, {on}: {len(planned.items)} would get a letter, {len(planned.unreachable)} cannot be reached.")
        for person, keys in planned.items.items():
            self.stdout.write(f"  {person.full_name} <{person.email}>: {'; '.join(in_words(key) for key in keys)}")
        for person, why in planned.unreachable.items():
            self.stdout.write(f"  not {person.full_name}: {why.label}")


def in_words(key: str) -> str:
    """Say why somebody is reminded, from the key of the occasion, such as `year 2026 due`."""
    kind, name, *rest = key.split(" ", 2)
    if kind in WHAT:
        return WHAT[kind].format(name)
    what = f"declaration of the school year {name}" if kind == "year" else f"new text (number {name} of the table of versions)"
    return f"{what}, {STAGES[Stage(rest[0])]}"
