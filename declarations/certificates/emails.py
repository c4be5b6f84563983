"""The receipt: an e-mail that brings the signer their certificate and the checkpoint that covers it."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from declarations.certificates import issue
from declarations.evidence.log import ErasedRecordError
from declarations.evidence.models import Checkpoint
from declarations.mail.compose import EXAMPLE_NAME, link, preview
from declarations.mail.models import Email
from declarations.organisation.models.school import School
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.paper import PaperSignature
from declarations.web.capability import EmailKind, EmailPreview


def render(email: Email, at: dt.datetime) -> EmailMessage | None:
    """Write the receipt, with both files attached; None if the declaration's record has been erased since. Raises MissingKeyError."""
    declaration = Declaration.objects.with_texts().select_related("school", "entry__log").get(emails=email)
    try:
        pdf = issue.issue(declaration=declaration, by=None, at=at)
    except ErasedRecordError:
        return None
    # We look it up after the issue, because issuing signs the checkpoint that the certificate carries.
    covering = declaration.entry.log.checkpoints.filter(size__gt=declaration.entry.position).order_by("size")[0]
    message = receipt(declaration, covering, address=link("certificate", declaration.reference), to=email.recipient)
    message.attach(f"declaration-{declaration.reference}.pdf", pdf, "application/pdf")
    message.attach(f"checkpoint-{covering.size}.txt", covering.note, "text/plain")
    return message


def receipt(declaration: Declaration, checkpoint: Checkpoint, *, address: str, to: str) -> EmailMessage:
    """Write the receipt without its attachments; `address` is the page of the declaration."""
    return EmailMessage(
        subject=_("Your declaration %(reference)s") % {"reference": declaration.reference},
        body=render_to_string("certificates/email/receipt.txt", {"declaration": declaration, "checkpoint": checkpoint, "link": address}),
        to=[to],
    )


def previews(school: School, at: dt.datetime) -> Iterator[EmailPreview]:
    """Show both receipts with invented facts; "…" stands where a real e-mail has the lines of the checkpoint."""
    on = school.day_of(at)
    facts = {
        "reference": "XXXX-XXXX-XXXX-XXXX",
        "person_name": str(EXAMPLE_NAME),
        "school": school,
        "school_name": school.name,
        "signed_on": on,
        "lapses_on": school.year(on=on).lapses_on,
    }
    on_screen, on_paper = Declaration(**facts), Declaration(**facts)
    PaperSignature(declaration=on_paper)
    for when, declaration in (
        (_("At once, to whoever has signed, with the certificate"), on_screen),
        (_("The same, to whoever has signed on paper, when it is entered"), on_paper),
    ):
        yield preview(when, receipt(declaration, Checkpoint(size=42, note="…\n"), address=settings.SITE_URL, to=""))


EMAILS = (EmailKind(name=Email.Kind.RECEIPT, render=render, previews=previews, order=60),)
