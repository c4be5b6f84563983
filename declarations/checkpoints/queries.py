"""Whether checkpoints go to people outside in time."""

import datetime as dt

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from declarations.mail.models import Email
from declarations.organisation.models.school import School

# A day later than a week: a Monday's e-mail that goes on Tuesday is no alarm.
TOO_OLD = dt.timedelta(days=8)


class CheckpointStatus(models.TextChoices):
    """What the dashboard says of the checkpoints of a school."""

    GREEN = "green", _("Checkpoints are kept outside: the last went out in time.")
    AMBER = "amber", _("The last checkpoint that went outside is older than eight days.")
    NOBODY = "nobody", _("Nobody outside IT is sent checkpoints yet: name them in the school's settings.")


def checkpoint_status(*, school: School, at: dt.datetime) -> tuple[CheckpointStatus, dt.datetime | None]:
    """Whether somebody outside was sent a checkpoint in the last eight days, and when the last was sent."""
    last = Email.objects.filter(school=school, kind=Email.Kind.CHECKPOINT).aggregate(last=Max("sent_at"))["last"]
    if not school.checkpoint_recipients.split():
        return CheckpointStatus.NOBODY, last
    return (CheckpointStatus.GREEN if last is not None and at - last <= TOO_OLD else CheckpointStatus.AMBER), last
