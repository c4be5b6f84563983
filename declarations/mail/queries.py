"""Whom e-mail does not reach."""

import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

# An address that refused is tried again after this, or once it is corrected: it may have been the mail server's fault.
REFUSED_FOR = dt.timedelta(days=60)


class Unreachable(models.TextChoices):
    """Why somebody gets no e-mail."""

    NO_ADDRESS = "no_address", _("no e-mail address")
    REFUSED = "refused", _("their address refuses e-mail")


def refused(school: School, *, at: dt.datetime) -> set[str]:
    """The addresses of the school's people that refused an e-mail for good lately, and have taken none since."""
    given_up = Email.objects.filter(school=school, dropped_at__gt=at - REFUSED_FOR).exclude(error="")
    since = Email.objects.filter(school=school, recipient=OuterRef("recipient"), sent_at__gte=OuterRef("dropped_at"))
    return set(given_up.exclude(Exists(since)).values_list("recipient", flat=True))


def unreachable(person: Person, refusing: set[str]) -> Unreachable | None:
    """Why this person gets no e-mail, None if they do; `refusing` are the addresses that refuse."""
    if not person.email:
        return Unreachable.NO_ADDRESS
    return Unreachable.REFUSED if person.email in refusing else None
