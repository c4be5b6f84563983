"""The personal data of signing in: linked accounts, second factors, open sessions."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person
from declarations.sign_in.models import IdentityProvider, Invitation, LinkedAccount
from declarations.web.capability import PersonalData, RetentionRule, SharedRows


def sessions_of(person: Person) -> Iterator[tuple[Session, dict[str, Any]]]:
    """Yield a person's sessions, each with what is stored in it."""
    for session in Session.objects.order_by("expire_date").iterator():
        stored = session.get_decoded()
        if stored.get("_auth_user_id") == str(person.pk):
            yield session, stored


def open_sessions(person: Person) -> Iterator[dict[str, Any]]:
    """Yield when each of a person's sessions ends, and how they signed in."""
    for session, stored in sessions_of(person):
        methods = [
            {"method": method.get("method"), "at": dt.datetime.fromtimestamp(method["at"], dt.UTC)}
            for method in stored.get("account_authentication_methods", [])
            if isinstance(method, dict) and isinstance(method.get("at"), int | float)
        ]
        yield {"ends_at": session.expire_date, "signed_in": methods}


def end_sessions(person: Person, _names: Collection[str]) -> None:
    Session.objects.filter(pk__in=[session.pk for session, _stored in sessions_of(person)]).delete()


PERSONAL_DATA = (
    PersonalData(model=EmailAddress, about=("user",), fixed=("email",)),
    PersonalData(model=IdentityProvider, fixed=("slug", "client_id", "tenant", "domains")),
    PersonalData(model=LinkedAccount, about=("person",), acts={"ended_by": "ended_at"}, names=("email",), fixed=("subject", "email")),
    PersonalData(model=Invitation, about=("person",), acts={"made_by": "made_at"}, secret=("salt", "sha256")),
    PersonalData(model=Authenticator, about=("user",), secret=("data",)),
    PersonalData(model=UserSession, about=("user",), fixed=("user_agent", "data"), secret=("session_key",)),
    PersonalData(
        model=Session,
        secret=("session_key", "session_data"),
        shared=SharedRows(title=_("sign-ins that are open"), extract=open_sessions, forget=end_sessions),
    ),
)
RETENTION = (
    # A legal hold keeps no session that has ended, because it proves nothing.
    RetentionRule(
        kind="sessions",
        order=50,
        rows=lambda cutoff: Session.objects.filter(expire_date__lt=cutoff.moment),
        held=lambda _people: Q(pk__in=[]),
    ),
)
