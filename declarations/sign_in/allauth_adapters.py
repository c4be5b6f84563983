"""Fits django-allauth to our people: nobody signs up, and nobody who has left gets in."""

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from declarations.organisation.models.person import Person
from declarations.sign_in import sealed_emails
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.sign_in.sealing import SECOND_FACTORS, keys
from declarations.web import reauthentication

ANYWHERE = {"app": "allauth.account", "action": "login_failed_anywhere"}


def is_at_the_door_still(person: Person) -> bool:
    """Whether the person has not left. Sign-in and every request ask it, so leaving ends open sessions, too."""
    at = timezone.now()
    on = person.school.day_of(at) if person.school else timezone.localdate(at)
    return not person.has_left(on=on)


def login_of(credentials: dict[str, Any]) -> str:
    """Return the e-mail address that was typed, in small letters."""
    return str(credentials.get("email", "")).lower()


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Signs people in by e-mail address; fetches a request's person, school and roles in two queries."""

    def get_user(self, user_id: int) -> Person | None:
        person = Person.objects.select_related("school").prefetch_related("role_set").filter(pk=user_id).first()
        return person if person is not None and is_at_the_door_still(person) else None

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, Person) and is_at_the_door_still(user)


def reason_against(request: HttpRequest, person: Person, *, email: str) -> str:
    """Say why what somebody has just shown does not sign them in; "" if it does."""
    if email.lower() != person.email.lower():
        # The code went to their former address, and somebody else may read that mailbox now.
        return _("Your e-mail address was changed meanwhile: ask for a code at the new one.")
    shown = get_authentication_records(request, person)
    if shown and shown[-1].get("passwordless"):
        passkey = Authenticator.objects.get(pk=shown[-1]["id"], user=person)
        if not passkey.data.get("passwordless", passkey.wrap().is_passwordless is not False):
            return _("This passkey does not sign you in by itself: sign in with a password or a code, and use it as the second step.")
    return ""


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The school adds people, so nobody signs up; and nobody who has left gets in, whatever they show."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured as bypassed:
            # The header names fewer addresses than there are proxies, so the request went round them.
            raise PermissionDenied from bypassed

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **rest: Any) -> HttpResponse | None:
        if not isinstance(user, Person) or not is_at_the_door_still(user):
            return cast("HttpResponse", self.respond_user_inactive(request, user))
        sentence = reason_against(request, user, email=str(rest.get("email") or user.email))
        if sentence:
            messages.error(request, sentence)
            return redirect("account_login")
        return cast("HttpResponse | None", super().pre_login(request, user, **rest))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a code, a link or a notice; a slow mail server does not hold up the page.

        For an address that nobody has we do the same work and throw it away, so neither the answer nor its time tells who is here.
        """
        message = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        sealed_emails.queue(message, is_code=template_prefix.endswith("_code"), to=email, at=timezone.now())

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Build the link from SITE_URL: the host that the browser names may be anybody's."""
        return f"{settings.SITE_URL}{urlsplit(super().get_reset_password_from_key_url(key)).path}"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed attempts by e-mail address and IP address together, so nobody can lock somebody out from elsewhere."""
        return f"{login_of(credentials)} {self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Limit the attempts on one e-mail address from all IP addresses together, too; that limit is higher."""
        super().pre_authenticate(request, **credentials)
        anywhere = ratelimit.consume(request, **ANYWHERE, key=login_of(credentials))
        if anywhere is None:
            raise self.validation_error("too_many_login_attempts")
        # allauth rolls back the usage in this list when the password was right; ours goes with it.
        self._login_failed_rl_usage.usage += anywhere.usage

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        super()._delete_login_attempts_cached_email(request, **credentials)
        ratelimit.clear(request, **ANYWHERE, key=login_of(credentials))

    def is_reauthentication_required(self, *, app: str, **rest: Any) -> bool:  # noqa: ARG002  # allauth's signature
        """Whether somebody must prove again who they are: the last proof, or the sign-in, is more than ten minutes old."""
        return not reauthentication.is_fresh(self.request, at=timezone.now())

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        """The ways of proving again who one is: allauth's in our words, the school's providers, a code by e-mail."""
        names = {
            "reauthenticate": _("Type my password"),
            "mfa_reauthenticate": _("Use my authenticator app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use my passkey"),
        }
        ways = [{**method, "description": names[method["id"]]} for method in super().get_reauthentication_methods(user)]
        if isinstance(user, Person):
            for account in (
                LinkedAccount.objects.filter(person=user, ended_at__isnull=True, provider__in_use=True)
                .exclude(
                    provider__kind=IdentityProvider.Kind.GOOGLE  # Google does not say when it last saw a password
                )
                .select_related("provider")
            ):
                where = reverse("identity", args=[account.provider.slug])
                name = _("Go to %(provider)s") % {"provider": account.provider}
                ways.append({"id": "identity", "description": name, "url": f"{where}?{urlencode({'again': 1})}"})
            if user.email:
                ways.append({"id": "code", "description": _("Send me a code by e-mail"), "url": reverse("prove_by_code")})
        return ways


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Encrypts the secrets of second factors, so that the database alone is of no use."""

    def encrypt(self, text: str) -> str:
        return keys(SECOND_FACTORS).encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return keys(SECOND_FACTORS).decrypt(encrypted_text.encode("ascii")).decode()
        except InvalidToken as other_key:
            # We return nothing, because even an empty secret has codes that fit.
            raise ImproperlyConfigured("SECRET_KEY has changed: name the former one in SECRET_KEY_FALLBACKS.") from other_key

    def _get_site_name(self) -> str:
        """The name that an authenticator app shows beside the code: the host, without a port."""
        return str(super()._get_site_name().partition(":")[0])

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002, ARG002  # allauth's signature
        return _("Passkey")
