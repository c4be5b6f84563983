"""Checkpoints in hands outside IT: a log that only the school's own machine knows proves nothing against its owner."""

import datetime as dt

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from declarations.evidence import log
from declarations.evidence.models import Checkpoint, Log
from declarations.mail.models import Email
from declarations.organisation.models.school import School

WEEK = dt.timedelta(days=7)
# A day later than a week: a Monday's letter that goes on Tuesday is no alarm.
TOO_OLD = dt.timedelta(days=8)


class CheckpointStatus(models.TextChoices):
    """What the admin's front page says of custody."""

    GREEN = "green", _("Checkpoints are kept outside: the last went out in time.")
    AMBER = "amber", _("The last checkpoint that went outside is older than eight days.")
    NOBODY = "nobody", _("Nobody outside IT is sent checkpoints yet: name them in the school's settings.")


def light(*, school: School, at: dt.datetime) -> tuple[CheckpointStatus, dt.datetime | None]:
    """Whether somebody outside was sent a checkpoint in the last eight days, and when the last was sent."""
    last = Email.objects.filter(school=school, kind=Email.Kind.CHECKPOINT).aggregate(last=Max("sent_at"))["last"]
    if not school.checkpoint_recipients.split():
        return CheckpointStatus.NOBODY, last
    return (CheckpointStatus.GREEN if last is not None and at - last <= TOO_OLD else CheckpointStatus.AMBER), last


def keep(*, at: dt.datetime) -> int:
    """Makes each log's checkpoint of the day, and writes the week's letters; how many letters. Twice is like once."""
    written = 0
    for school in School.objects.filter(log__isnull=False).order_by("pk"):
        newest = Checkpoint.objects.filter(log__school=school).order_by("-size").first()
        if newest is None or school.day_of(newest.made_at) < school.day_of(at):
            log.checkpoint(school=school, at=at)
        written += write_letters(school, at=at)
    return written


def write_letters(school: School, *, at: dt.datetime) -> int:
    """One letter for each custodian who had none for a week, all about the log as it stands."""
    with transaction.atomic():
        # Two workers in the same moment: the lock lets the second see what the first wrote.
        Log.objects.select_for_update().get(school=school)
        recent = Email.objects.filter(school=school, kind=Email.Kind.CHECKPOINT, written_at__gt=at - WEEK)
        missing = sorted(set(school.checkpoint_recipients.split()) - set(recent.values_list("recipient", flat=True)))
        newest = log.checkpoint(school=school, at=at) if missing else None
        if newest is None:
            return 0
        Email.objects.bulk_create(
            Email(school=school, kind=Email.Kind.CHECKPOINT, recipient=to, checkpoint=newest, written_at=at, not_before=at)
            for to in missing
        )
        return len(missing)
