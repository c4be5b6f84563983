"""Questions about how people sign in."""

from allauth.mfa.models import Authenticator
from django.db.models import Max

from declarations.evidence.canonical_json import Json
from declarations.evidence.log import time_text
from declarations.organisation.models.person import Person


def known_since(person: Person) -> dict[str, Json]:
    """For the record of what somebody signs or decides: since when they have had their address, and their newest second factor.

    The newest, because that is the one that somebody else would have brought. None: from the first, and no second factor.
    """
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    newest = factors.aggregate(newest=Max("created_at"))["newest"]
    return {
        "address_since": time_text(person.email_since) if person.email_since else None,
        "factor_since": time_text(newest) if newest else None,
    }
