"""The e-mail that invites somebody to sign in for the first time."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from declarations.mail.compose import EXAMPLE_NAME, link, preview, written
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.sign_in import invitations, sealed_emails
from declarations.sign_in.models import Invitation
from declarations.web.capability import EmailKind, EmailPreview


def render(email: Email, at: dt.datetime) -> EmailMessage | None:
    """Write the invitation; None if its link no longer opens anything, or the person has another e-mail address by now."""
    invitation = Invitation.objects.select_related("person").get(emails=email)
    person, secret = invitation.person, invitations.secret_of(invitation)
    is_open = invitations.open_invitation(secret=secret, at=at) is not None and person.email.lower() == email.recipient.lower()
    return message(invitation, secret=secret, school=email.school, to=email.recipient) if is_open else None


def message(invitation: Invitation, *, secret: str, school: School, to: str) -> EmailMessage:
    context = {
        "person": invitation.person,
        "invitation": invitation,
        "school": school,
        "link": link("welcome", secret),
        "sign_in": link("account_request_login_code"),
    }
    return written(_("Your invitation: %(school)s") % {"school": school.name}, "sign_in/email/invitation.txt", context, to=to)


def previews(school: School, at: dt.datetime) -> Iterator[EmailPreview]:
    invitation = Invitation(person=Person(full_name=str(EXAMPLE_NAME)), expires_at=at + invitations.LIVES)
    yield preview(
        _("At once, when somebody is invited to come in for the first time"),
        message(invitation, secret="X" * 8, school=school, to=""),
    )


def previews_of_codes(_school: School, _at: dt.datetime) -> Iterator[EmailPreview]:
    subject = render_to_string("account/email/login_code_subject.txt").strip()
    body = render_to_string("account/email/login_code_message.txt", {"code": "XXXX-XXXX", "site_url": settings.SITE_URL})
    yield preview(_("At once, when somebody asks for a code to sign in"), EmailMessage(subject=subject, body=body))


EMAILS = (
    EmailKind(name=Email.Kind.CODE, render=sealed_emails.render, previews=previews_of_codes, order=8),
    EmailKind(name=Email.Kind.INVITATION, render=render, previews=previews, order=10),
)
