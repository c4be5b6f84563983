"""The e-mail with a checkpoint, for whoever keeps it."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from declarations.evidence.models import Checkpoint
from declarations.mail.compose import link, preview
from declarations.mail.models import Email
from declarations.organisation.models.school import School
from declarations.web.capability import EmailKind, EmailPreview


def render(email: Email, _at: dt.datetime) -> EmailMessage:
    checkpoint = Checkpoint.objects.get(emails=email)
    message = checkpoint_message(checkpoint, school=email.school, keys=link("evidence_keys"), to=email.recipient)
    message.attach(f"checkpoint-{checkpoint.size}.txt", checkpoint.note, "text/plain")
    return message


def checkpoint_message(checkpoint: Checkpoint, *, school: School, keys: str, to: str) -> EmailMessage:
    """Without what is attached; `keys` is the address of the public keys."""
    return EmailMessage(
        subject=_("Please keep: checkpoint %(size)d of %(school)s") % {"size": checkpoint.size, "school": school.name},
        body=render_to_string("checkpoints/email/checkpoint.txt", {"school": school, "checkpoint": checkpoint, "keys": keys}),
        to=[to],
    )


def previews(school: School, _at: dt.datetime) -> Iterator[EmailPreview]:
    """The lines of a real checkpoint stand where the dots are."""
    checkpoint = Checkpoint(size=42, note="…\n")
    message = checkpoint_message(checkpoint, school=school, keys=settings.SITE_URL, to="")
    yield preview(_("Each week, to whoever keeps the checkpoints"), message)


EMAILS = (EmailKind(name=Email.Kind.CHECKPOINT, render=render, previews=previews, order=70),)
