"""Who keeps an account: named, handed over, ended."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.social_media import rules
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import Keeper
from declarations.social_media.queries import colleagues, is_keeper, live_keepers, may_suspend


def add(*, account: SchoolAccount, person: Person, by: Person, at: dt.datetime) -> Keeper:
    """Names another keeper. Raises RefusedError: `not_yours`, `person`, `too_late`."""
    with transaction.atomic():
        lock(account)
        check_may_change(account, by=by, at=at)
        return named(account, person=person, by=by, at=at)


def hand_over(*, keeper: Keeper, to: Person, by: Person, at: dt.datetime) -> Keeper:
    """Ends a keeper and names a successor, who may be a keeper already. Raises RefusedError: `not_yours`, `person`, `too_late`."""
    account = keeper.account
    with transaction.atomic():
        lock(account)
        check_may_change(account, by=by, at=at, keeper=keeper)
        if to.pk == keeper.person_id:
            raise RefusedError(_("Choose a colleague, not the same person."), "person")
        successor = Keeper.objects.filter(account=account, person=to, ended_at__isnull=True).first()
        end(keeper, by=by, at=at, handed_to=to)
        return successor or named(account, person=to, by=by, at=at)


def step_down(*, keeper: Keeper, by: Person, at: dt.datetime) -> None:
    """Ends a keeper without a successor, if two are left. Raises RefusedError: `not_yours`, `too_few`, `too_late`."""
    account = keeper.account
    with transaction.atomic():
        lock(account)
        check_may_change(account, by=by, at=at, keeper=keeper)
        if live_keepers(account, on=account.school.day_of(at)).exclude(pk=keeper.pk).count() < rules.FEWEST_KEEPERS:
            raise RefusedError(_("Then fewer than two keepers would be left. Hand over to a colleague instead."), "too_few")
        end(keeper, by=by, at=at, handed_to=None)


def lock(account: SchoolAccount) -> None:
    """The account's row is the lock: who keeps it changes one step at a time."""
    SchoolAccount.objects.select_for_update(no_key=True, of=["self"]).get(pk=account.pk)


def check_may_change(account: SchoolAccount, *, by: Person, at: dt.datetime, keeper: Keeper | None = None) -> None:
    """Raises RefusedError unless this person changes who keeps the account: the leadership, a keeper, whoever proposed it."""
    is_own = keeper is not None and keeper.person_id == by.pk
    on = account.school.day_of(at)
    if not (is_own or may_suspend(account, by=by, at=at) or is_keeper(account, person=by, on=on)):
        raise RefusedError(_("The headteacher, the leadership or a keeper changes who keeps the account."), "not_yours")
    if account.proposed_at is None or account.closed_at is not None or account.withdrawn_at is not None:
        raise RefusedError(_("Nobody keeps this account any more."), "too_late")


def named(account: SchoolAccount, *, person: Person, by: Person, at: dt.datetime) -> Keeper:
    if not colleagues(account.school, on=account.school.day_of(at)).filter(pk=person.pk).exists():
        raise RefusedError(_("Keepers are people who work at the school."), "person")
    try:
        with transaction.atomic():
            keeper = Keeper.objects.create(account=account, person=person, added_by=by, added_at=at)
    except IntegrityError as clash:
        raise RefusedError(_("They are a keeper already."), "too_late") from clash
    facts = {"keeper": keeper.pk, "account": account.pk, "person": log.who(person)}
    log.append(school=account.school, kind="keeper.added", at=at, by=by, facts=facts)
    return keeper


def end(keeper: Keeper, *, by: Person, at: dt.datetime, handed_to: Person | None) -> None:
    live = Keeper.objects.filter(pk=keeper.pk, ended_at__isnull=True)
    if not live.update(ended_by=by, ended_at=max(at, keeper.added_at), handed_to=handed_to):
        raise RefusedError(_("They have stopped keeping the account already."), "too_late")
    facts = {"keeper": keeper.pk, "person": log.who(keeper.person), "handed_to": handed_to.pk if handed_to else None}
    log.append(school=keeper.account.school, kind="keeper.ended", at=at, by=by, facts=facts)
