"""How django-allauth meets our people: sign-up is closed, and who has left is nobody."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from declarations.models import Person


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
