"""Whose account it is that the school's provider vouches for: found by its subject, and at first by the e-mail address."""

import datetime as dt

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.authorise import ADMINISTRATORS, day_at, require_role
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.sign_in.oidc_claims import Identity


def recognise(*, provider: IdentityProvider, identity: Identity, at: dt.datetime) -> Person:
    """The person whose account it is; the first time it is linked to them. Nobody is ever made.

    Raises Refused: `unknown` if the school has nobody with the address, `left`, `taken` if the person has another account there.
    """
    try:
        with transaction.atomic():
            account = live(provider).filter(subject=identity.subject).select_related("person__school").first()
            if account is None:
                return linked(provider, identity, at=at)
            if account.email != identity.email:
                LinkedAccount.objects.filter(pk=account.pk, ended_at__isnull=True).update(email=identity.email)
            return account.person
    except IntegrityError:
        # Two browsers in the same moment: one of them has linked it.
        account = live(provider).filter(subject=identity.subject).select_related("person__school").first()
        if account is None:
            raise
        return account.person


def live(provider: IdentityProvider) -> QuerySet[LinkedAccount]:
    return LinkedAccount.objects.filter(provider=provider, ended_at__isnull=True)


def linked(provider: IdentityProvider, identity: Identity, *, at: dt.datetime) -> Person:
    people = Person.objects.select_related("school").exclude(email="").filter(email__iexact=identity.email)
    if provider.school_id is not None:
        people = people.filter(school=provider.school_id)
    person: Person | None = people.first()
    if person is None:
        raise RefusedError(
            _(
                "%(provider)s knows you as %(email)s, but the school has no member of staff with this address. Pupils' accounts do not "
                "open this site. If you work at the school, ask the office to put this address on your record, then sign in again."
            )
            % {"provider": provider, "email": identity.email},
            "unknown",
        )
    if person.has_left(on=day_at(person.school, at)):
        raise RefusedError(
            _("This account belongs to somebody who has left the school. If that is a mistake, ask the school office."), "left"
        )
    if live(provider).filter(person=person).exclude(subject=identity.subject).exists():
        raise RefusedError(
            _(
                "%(email)s belongs to somebody who signs in with another account at %(provider)s. If that was you, and the school made "
                "a new account for you, ask an administrator to unlink the old one."
            )
            % {"provider": provider, "email": identity.email},
            "taken",
        )
    account = LinkedAccount.objects.create(person=person, provider=provider, subject=identity.subject, email=identity.email, linked_at=at)
    write_down("account.linked", account, by=person, at=at)
    return person


def unlink(*, account: LinkedAccount, by: Person, at: dt.datetime) -> None:
    """The account opens nothing any more; the next that comes with the person's address is linked.

    Raises Refused: `own`, `not_yours`, `too_late`.
    """
    may_help(account.person, by=by, at=at)
    with transaction.atomic():
        if not LinkedAccount.objects.filter(pk=account.pk, ended_at__isnull=True).update(ended_at=at, ended_by=by):
            raise RefusedError(_("This account has been unlinked already."), "too_late")
        write_down("account.unlinked", account, by=by, at=at)


def write_down(kind: str, account: LinkedAccount, *, by: Person, at: dt.datetime) -> None:
    """Into the log of the person's school; for somebody of the trust into every school's, as with their roles."""
    person = account.person
    for school in [person.school] if person.school else School.objects.order_by("pk"):
        log.append(
            school=school,
            kind=kind,
            at=at,
            by=by,
            facts={
                "person": log.who(person),
                "provider": account.provider.slug,
                "subject": account.subject,
                "email": account.email,
            },
        )


def set_up(*, provider: IdentityProvider, by: Person, at: dt.datetime) -> None:
    """Keeps a provider, new or changed: from now on it vouches for the school's people. Raises Refused: `not_yours`, `named`."""
    sentence = _("Only an administrator of the school sets up how people sign in.")
    require_role(by=by, school=provider.school, roles=ADMINISTRATORS, at=at, sentence=sentence)
    try:
        with transaction.atomic():
            provider.save()
            for school in [provider.school] if provider.school else School.objects.order_by("pk"):
                log.append(
                    school=school,
                    kind="provider.set_up",
                    at=at,
                    by=by,
                    facts={
                        "provider": provider.slug,
                        "type": provider.kind,
                        "client_id": provider.client_id,
                        "tenant": provider.tenant,
                        "domains": provider.domains,
                        "second_factor": provider.second_factor,
                        "in_use": provider.in_use,
                    },
                )
    except IntegrityError as clash:
        raise RefusedError(_("There is a provider of this name already: give it another."), "named") from clash


def reset_factors(*, person: Person, by: Person, at: dt.datetime) -> None:
    """Takes somebody's second factors away, because they lost them, and signs them out everywhere.

    Raises Refused: `own`, `not_yours`.
    """
    may_help(person, by=by, at=at)
    with transaction.atomic():
        Authenticator.objects.filter(user=person).delete()
        end_sessions(person)
        write_help("factors.reset", person, by=by, at=at)


def end_all_sessions(*, person: Person, by: Person, at: dt.datetime) -> None:
    """Signs somebody out of every browser, on their word that one is lost. Raises Refused: `own`, `not_yours`."""
    may_help(person, by=by, at=at)
    with transaction.atomic():
        end_sessions(person)
        write_help("sessions.ended", person, by=by, at=at)


def may_help(person: Person, *, by: Person, at: dt.datetime) -> None:
    if by.pk == person.pk:
        raise RefusedError(_("Not for oneself: your own are on your own pages."), "own")
    require_role(by=by, school=person.school, roles=ADMINISTRATORS, at=at)


def end_sessions(person: Person) -> None:
    for session in UserSession.objects.filter(user=person):
        session.end()


def write_help(kind: str, person: Person, *, by: Person, at: dt.datetime) -> None:
    for school in [person.school] if person.school else School.objects.order_by("pk"):
        log.append(school=school, kind=kind, at=at, by=by, facts={"person": log.who(person)})
