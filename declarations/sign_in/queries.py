"""Questions about how people sign in."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db.models import Max

from declarations.organisation.models.person import Person


def known_since(person: Person) -> dict[str, dt.datetime | None]:
    """Since when somebody has had their address and their newest second factor, for the record of what they sign or decide.

    The newest factor matters, because an intruder would have added one. None stands for "from the beginning" and for "no factor".
    """
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return {"address_since": person.email_since, "factor_since": factors.aggregate(newest=Max("created_at"))["newest"]}
