"""Sending what the outbox holds: at least once, whatever dies in between."""

import datetime as dt
import logging
from collections.abc import Callable
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from declarations.evidence.log import ErasedRecordError, MissingKeyError
from declarations.mail import compose
from declarations.mail.models import Email
from declarations.reminders import plan

logger = logging.getLogger(__name__)

# Longer than any sending takes; after a crash a letter waits this long.
LOCKED_FOR = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=1)
# An address that is refused for good is given up, but not at once: for an hour it may be the mail server that is set up wrongly.
WAITS_WHEN_REFUSED = (dt.timedelta(seconds=15), dt.timedelta(hours=1), dt.timedelta(hours=6), dt.timedelta(days=1))


def waiting() -> QuerySet[Email]:
    """Letters that are neither sent nor dropped."""
    return Email.objects.filter(sent_at__isnull=True, dropped_at__isnull=True)


def due(*, at: dt.datetime, most: int = 50) -> list[int]:
    """The letters that are due, oldest first: the numbers of at most so many, each for `send`."""
    return list(waiting().filter(not_before__lte=at).order_by("not_before", "id").values_list("pk", flat=True)[:most])


def late(*, at: dt.datetime, after: dt.timedelta) -> QuerySet[Email]:
    """The letters that could have gone for so long, or were tried in vain: something is in the way."""
    return waiting().filter(Q(attempts__gt=0) | Q(not_before__lt=at - after), written_at__lt=at - after)


def send(pk: int, *, at: dt.datetime) -> bool:
    """Sends one letter, if nobody else took it; whether it went. Several workers share the letters without sending twice.

    `at` is read anew for each letter: it says until when this worker holds it.
    """
    letter = waiting().select_related("school", "person").filter(pk=pk, not_before__lte=at).first()
    if letter is None:
        return False
    # The condition settles it: of two workers one takes the letter.
    mine = waiting().filter(pk=pk, not_before__lte=at, attempts=letter.attempts)
    if letter.kind == Email.Kind.REMINDER and (moment := plan.days_of(letter.school).next_moment(at)) > at:
        # Nobody is reminded at night, at a weekend or in the holidays, whenever the worker comes back.
        mine.update(not_before=moment)
        return False
    if letter.kind == Email.Kind.REMINDER and letter.person and letter.person.email not in {"", letter.recipient}:
        # Corrected since it was written: the new address has all its tries before it.
        letter.recipient, letter.attempts = letter.person.email, 0
    if not mine.update(not_before=at + LOCKED_FOR, attempts=letter.attempts + 1, recipient=letter.recipient):
        return False
    return try_to_send(letter, at=at)


def try_to_send(letter: Email, *, at: dt.datetime) -> bool:
    """Sends a letter and notes that it went, or what was in the way and when to try again."""
    mine = waiting().filter(pk=letter.pk)
    try:
        message = message_of(letter, at=at)
        if message is None:
            drop(letter, at=at)
            return False
        message.send()
    except (ObjectDoesNotExist, ErasedRecordError):
        logger.info("letter %s is not sent: what it tells of was erased meanwhile", letter.pk)
        drop(letter, at=at)
        return False
    # ValueError: an address that no mail can have. It must not keep the other letters from going.
    except (OSError, SMTPException, MissingKeyError, ValueError) as error:
        put_off(letter, error, at=at)
        return False
    mine.update(sent_at=at, error="")
    return True


def drop(letter: Email, *, at: dt.datetime, error: str = "") -> None:
    """Gives a letter up. What it would have reminded of was never said: if it is owed still, another day's letter says it."""
    with transaction.atomic():
        if waiting().filter(pk=letter.pk).update(dropped_at=at, error=error):
            letter.reminders.all().delete()


def put_off(letter: Email, error: Exception, *, at: dt.datetime) -> None:
    """Notes what was in the way; tries again later, less and less often, or gives up where the address is refused for good."""
    # The class and number of the trouble, not its words: a mail server may repeat the address in them.
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None) or ""
    words = f"{type(error).__name__} {code}".strip()
    if not is_for_good(error):
        wait = min(dt.timedelta(seconds=15) * 2 ** min(letter.attempts, 10), LONGEST_WAIT)
    elif letter.attempts < len(WAITS_WHEN_REFUSED):
        wait = WAITS_WHEN_REFUSED[letter.attempts]
    else:
        wait = None
    if wait is None:
        drop(letter, at=at, error=words)
    else:
        waiting().filter(pk=letter.pk).update(error=words, not_before=at + wait)
    logger.warning("letter %s could not be sent: %s %s", letter.pk, type(error).__name__, code)


def is_for_good(error: Exception) -> bool:
    """Whether this will never reach the address: the server says so (5xx for the recipient or the message), or it is none."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def message_of(letter: Email, *, at: dt.datetime) -> EmailMessage | None:
    """The letter as an e-mail, None if what it would tell is settled. A mail program shows a second copy as the same message."""
    with translation.override(settings.LANGUAGE_CODE), timezone.override(letter.school.zone):
        message = WRITERS[letter.kind](letter, at)
    if message is not None:
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        message.extra_headers["Message-ID"] = f"<letter-{letter.pk}@{host}>"
    return message


WRITERS: dict[str, Callable[[Email, dt.datetime], EmailMessage | None]] = {
    Email.Kind.RECEIPT: lambda letter, at: compose.receipt_of(letter, at=at),
    Email.Kind.CHECKPOINT: lambda letter, _at: compose.checkpoint_of(letter),
    Email.Kind.REMINDER: lambda letter, at: compose.reminder_of(letter, at=at),
    Email.Kind.DECISION: lambda letter, _at: compose.decision_of(letter),
    Email.Kind.REPLY: lambda letter, _at: compose.reply_of(letter),
    Email.Kind.ANSWER: lambda letter, _at: compose.answer_of(letter),
    Email.Kind.INVITATION: lambda letter, at: compose.invitation_of(letter, at=at),
}
