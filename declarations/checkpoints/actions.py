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
    """Makes each log's checkpoint of the day, and queues the week's e-mails; how many e-mails. Twice is like once."""
    queued = 0
    for school in School.objects.filter(log__isnull=False).order_by("pk"):
        newest = Checkpoint.objects.filter(log__school=school).order_by("-size").first()
        if newest is None or school.day_of(newest.made_at) < school.day_of(at):
            log.checkpoint(school=school, at=at)
        queued += queue_emails(school, at=at)
    return queued


def queue_emails(school: School, *, at: dt.datetime) -> int:
    """One e-mail for each recipient who had none for a week, all about the log as it stands."""
    with transaction.atomic():
        # Two workers in the same moment: the lock lets the second see what the first queued.
        Log.objects.select_for_update().get(school=school)
        recent = Email.objects.filter(school=school, kind=Email.Kind.CHECKPOINT, written_at__gt=at - WEEK)
        missing = sorted(set(school.checkpoint_recipients.split()) - set(recent.values_list("recipient", flat=True)))
        newest = log.checkpoint(school=school, at=at) if missing else None
        if newest is None:
            return 0
        for address in missing:
            outbox.queue(Email.Kind.CHECKPOINT, school=school, recipient=address, at=at, checkpoint=newest)
        return len(missing)
