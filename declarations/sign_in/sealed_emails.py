"""E-mails with codes, links and notices of signing in. The outbox has them encrypted, so the database alone opens nobody's account."""

import datetime as dt
import json

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.mail import EmailMessage

from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.sign_in.sealing import EMAILS, keys


def queue(message: EmailMessage, *, is_code: bool, to: str, at: dt.datetime) -> None:
    """Queue a message to the person who has this address; if nobody has it, do the same work and queue nothing."""
    until = at + dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT) if is_code else None
    words = {"subject": str(message.subject), "body": str(message.body), "until": until.isoformat() if until else None}
    sealed = keys(EMAILS).encrypt(json.dumps(words).encode()).decode("ascii")
    person = Person.objects.select_related("school").exclude(email="").filter(email__iexact=to).first()
    school = (person.school if person and person.school else None) or School.objects.order_by("pk").first()
    if person is not None and school is not None:
        outbox.queue(Email.Kind.CODE, school=school, recipient=person, at=at, sealed=sealed)


def render(email: Email, at: dt.datetime) -> EmailMessage | None:
    """Decrypt a message; None if its code is too old, or its SECRET_KEY is gone."""
    try:
        words = json.loads(keys(EMAILS).decrypt(email.sealed.encode("ascii")))
    except InvalidToken:
        return None
    if words["until"] and at > dt.datetime.fromisoformat(words["until"]):
        return None
    return EmailMessage(subject=words["subject"], body=words["body"], to=[email.recipient])
