"""The headteacher decides first: approve, decline, or ask. Nobody decides about an account that they proposed."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.social_media import rules
from declarations.social_media.log_records import facts_of_decision, facts_of_question
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountQuestion
from declarations.social_media.queries import live_keepers, may_decide


def approve(
    *, account: SchoolAccount, by: Person, review_on: dt.date, at: dt.datetime, conditions: str = "", age_answer: str = ""
) -> SchoolAccount:
    """Approves until a review day. Raises RefusedError: `own`, `not_yours`, `review_on`, `age_answer`, `keepers`, `too_late`."""
    on = account.school.day_of(at)
    check_decider(account, by=by, at=at)
    if not on < review_on <= on + rules.LONGEST_UNTIL_REVIEW:
        raise RefusedError(_("Choose a review day within a year from today."), "review_on")
    if rules.is_too_young(account.platform, account.youngest_age) and not age_answer.strip():
        sentence = _(
            "%(platform)s takes members from the age of %(age)d. Say why younger pupils are among the audience, and what protects them."
        )
        known = {"platform": account.platform_name, "age": rules.minimum_age(account.platform)}
        raise RefusedError(sentence % known, "age_answer")
    if live_keepers(account, on=on).count() < rules.FEWEST_KEEPERS:
        raise RefusedError(_("Fewer than two keepers are left. Name another before you approve."), "keepers")
    facts = {"approved": True, "review_on": review_on, "conditions": conditions.strip(), "age_answer": age_answer.strip()}
    return decide(account, by=by, at=at, facts=facts)


def decline(*, account: SchoolAccount, by: Person, note: str, at: dt.datetime) -> SchoolAccount:
    """Declines, with the reason that staff read. Raises RefusedError: `own`, `not_yours`, `note`, `too_late`."""
    check_decider(account, by=by, at=at)
    if not note.strip():
        raise RefusedError(_("Give the reason: whoever proposed the account reads it."), "note")
    return decide(account, by=by, at=at, facts={"approved": False, "decision_note": note.strip()})


def decide(account: SchoolAccount, *, by: Person, at: dt.datetime, facts: dict[str, Any]) -> SchoolAccount:
    with transaction.atomic():
        # The condition settles the race: of two deciders, or of a decision and a withdrawal, one changes the row.
        waiting = SchoolAccount.objects.filter(pk=account.pk, proposed_at__isnull=False, decided_at__isnull=True)
        moment = Greatest(Value(at), F("proposed_at"))  # of two clocks one may lag
        open_ones = waiting.filter(withdrawn_at__isnull=True, closed_at__isnull=True)
        if not open_ones.update(decided_by=by, decided_at=moment, decided_on=account.school.day_of(at), **facts):
            raise RefusedError(_("Somebody decided or withdrew this first."), "too_late")
        decided = SchoolAccount.objects.get(pk=account.pk)
        kind = "account.approved" if decided.approved else "account.declined"
        log.append(school=account.school, kind=kind, at=at, by=by, facts=facts_of_decision(decided))
        return decided


def ask(*, account: SchoolAccount, by: Person, question: str, at: dt.datetime) -> AccountQuestion:
    """Asks whoever proposed it. Raises RefusedError: `own`, `not_yours`, `question`, `too_late`."""
    check_decider(account, by=by, at=at)
    if not question.strip():
        raise RefusedError(_("Type your question."), "question")
    with transaction.atomic():
        SchoolAccount.objects.select_for_update(no_key=True, of=["self"]).get(pk=account.pk)
        waiting = SchoolAccount.objects.filter(pk=account.pk, proposed_at__isnull=False, decided_at__isnull=True, withdrawn_at__isnull=True)
        is_asked = AccountQuestion.objects.filter(account=account, answered_at__isnull=True).exists()
        if is_asked or not waiting.filter(closed_at__isnull=True).exists():
            raise RefusedError(_("A question is open already, or this has been decided or withdrawn."), "too_late")
        asked = AccountQuestion.objects.create(account=account, asked_by=by, asked_at=at, question=question.strip())
        log.append(school=account.school, kind="account.asked", at=at, by=by, facts=facts_of_question(asked))
        return asked


def check_decider(account: SchoolAccount, *, by: Person, at: dt.datetime) -> None:
    """Raises RefusedError, `own` or `not_yours`, unless this person decides about the account."""
    if by.pk == account.proposed_by_id:
        raise RefusedError(_("You proposed this account, so somebody else decides about it."), "own")
    if not may_decide(account, by=by, at=at):
        raise RefusedError(_("Only the headteacher decides; about the headteacher's own proposals, the chair of governors."), "not_yours")
