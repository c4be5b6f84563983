"""The worker's part in a test: codes, links and notices are sent."""

from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from declarations.mail import outbox
from declarations.mail.models import Email


def delivered() -> list[EmailMessage]:
    """All that was sent, after what waits of signing in has gone."""
    for pk in Email.objects.filter(kind="code", sent_at=None, dropped_at=None).order_by("pk").values_list("pk", flat=True):
        outbox.send(pk, at=timezone.now())
    return mail.outbox
