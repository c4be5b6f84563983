"""Sending what the outbox holds: at least once, whatever dies in between."""

import datetime as dt
import logging
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from declarations.common import lease
from declarations.common.errors import NotReadyError
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web import registry
from declarations.web.capability import EmailKind

logger = logging.getLogger(__name__)

# Somebody waits at the screen for a code: it stands in front of all that has been due for less than a day.
AHEAD = dt.timedelta(days=1)
LONGEST_WAIT = dt.timedelta(hours=1)
# An address that is refused for good is given up, but not at once: for an hour it may be the mail server that is set up wrongly.
WAITS_WHEN_REFUSED = (dt.timedelta(seconds=15), dt.timedelta(hours=1), dt.timedelta(hours=6), dt.timedelta(days=1))


def waiting() -> QuerySet[Email]:
    """E-mails that are neither sent nor dropped."""
    return Email.objects.filter(sent_at__isnull=True, dropped_at__isnull=True)


def due(*, at: dt.datetime, most: int = 50) -> list[int]:
    """The e-mails that are due, oldest first: the numbers of at most so many, each for `send`."""
    return list(waiting().filter(not_before__lte=at).order_by("not_before", "id").values_list("pk", flat=True)[:most])


def late(*, at: dt.datetime, after: dt.timedelta) -> QuerySet[Email]:
    """The e-mails that could have gone for so long, or were tried in vain: something is in the way."""
    return waiting().filter(Q(attempts__gt=0) | Q(not_before__lt=at - after), written_at__lt=at - after)


def queue(kind: Email.Kind, *, school: School, recipient: Person | str, at: dt.datetime, **about: Any) -> None:
    """Puts an e-mail into the outbox; none for a person without an address. `about` is what it tells of: `declaration=…`."""
    address, person = (recipient, None) if isinstance(recipient, str) else (recipient.email, recipient)
    not_before = at - AHEAD if kind == Email.Kind.CODE else at
    if address:
        Email.objects.create(kind=kind, school=school, recipient=address, person=person, written_at=at, not_before=not_before, **about)


def send(pk: int, *, at: dt.datetime) -> bool:
    """Sends one e-mail, if nobody else took it; whether it went. Several workers share the e-mails without sending twice.

    `at` is read anew for each e-mail: it says until when this worker holds it.
    """
    email = waiting().select_related("school", "person").filter(pk=pk, not_before__lte=at).first()
    if email is None:
        return False
    kind, unchanged = kind_of(email), waiting().filter(pk=pk, attempts=email.attempts)
    if kind.next_moment and (moment := kind.next_moment(email.school, at)) > at:
        # Whenever the worker comes back, nobody is written to at a moment at which they should be left alone.
        unchanged.filter(not_before__lte=at).update(not_before=moment)
        return False
    if kind.follows_person and email.person and email.person.email not in {"", email.recipient}:
        # Corrected since it was queued: the new address has all its tries before it.
        email.recipient, email.attempts = email.person.email, 0
    tried = {"attempts": email.attempts + 1, "recipient": email.recipient}
    return lease.take(unchanged, at=at, lasts=lease.FOR_AN_EMAIL, column="not_before", **tried) and try_to_send(email, at=at)


def try_to_send(email: Email, *, at: dt.datetime) -> bool:
    """Sends an e-mail and notes that it went, or what was in the way and when to try again."""
    try:
        message = message_of(email, at=at)
        if message is not None:
            message.send()
    except ObjectDoesNotExist:
        message = None
    # ValueError: an address that no mail can have. It must not keep the other e-mails from going.
    except (OSError, SMTPException, NotReadyError, ValueError) as error:
        put_off(email, error, at=at)
        return False
    if message is None:
        logger.info("e-mail %s is not sent: what it tells of was settled or erased meanwhile", email.pk)
        drop(email, at=at)
        return False
    waiting().filter(pk=email.pk).update(sent_at=at, error="", sealed="")
    return True


def drop(email: Email, *, at: dt.datetime, error: str = "") -> None:
    """Gives an e-mail up. What it would have reminded of was never said: if it is owed still, another day's e-mail says it."""
    with transaction.atomic():
        if waiting().filter(pk=email.pk).update(dropped_at=at, error=error, sealed=""):
            email.reminders.all().delete()


def put_off(email: Email, error: Exception, *, at: dt.datetime) -> None:
    """Notes what was in the way; tries again later, less and less often, or gives up where the address is refused for good."""
    # The class and number of the trouble, not its words: a mail server may repeat the address in them.
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None) or ""
    words = f"{type(error).__name__} {code}".strip()
    if not is_for_good(error):
        wait = min(dt.timedelta(seconds=15) * 2 ** min(email.attempts, 10), LONGEST_WAIT)
    elif email.attempts < len(WAITS_WHEN_REFUSED):
        wait = WAITS_WHEN_REFUSED[email.attempts]
    else:
        wait = None
    if wait is None:
        drop(email, at=at, error=words)
    else:
        waiting().filter(pk=email.pk).update(error=words, not_before=at + wait)
    logger.warning("e-mail %s could not be sent: %s %s", email.pk, type(error).__name__, code)


def is_for_good(error: Exception) -> bool:
    """Whether this will never reach the address: the server says so (5xx for the recipient or the message), or it is none."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def kind_of(email: Email) -> EmailKind:
    """What the room that this e-mail belongs to has registered for its kind."""
    return next(kind for kind in registry.every(lambda capability: capability.emails) if kind.name == email.kind)


def message_of(email: Email, *, at: dt.datetime) -> EmailMessage | None:
    """The e-mail as it is sent, None if there is nothing to tell any more. A mail program shows a second copy as the same message."""
    with translation.override(settings.LANGUAGE_CODE), timezone.override(email.school.zone):
        message = kind_of(email).render(email, at)
    if message is not None:
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        message.extra_headers["Message-ID"] = f"<letter-{email.pk}@{host}>"
    return message
