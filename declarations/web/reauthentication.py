"""How whoever sits at this browser has proved who they are, and when: from what the sign-in keeps in the session."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.organisation.models.person import Person

# Signing, and changing how one signs in, ask again after this.
FRESH_FOR = dt.timedelta(minutes=10)
WAYS = {
    "password": gettext_lazy("password"),
    "code": gettext_lazy("code by e-mail"),
    "password_reset": gettext_lazy("link by e-mail"),
    "invitation": gettext_lazy("link by e-mail"),
    "totp": gettext_lazy("authenticator app"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("recovery code"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """The last one: by which way, in words, and when."""

    way: str
    at: dt.datetime

    def is_fresh(self, *, at: dt.datetime) -> bool:
        """Whether it was within the last ten minutes."""
        return at - self.at < FRESH_FOR


def records(request: HttpRequest) -> list[dict[str, Any]]:
    """What allauth wrote down in this session, the oldest first; nothing if nobody is signed in."""
    found: list[dict[str, Any]] = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    return found


def way(record: dict[str, Any]) -> str:
    """In words: `passkey`, or the name of the provider that vouched."""
    method = str(record.get("provider_name") or record.get("type") or record.get("method") or "")
    return str(WAYS.get(method, method))


def last(request: HttpRequest) -> Proof | None:
    """The last proof; a second factor is named with the first that it came after."""
    found = records(request)
    if not found:
        return None
    words = way(found[-1])
    is_second = found[-1].get("method") == "mfa" and not found[-1].get("passwordless") and not found[-1].get("reauthenticated")
    if is_second and len(found) > 1:
        words = _("%(first)s, then %(second)s") % {"first": way(found[-2]), "second": words}
    return Proof(words, dt.datetime.fromtimestamp(found[-1]["at"], dt.UTC))


def is_over(request: HttpRequest, *, at: dt.datetime) -> bool:
    """Whether the sign-in was longer ago than a session may be: the cookie's own time is counted anew at each write into the session."""
    found = records(request)
    return bool(found) and at.timestamp() - found[0]["at"] >= settings.SESSION_COOKIE_AGE


def is_fresh(request: HttpRequest, *, at: dt.datetime) -> bool:
    """Whether the last proof is of the last ten minutes."""
    proof = last(request)
    return proof is not None and proof.is_fresh(at=at)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this session, or a provider vouched that always asks for one."""
    return any(record.get("method") == "mfa" or record.get("second_factor") is True for record in records(request))


def is_owed(request: HttpRequest, person: Person) -> bool:
    """Whether the person has set up a second factor that was not shown in this session."""
    real = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return not has_second_factor(request) and real.exists()


def is_enough_for_roles(request: HttpRequest) -> bool:
    """Whether the person may have their roles in this session."""
    return not settings.SECOND_FACTOR_REQUIRED or has_second_factor(request)


def towards_second_factor(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    """To the page on which one shows a second factor, or to that on which one sets one up first."""
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if Authenticator.Type.WEBAUTHN in kinds:
        there = reverse("mfa_reauthenticate_webauthn")
    elif Authenticator.Type.TOTP in kinds:
        there = reverse("mfa_reauthenticate")
    else:
        return HttpResponseRedirect(reverse("mfa_index"))
    return HttpResponseRedirect(f"{there}?{urlencode({'next': request.get_full_path()})}")


def towards_fresh(person: Person, *, then: str) -> HttpResponseRedirect:
    """To the page on which one proves again who one is, by the first way that the person has; from there to `then`."""
    return HttpResponseRedirect(f"{reverse(first_way(person))}?{urlencode({'next': then})}")


def first_way(person: Person) -> str:
    """The name of the page: by password where there is one; else by passkey, app, or a code by e-mail."""
    if person.has_usable_password():
        return "account_reauthenticate"
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if Authenticator.Type.WEBAUTHN in kinds:
        return "mfa_reauthenticate_webauthn"
    return "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "prove_by_code"
