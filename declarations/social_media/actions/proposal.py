"""What whoever proposes an account does: write a draft, send it, withdraw it, answer a question."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.social_media import rules
from declarations.social_media.log_records import facts_of_answer, facts_of_proposal
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountQuestion, Keeper
from declarations.social_media.queries import colleagues


def save_draft(
    *, by: Person, facts: Mapping[str, Any], keepers: Collection[Person], at: dt.datetime, account: SchoolAccount | None = None
) -> SchoolAccount:
    """Keeps what was typed so far; a new draft without `account`. Raises RefusedError: `not_yours`, `too_late`, `keepers`."""
    with transaction.atomic():
        if by.school is None:
            raise RefusedError(_("Accounts belong to a school: somebody of the school proposes them."), "not_yours")
        if {keeper.pk for keeper in keepers} - set(colleagues(by.school, on=by.school.day_of(at)).values_list("pk", flat=True)):
            raise RefusedError(_("Keepers are people who work at the school."), "keepers")
        if account is None:
            account = SchoolAccount.objects.create(school=by.school, proposed_by=by, started_at=at, **facts)
        elif not SchoolAccount.objects.filter(pk=account.pk, proposed_by=by, proposed_at__isnull=True).update(**facts):
            raise RefusedError(_("This proposal has been sent already, or is not yours."), "too_late")
        Keeper.objects.filter(account=account).exclude(person__in=keepers).delete()
        for keeper in keepers:
            Keeper.objects.get_or_create(account=account, person=keeper, defaults={"added_by": by, "added_at": at})
        return SchoolAccount.objects.get(pk=account.pk)


def discard_draft(*, account: SchoolAccount, by: Person) -> None:
    """Throws a draft away. Raises RefusedError, `too_late`."""
    with transaction.atomic():
        drafts = SchoolAccount.objects.filter(pk=account.pk, proposed_by=by, proposed_at__isnull=True)
        if not drafts.exists():
            raise RefusedError(_("This proposal has been sent already, or is not yours."), "too_late")
        Keeper.objects.filter(account__in=drafts).delete()
        drafts.delete()


def send(*, account: SchoolAccount, by: Person, at: dt.datetime) -> SchoolAccount:
    """Sends a whole draft to the headteacher; an account that existed already counts as live from now on, in red.

    Raises RefusedError: `registered_email`, `keepers`, `too_late`.
    """
    with transaction.atomic():
        account = SchoolAccount.objects.select_for_update(of=["self"]).select_related("school").get(pk=account.pk)
        check_whole(account)
        # Who is named in a draft becomes a keeper now.
        people = Person.objects.filter(pk__in=account.keepers.values("person")).order_by("pk")
        named = [Keeper(account=account, person=person, added_by=by, added_at=at) for person in people]
        account.keepers.all().delete()
        kept = Keeper.objects.bulk_create(named)
        live = {"live_at": at, "live_by": by} if account.found_live else {}
        drafts = SchoolAccount.objects.filter(pk=account.pk, proposed_by=by, proposed_at__isnull=True)
        if not drafts.update(proposed_at=at, **live):
            raise RefusedError(_("This proposal has been sent already, or is not yours."), "too_late")
        account = SchoolAccount.objects.get(pk=account.pk)
        log.append(school=account.school, kind="account.proposed", at=at, by=by, facts=facts_of_proposal(account))
        for keeper in kept:
            facts = {"keeper": keeper.pk, "account": account.pk, "person": log.who(keeper.person)}
            log.append(school=account.school, kind="keeper.added", at=at, by=by, facts=facts)
        return account


def check_whole(account: SchoolAccount) -> None:
    """Raises RefusedError, `registered_email`, `keepers` or `missing`, if the draft cannot be sent as it is."""
    domains = account.school.email_domains
    if not domains:
        raise RefusedError(
            _("The school has not named its e-mail domains yet. Ask an administrator to add them to the settings."), "registered_email"
        )
    if not rules.on_a_domain(account.registered_email, domains):
        sentence = _("Use an e-mail address of the school, never a personal one. It ends in: %(domains)s.")
        raise RefusedError(sentence % {"domains": ", ".join(domains.split())}, "registered_email")
    if account.keepers.filter(ended_at__isnull=True).count() < rules.FEWEST_KEEPERS:
        raise RefusedError(_("Name at least two keepers, so that somebody can always sign in."), "keepers")
    if not all([account.name, account.purpose, account.audience, account.begins_on, account.promised]):
        raise RefusedError(_("Fill in name, purpose, audience and first day, and tick the three promises."), "missing")


def withdraw(*, account: SchoolAccount, by: Person, at: dt.datetime) -> SchoolAccount:
    """Takes a proposal back before it is decided. Raises RefusedError: `not_yours`, `too_late`."""
    with transaction.atomic():
        if by.pk != account.proposed_by_id:
            raise RefusedError(_("Only whoever proposed the account withdraws it."), "not_yours")
        # The condition settles the race with a decision.
        waiting = SchoolAccount.objects.filter(pk=account.pk, proposed_at__isnull=False, withdrawn_at__isnull=True)
        if not waiting.filter(decided_at__isnull=True, closed_at__isnull=True, found_live=False).update(withdrawn_at=at):
            raise RefusedError(_("This can no longer be withdrawn: it has been decided, or is in use."), "too_late")
        log.append(school=account.school, kind="account.withdrawn", at=at, by=by, facts={"account": account.pk})
        return SchoolAccount.objects.get(pk=account.pk)


def answer(*, question: AccountQuestion, by: Person, answer: str, at: dt.datetime) -> AccountQuestion:
    """Answers the headteacher's question; the proposal is back in the queue. Raises RefusedError: `not_yours`, `answer`, `too_late`."""
    with transaction.atomic():
        account = question.account
        if by.pk != account.proposed_by_id and not account.keepers.filter(person=by, ended_at__isnull=True).exists():
            raise RefusedError(_("Whoever proposed the account answers, or one of its keepers."), "not_yours")
        if not answer.strip():
            raise RefusedError(_("Type your answer."), "answer")
        unanswered = AccountQuestion.objects.filter(pk=question.pk, answered_at__isnull=True)
        if not unanswered.update(answered_by=by, answered_at=at, answer=answer.strip()):
            raise RefusedError(_("Somebody has answered this already."), "too_late")
        question = AccountQuestion.objects.get(pk=question.pk)
        log.append(school=account.school, kind="account.answered", at=at, by=by, facts=facts_of_answer(question))
        return question
