"""What the dashboard says about e-mails that have not gone out."""

import datetime as dt

from django.http import HttpRequest

from declarations.mail import outbox
from declarations.web.admin_base import context_of
from declarations.web.capability import Context

# An e-mail goes out in seconds; after this something is in the way.
LATE_AFTER = dt.timedelta(minutes=10)


def late_emails(request: HttpRequest) -> Context | None:
    school = context_of(request).school
    number = outbox.late(at=context_of(request).at, after=LATE_AFTER).filter(**({"school": school} if school else {})).count()
    return {"late_emails": number} if number else None
