"""Sending what the outbox holds: at least once, whatever dies in between."""

import datetime as dt
import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from declarations import issuing
from declarations.evidence import Erased, NoKey
from declarations.models import Checkpoint, Declaration, Letter

logger = logging.getLogger(__name__)

# Longer than any sending takes; after a crash a letter waits this long.
HELD = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=1)


def due(*, at: dt.datetime, most: int = 50) -> list[int]:
    """The letters that are due, oldest first: the numbers of at most so many, each for `send`."""
    waiting = Letter.objects.filter(sent_at__isnull=True, not_before__lte=at)
    return list(waiting.order_by("not_before", "id").values_list("pk", flat=True)[:most])


def send(pk: int, *, at: dt.datetime) -> bool:
    """Sends one letter, if nobody else took it; whether it went. Several workers share the letters without sending twice.

    `at` is read anew for each letter: it says until when this worker holds it.
    """
    letter = Letter.objects.select_related("school").filter(pk=pk, sent_at__isnull=True, not_before__lte=at).first()
    # The condition settles it: of two workers one takes the letter.
    if letter is None or not Letter.objects.filter(pk=pk, sent_at__isnull=True, not_before__lte=at, attempts=letter.attempts).update(
        not_before=at + HELD, attempts=letter.attempts + 1
    ):
        return False
    return try_to_send(letter, at=at)


def try_to_send(letter: Letter, *, at: dt.datetime) -> bool:
    """Sends a letter and notes that it went, or what was in the way and when to try again."""
    try:
        message_of(letter, at=at).send()
    except (Declaration.DoesNotExist, Checkpoint.DoesNotExist, Erased):
        logger.info("letter %s is not sent: what it tells of was erased meanwhile", letter.pk)
        return False
    # ValueError: an address that no mail can have. It must not keep the other letters from going.
    except (OSError, SMTPException, NoKey, ValueError) as trouble:
        wait = min(dt.timedelta(seconds=15) * 2 ** min(letter.attempts, 10), LONGEST_WAIT)
        # The class and number of the trouble, not its words: a mail server may repeat the address in them.
        code = getattr(trouble, "smtp_code", None) or getattr(trouble, "errno", None) or ""
        Letter.objects.filter(pk=letter.pk).update(not_before=at + wait, trouble=f"{type(trouble).__name__} {code}".strip())
        logger.warning("letter %s could not be sent: %s %s", letter.pk, type(trouble).__name__, code)
        return False
    Letter.objects.filter(pk=letter.pk, sent_at__isnull=True).update(sent_at=at, trouble="")
    return True


def message_of(letter: Letter, *, at: dt.datetime) -> EmailMessage:
    """The letter as an e-mail. Its Message-ID is its own: a mail program shows a second copy as the same message."""
    with translation.override(settings.LANGUAGE_CODE):
        message = receipt_of(letter, at=at) if letter.kind == Letter.Kind.RECEIPT else checkpoint_of(letter)
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    message.extra_headers["Message-ID"] = f"<letter-{letter.pk}@{host}>"
    return message


def receipt_of(letter: Letter, *, at: dt.datetime) -> EmailMessage:
    declaration = Declaration.objects.with_texts().select_related("school", "entry__log").get(letters=letter)
    pdf = issuing.issue(declaration=declaration, by=None, at=at)
    # Asked after the issue: the checkpoint that the certificate carries exists by now.
    covering = declaration.entry.log.checkpoints.filter(size__gt=declaration.entry.position).order_by("size")[0]
    link = settings.SITE_URL + reverse("certificate", args=[declaration.reference])
    message = EmailMessage(
        subject=_("Your declaration %(reference)s") % {"reference": declaration.reference},
        body=render_to_string("letters/receipt.txt", {"declaration": declaration, "checkpoint": covering, "link": link}),
        to=[letter.addressee],
    )
    message.attach(f"declaration-{declaration.reference}.pdf", pdf, "application/pdf")
    message.attach(f"checkpoint-{covering.size}.txt", covering.note, "text/plain")
    return message


def checkpoint_of(letter: Letter) -> EmailMessage:
    checkpoint = Checkpoint.objects.get(letters=letter)
    keys = settings.SITE_URL + reverse("evidence_keys")
    message = EmailMessage(
        subject=_("Please keep: checkpoint %(size)d of %(school)s") % {"size": checkpoint.size, "school": letter.school.name},
        body=render_to_string("letters/checkpoint.txt", {"school": letter.school, "checkpoint": checkpoint, "keys": keys}),
        to=[letter.addressee],
    )
    message.attach(f"checkpoint-{checkpoint.size}.txt", checkpoint.note, "text/plain")
    return message
