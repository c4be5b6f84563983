"""Questions about how people sign in."""

from allauth.mfa.models import Authenticator
from django.db.models import Max

from declarations.evidence.canonical_json import Json
from declarations.evidence.log import time_text
from declarations.organisation.models.person import Person


def known_since(person: Person) -> dict[str, Json]:
    """Since when somebody has had their address and their newest second factor, for the record of what they sign or decide.

    The newest factor matters, because an intruder would have added one. None stands for "from the beginning" and for "no factor".
    """
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    newest = factors.aggregate(newest=Max("created_at"))["newest"]
    return {
        "address_since": time_text(person.email_since) if person.email_since else None,
        "factor_since": time_text(newest) if newest else None,
    }
