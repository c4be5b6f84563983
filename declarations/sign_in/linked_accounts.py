"""Links accounts at Microsoft or Google to people, unlinks them, and helps people who cannot sign in.

An account is found by its subject; the first time, by its e-mail address.
"""

import datetime as dt
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.dual_control import actions as dual_control
from declarations.dual_control.models import GuardedChange
from declarations.dual_control.queries import holds_a_role
from declarations.evidence import log
from declarations.organisation.authorise import ADMINISTRATORS, OFFICE, day_at, require_role
from declarations.organisation.models.person import Person
from declarations.sign_in import sealed_emails
from declarations.sign_in.log_records import facts_of_provider
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.sign_in.oidc_claims import Identity
from declarations.web.capability import GuardedKind


def recognise(*, provider: IdentityProvider, identity: Identity, at: dt.datetime, signed_in: Person | None = None) -> Person:
    """Return the person whose account this is; the first time, link it to them and tell them. It never makes a person.

    The provider's administrator can give anybody's address to any account. So an account of somebody with a role, or one that
    was unlinked before, is linked only in a session that the person has open (`signed_in`).
    Raises RefusedError: `unknown` if the school has nobody with the address, `left`, `taken` if the person has another account
    there, `sign_in_first`.
    """
    try:
        with transaction.atomic():
            account = live(provider).filter(subject=identity.subject).select_related("person__school").first()
            if account is None:
                return linked(provider, identity, at=at, signed_in=signed_in)
            if account.email != identity.email:
                LinkedAccount.objects.filter(pk=account.pk, ended_at__isnull=True).update(email=identity.email)
            return account.person
    except IntegrityError:
        # Two browsers came at the same moment, and the other has linked the account.
        account = live(provider).filter(subject=identity.subject).select_related("person__school").first()
        if account is None:
            raise
        return account.person


def live(provider: IdentityProvider) -> QuerySet[LinkedAccount]:
    return LinkedAccount.objects.filter(provider=provider, ended_at__isnull=True)


def linked(provider: IdentityProvider, identity: Identity, *, at: dt.datetime, signed_in: Person | None) -> Person:
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
    was_unlinked = LinkedAccount.objects.filter(provider=provider, subject=identity.subject, ended_at__isnull=False).exists()
    if (was_unlinked or holds_a_role(person, at=at)) and (signed_in is None or signed_in.pk != person.pk):
        raise RefusedError(
            _(
                "Your account at %(provider)s is not linked yet, and because you have a role, or because it was unlinked before, its "
                "address alone does not do. Sign in once in another way, such as with a code by e-mail, and link it there under “Sign-in”."
            )
            % {"provider": provider},
            "sign_in_first",
        )
    account = LinkedAccount.objects.create(person=person, provider=provider, subject=identity.subject, email=identity.email, linked_at=at)
    tell_of_link(account, at=at)
    write_down("account.linked", account, by=person, at=at)
    return person


def tell_of_link(account: LinkedAccount, *, at: dt.datetime) -> None:
    """Tell the person, at the address that the school has for them, which may differ from the account's."""
    context = {"account": account, "site_url": settings.SITE_URL}
    subject, body = (render_to_string(f"account/email/account_linked_{part}.txt", context).strip() for part in ("subject", "message"))
    sealed_emails.queue(EmailMessage(subject=subject, body=body), is_code=False, to=account.person.email, at=at)


def unlink(*, account: LinkedAccount, by: Person, at: dt.datetime) -> GuardedChange:
    """Ask for an account to be unlinked. Raises RefusedError: `own`, `not_yours`, `too_late`, and as `dual_control.ask`."""
    may_help(account.person, by=by, at=at)
    if account.ended_at is not None:
        raise RefusedError(_("This account has been unlinked already."), "too_late")
    before = {"account": account.pk, "name": str(account)}
    return dual_control.ask(kind="account", school=account.person.school, person=account.person, before=before, by=by, at=at)


def end_account(change: GuardedChange, at: dt.datetime) -> None:
    account = LinkedAccount.objects.select_related("person__school", "provider").get(pk=change.before["account"])
    if not LinkedAccount.objects.filter(pk=account.pk, ended_at__isnull=True).update(ended_at=at, ended_by=change.asked_by):
        raise RefusedError(_("This account has been unlinked already."), "too_late")
    write_down("account.unlinked", account, by=change.asked_by, at=at)


def write_down(kind: str, account: LinkedAccount, *, by: Person | None, at: dt.datetime) -> None:
    facts = {"person": log.who(account.person), "provider": account.provider.slug, "subject": account.subject, "email": account.email}
    log.append_about(school=account.person.school, kind=kind, at=at, by=by, facts=facts)


