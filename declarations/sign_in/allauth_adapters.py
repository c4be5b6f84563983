"""How django-allauth meets our people: sign-up is closed, and who has left is nobody."""

import base64
import logging
import smtplib
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from declarations.organisation.models.person import Person
from declarations.sign_in.models import LinkedAccount
from declarations.web import reauthentication

logger = logging.getLogger(__name__)


class CodeNotSentError(Exception):
    """The mail server did not take an e-mail for which somebody waits at the screen."""


def is_at_the_door_still(person: Person) -> bool:
    """Whether the person has not left: asked at sign-in and again on each request, so that leaving ends open sessions."""
    at = timezone.now()
    on = person.school.day_of(at) if person.school else timezone.localdate(at)
    return not person.has_left(on=on)


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Signs in by e-mail; fetches the person with school and roles in two queries on each request."""

    def get_user(self, user_id: int) -> Person | None:
        person = Person.objects.select_related("school").prefetch_related("role_set").filter(pk=user_id).first()
        return person if person is not None and is_at_the_door_still(person) else None

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, Person) and is_at_the_door_still(user)


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """People are added by the school: nobody signs up, and nobody who has left gets in by any way."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(super().get_client_ip(request))
        except ImproperlyConfigured as bypassed:
            # Fewer addresses than there are proxies: the request came round them.
            raise PermissionDenied from bypassed

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **rest: Any) -> HttpResponse | None:
        if not isinstance(user, Person) or not is_at_the_door_still(user):
            return cast("HttpResponse", self.respond_user_inactive(request, user))
        return cast("HttpResponse | None", super().pre_login(request, user, **rest))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code or a link; raises NotSent, of which the page tells (views/trouble)."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            raise CodeNotSentError from error

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tells the person that how they sign in has changed; it has, whether or not the mail server takes this."""
        try:
            super().send_notification_mail(template_prefix, user, context, email)
        except CodeNotSentError:
            logger.exception("Nobody was told: %s", template_prefix)

    def is_reauthentication_required(self, *, app: str, **rest: Any) -> bool:  # noqa: ARG002  # allauth's signature
        """One rule for all that asks for a fresh proof: not within ten minutes of the last, the sign-in included."""
        return not reauthentication.is_fresh(self.request, at=timezone.now())

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        """allauth's own ways in our words, and the school's providers and a code by e-mail."""
        names = {
            "reauthenticate": _("Type my password"),
            "mfa_reauthenticate": _("Use my authenticator app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use my passkey"),
        }
        ways = [{**method, "description": names[method["id"]]} for method in super().get_reauthentication_methods(user)]
        if isinstance(user, Person):
            for account in LinkedAccount.objects.filter(person=user, ended_at__isnull=True, provider__in_use=True).select_related(
                "provider"
            ):
                where = reverse("identity", args=[account.provider.slug])
                name = _("Go to %(provider)s") % {"provider": account.provider}
                ways.append({"id": "identity", "description": name, "url": f"{where}?{urlencode({'again': 1})}"})
            if user.email:
                ways.append({"id": "code", "description": _("Send me a code by e-mail"), "url": reverse("prove_by_code")})
        return ways


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Second factors: their secrets are of no use to whoever has the database alone."""

    def encrypt(self, text: str) -> str:
        return keys().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return keys().decrypt(encrypted_text.encode("ascii")).decode()
        except InvalidToken as other_key:
            # Never anything that a code could fit: an empty secret has codes too.
            raise ImproperlyConfigured("SECRET_KEY has changed: name the former one in SECRET_KEY_FALLBACKS.") from other_key

    def _get_site_name(self) -> str:
        """What an authenticator app shows beside the code."""
        return str(super()._get_site_name().partition(":")[0])

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002, ARG002  # allauth's signature
        return _("Passkey")


def keys() -> MultiFernet:
    """Made of SECRET_KEY and, for what is older, of its fallbacks."""
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(HKDF(hashes.SHA256(), 32, salt=None, info=b"second factors").derive(secret.encode())))
            for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        ]
    )
