"""The e-mails about a response: somebody wants to talk first or declines, and is answered.

None holds the words themselves: they may be about somebody's health, and e-mail is read over shoulders and forwarded.
"""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from declarations.mail.compose import EXAMPLE_NAME, link, preview, written
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.models.response import Response
from declarations.web.capability import EmailKind, EmailPreview


def render_response(email: Email, _at: dt.datetime) -> EmailMessage | None:
    """None if somebody has answered meanwhile."""
    response = Response.objects.select_related("person").get(emails=email)
    if response.answered_at is not None or email.person is None:
        return None
    return response_message(response, name=email.person.full_name, to=email.recipient)


def response_message(response: Response, *, name: str, to: str) -> EmailMessage:
    context = {"response": response, "name": name, "link": link("admin:declarations_response_change", response.pk)}
    subject = _("%(person)s waits for your answer") % {"person": response.person.full_name}
    return written(subject, "signing/email/response.txt", context, to=to)


def response_previews(_school: School, _at: dt.datetime) -> Iterator[EmailPreview]:
    for when, kind in (
        (_("To whom the school names, when somebody wants to talk first"), Response.Kind.TALK),
        (_("To whom the school names, when somebody declines"), Response.Kind.DECLINE),
    ):
        yield preview(when, response_message(example(kind), name=_("Alex Example"), to=""))


def render_answer(email: Email, _at: dt.datetime) -> EmailMessage:
    return answer_message(Response.objects.select_related("person", "answered_by").get(emails=email), to=email.recipient)


def answer_message(response: Response, *, to: str) -> EmailMessage:
    context = {"response": response, "name": response.person.full_name, "link": f"{settings.SITE_URL}/"}
    return written(_("You have an answer"), "signing/email/answer.txt", context, to=to)


def answer_previews(_school: School, _at: dt.datetime) -> Iterator[EmailPreview]:
    answered = example(Response.Kind.TALK)
    yield preview(_("To whoever wanted to talk or declined, when there is an answer"), answer_message(answered, to=""))


def example(kind: Response.Kind) -> Response:
    return Response(pk=1, person=Person(full_name=str(EXAMPLE_NAME)), kind=kind, answered_by=Person(full_name=_("Alex Example")))


EMAILS = (
    EmailKind(name=Email.Kind.REPLY, render=render_response, previews=response_previews, order=40),
    EmailKind(name=Email.Kind.ANSWER, render=render_answer, previews=answer_previews, order=50),
)
