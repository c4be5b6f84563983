"""How and when the person in this browser has authenticated, according to the session."""

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

# After this, signing and changes of sign-in methods ask for authentication again.
FRESH_FOR = dt.timedelta(minutes=10)
METHODS = {
    "password": gettext_lazy("password"),
    "code": gettext_lazy("code by e-mail"),
    "password_reset": gettext_lazy("link by e-mail"),
    "invitation": gettext_lazy("link by e-mail"),
    "totp": gettext_lazy("authenticator app"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("recovery code"),
}


@dataclass(frozen=True, slots=True)
class Authentication:
    """The last authentication: its method as people read it, and when it was."""

    method: str
    at: dt.datetime

    def is_fresh(self, *, at: dt.datetime) -> bool:
        """Whether it was within the last ten minutes."""
        return at - self.at < FRESH_FOR


def records(request: HttpRequest) -> list[dict[str, Any]]:
    """The authentications that allauth has recorded in this session, oldest first; none if nobody is signed in."""
    kept: list[dict[str, Any]] = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    return kept


def method_of(record: dict[str, Any]) -> str:
    """The method as people read it: `passkey`, say, or the name of the provider."""
    method = str(record.get("provider_name") or record.get("type") or record.get("method") or "")
    return str(METHODS.get(method, method))


def last(request: HttpRequest) -> Authentication | None:
    """The last authentication; a second factor is named together with the first."""
    entries = records(request)
    if not entries:
        return None
    method = method_of(entries[-1])
    is_second = entries[-1].get("method") == "mfa" and not entries[-1].get("passwordless") and not entries[-1].get("reauthenticated")
    if is_second and len(entries) > 1:
        method = _("%(first)s, then %(second)s") % {"first": method_of(entries[-2]), "second": method}
    return Authentication(method, dt.datetime.fromtimestamp(entries[-1]["at"], dt.UTC))


def is_over(request: HttpRequest, *, at: dt.datetime) -> bool:
    """Whether the session is too old since sign-in; the cookie's own age starts again with each write to the session."""
    entries = records(request)
    return bool(entries) and at.timestamp() - entries[0]["at"] >= settings.SESSION_COOKIE_AGE


def is_fresh(request: HttpRequest, *, at: dt.datetime) -> bool:
    """Whether the last authentication was within the last ten minutes."""
    authentication = last(request)
    return authentication is not None and authentication.is_fresh(at=at)


def has_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor was used in this session, or a provider that always asks for one."""
    return any(record.get("method") == "mfa" or record.get("second_factor") is True for record in records(request))


def is_owed(request: HttpRequest, person: Person) -> bool:
    """Whether the person has set up a second factor but has not used it in this session."""
    real = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return not has_second_factor(request) and real.exists()


def is_enough_for_roles(request: HttpRequest) -> bool:
    """Whether the person may have their roles in this session."""
    return not settings.SECOND_FACTOR_REQUIRED or has_second_factor(request)


def towards_second_factor(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    """Redirects to the page that asks for a second factor, or to the page for setting one up."""
    page = second_factor_page(person)
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': request.get_full_path()})}" if page else reverse("mfa_index"))


def towards_fresh(person: Person, *, then: str) -> HttpResponseRedirect:
    """Redirects to the page for authenticating again, by the first method that the person has, and from there to `then`."""
    return HttpResponseRedirect(f"{reverse(first_page(person))}?{urlencode({'next': then})}")


def first_page(person: Person) -> str:
    """The name of that page: for a password, else for a passkey, an app, or a code by e-mail."""
    if person.has_usable_password():
        return "account_reauthenticate"
    return second_factor_page(person) or "prove_by_code"


def second_factor_page(person: Person) -> str:
    """The name of the page that asks for the person's passkey or else for their app; "" if they have neither."""
    kinds = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if Authenticator.Type.WEBAUTHN in kinds:
        return "mfa_reauthenticate_webauthn"
    return "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else ""