def set_up(*, provider: IdentityProvider, by: Person, at: dt.datetime) -> GuardedChange | None:
    """Save a provider, new or changed. If it would let more people in than before, that part waits for a second person.

    Return the change that waits, or None. Raises RefusedError: `not_yours`, `named`, and as `dual_control.ask`.
    """
    sentence = _("Only an administrator of the school sets up how people sign in.")
    require_role(by=by, school=provider.school, roles=ADMINISTRATORS, at=at, sentence=sentence)
    wanted, known = reach_of(provider), IdentityProvider.objects.filter(pk=provider.pk).first()
    try:
        with transaction.atomic():
            if known is not None and is_narrower(wanted, reach_of(known)):
                save_provider(provider, by=by, at=at)
                return None
            if known is None:
                provider.in_use = False
                save_provider(provider, by=by, at=at)
            before = reach_of(known or provider)
            if wanted == before:
                return None
            number = {"provider": provider.pk}
            return dual_control.ask(kind="provider", school=provider.school, before=number | before, after=number | wanted, by=by, at=at)
    except IntegrityError as clash:
        raise RefusedError(_("There is a provider of this name already: give it another."), "named") from clash


def reach_of(provider: IdentityProvider) -> dict[str, Any]:
    """The fields that decide whom a provider lets in, and with how much proof."""
    return {"domains": provider.domains, "second_factor": provider.second_factor, "in_use": provider.in_use}


def is_narrower(wanted: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether the wanted fields let in nobody whom the known ones did not."""
    is_ticked_anew = any(wanted[name] and not known[name] for name in ("second_factor", "in_use"))
    return not is_ticked_anew and set(wanted["domains"].split()) <= set(known["domains"].split())


def save_provider(provider: IdentityProvider, *, by: Person | None, at: dt.datetime) -> None:
    provider.save()
    log.append_about(school=provider.school, kind="provider.set_up", at=at, by=by, facts=facts_of_provider(provider))


def widen_provider(change: GuardedChange, at: dt.datetime) -> None:
    provider = IdentityProvider.objects.select_related("school").get(pk=change.after["provider"])
    if reach_of(provider) != {name: change.before[name] for name in reach_of(provider)}:
        raise RefusedError(_("It is set up in another way by now: ask for it again."), "stale")
    for name in reach_of(provider):
        setattr(provider, name, change.after[name])
    save_provider(provider, by=change.asked_by, at=at)


def rows_of_provider(change: GuardedChange) -> list[tuple[Any, object, object]]:
    provider = IdentityProvider.objects.get(pk=change.after["provider"])
    rows: list[tuple[Any, object, object]] = [(gettext("provider"), "", f"{provider} {provider.slug} {provider.tenant}".strip())]
    labels = {"domains": gettext("domains"), "second_factor": gettext("always asks for a second factor"), "in_use": gettext("in use")}
    words = {True: gettext("yes"), False: gettext("no")}
    return rows + [
        (label, words.get(change.before[name], change.before[name]), words.get(change.after[name], change.after[name]))
        for name, label in labels.items()
        if change.before[name] != change.after[name]
    ]


def reset_factors(*, person: Person, by: Person, at: dt.datetime) -> GuardedChange:
    """Ask for a person's lost second factors to be removed. Raises RefusedError: `own`, `not_yours`, and as `dual_control.ask`."""
    may_help(person, by=by, at=at)
    return dual_control.ask(kind="factors", school=person.school, person=person, by=by, at=at)


def end_factors(change: GuardedChange, at: dt.datetime) -> None:
    if change.person is not None:
        Authenticator.objects.filter(user=change.person).delete()
        write_help("factors.reset", change.person, by=change.asked_by, at=at)


def end_all_sessions(*, person: Person, by: Person, at: dt.datetime) -> None:
    """Sign somebody out everywhere, for instance because they lost a device. Raises RefusedError: `own`, `not_yours`."""
    may_help(person, by=by, at=at)
    with transaction.atomic():
        end_sessions(person=person, at=at)
        write_help("sessions.ended", person, by=by, at=at)


def may_help(person: Person, *, by: Person, at: dt.datetime) -> None:
    if by.pk == person.pk:
        raise RefusedError(_("Not for oneself: your own are on your own pages."), "own")
    require_role(by=by, school=person.school, roles=ADMINISTRATORS, at=at)


def end_sessions(*, person: Person, at: dt.datetime) -> None:  # noqa: ARG001  # leaving hands every room the moment
    for session in UserSession.objects.filter(user=person):
        session.end()


def write_help(kind: str, person: Person, *, by: Person | None, at: dt.datetime) -> None:
    log.append_about(school=person.school, kind=kind, at=at, by=by, facts={"person": log.who(person)})


GUARDED_CHANGES = (
    GuardedKind(
        name="factors",
        title=gettext_lazy("the second step when signing in, taken away because it was lost"),
        rows=lambda _change: [],
        confirmed_by=OFFICE,
        make=end_factors,
        waits=True,
    ),
    GuardedKind(
        name="account",
        title=gettext_lazy("an account with which somebody signs in, unlinked"),
        rows=lambda change: [(gettext("account"), change.before["name"], "")],
        confirmed_by=OFFICE,
        make=end_account,
        waits=True,
    ),
    GuardedKind(
        name="provider",
        title=gettext_lazy("Microsoft 365 or Google, which vouches for people"),
        rows=rows_of_provider,
        confirmed_by=OFFICE,
        make=widen_provider,
    ),
)
