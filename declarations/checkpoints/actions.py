"""Making checkpoints, and sending them to the recipients whom the school names."""

import datetime as dt

from django.db import transaction

from declarations.evidence import log
from declarations.evidence.models import Checkpoint, Log
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.school import School

WEEK = dt.timedelta(days=7)


def make_and_queue(*, at: dt.datetime) -> int:
    """Makes each log's checkpoint of the day, and queues the week's e-mails; how many e-mails. Twice is like once.

    Raises BrokenLogError if a log is not what was signed of it, after all others had theirs.
    """
    queued, broken = 0, None
    for school in School.objects.filter(log__isnull=False).order_by("pk"):
        newest = Checkpoint.objects.filter(log__school=school).order_by("-size").first()
        try:
            if newest is None or school.day_of(newest.made_at) < school.day_of(at):
                log.checkpoint(school=school, at=at)
            queued += queue_emails(school, at=at)
        except log.BrokenLogError as error:
            broken = error
    if broken is not None:
        raise broken
    return queued


def queue_emails(school: School, *, at: dt.datetime) -> int:
    """One e-mail for each recipient who had none for a week, all about the log as it stands."""
    newest = log.checkpoint(school=school, at=at) if without_recent(school, at=at) else None
    if newest is None:
        return 0
    with transaction.atomic():
        # Two workers in the same moment: the lock lets the second see what the first queued.
        Log.objects.select_for_update().get(school=school)
        missing = without_recent(school, at=at)
        for address in missing:
            outbox.queue(Email.Kind.CHECKPOINT, school=school, recipient=address, at=at, checkpoint=newest)
        return len(missing)


def without_recent(school: School, *, at: dt.datetime) -> list[str]:
    recent = Email.objects.filter(school=school, kind=Email.Kind.CHECKPOINT, written_at__gt=at - WEEK)
    return sorted(set(school.checkpoint_recipients.split()) - set(recent.values_list("recipient", flat=True)))
