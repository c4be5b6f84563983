"""What the suites of constraints and guards ask of this room: its constraints, and rows of its tables."""

import datetime as dt

from declarations.social_media.actions import abuse, decision, keepers, life, proposal
from declarations.social_media.models.history import Keeper
from tests.cast import Cast
from tests.social_media.making import LINES, YEAR, approved, fresh, live, proposed

# Checked in tests/social_media/test_database.py: rows of accounts begin as drafts and are what they become step by step.
CONSTRAINTS = {
    "account_is_proposed_whole", "account_has_a_platform", "account_decision_is_all_or_none", "account_is_decided_by_another",
    "account_is_decided_after_it_was_proposed", "account_approved_has_a_review_declined_a_reason", "account_is_live_after_it_was_approved",
    "account_is_closed_whole", "account_is_withdrawn_undecided", "keeper_is_named_once", "keeper_end_is_whole",
    "keeper_hands_over_to_another", "account_is_asked_once_at_a_time", "account_question_is_answered_whole",
    "account_review_says_each_line", "account_is_suspended_once_at_a_time", "account_suspension_is_lifted_whole", "abuse_says_what",
    "abuse_removal_is_whole", "abuse_report_is_whole", "abuse_is_acknowledged_after_its_report",
}  # fmt: skip


def account_with(cast: Cast, marker: str) -> int:
    match marker:
        case "withdrawn_at":
            account = proposed(cast)
            return proposal.withdraw(account=account, by=fresh(cast, "ada"), at=account.proposed_at).pk
        case "decided_at":
            return approved(cast, youngest_age=15).pk
        case "live_at":
            return live(cast).pk
        case "closed_at":
            account = live(cast)
            return life.close(
                account=account, by=fresh(cast, "ada"), content="kept", sign_in_removed_by="Ada", at=account.live_at + dt.timedelta(days=1)
            ).pk
    return proposed(cast).pk


def keeper_with(cast: Cast, marker: str) -> int:
    keeper = Keeper.objects.filter(account=live(cast), person=cast.ben).get()
    if marker:
        keepers.hand_over(keeper=keeper, to=cast.ines, by=fresh(cast, "ada"), at=keeper.added_at)
    return keeper.pk


def review_with(cast: Cast, _marker: str) -> int:
    account = live(cast)
    on = cast.hillside.day_of(account.live_at)
    return life.review(account=account, by=fresh(cast, "ada"), lines=LINES, next_on=on + YEAR, at=account.live_at).pk


def suspension_with(cast: Cast, marker: str) -> int:
    account = live(cast)
    suspension = life.suspend(account=account, by=fresh(cast, "hilda"), reason="A link.", at=account.live_at)
    if marker:
        life.lift(account=account, by=fresh(cast, "hilda"), at=account.live_at)
    return suspension.pk


def question_with(cast: Cast, marker: str) -> int:
    account = proposed(cast)
    question = decision.ask(account=account, by=fresh(cast, "hilda"), question="Who answers?", at=account.proposed_at)
    if marker:
        proposal.answer(question=question, by=fresh(cast, "ada"), answer="Ben.", at=account.proposed_at)
    return question.pk


def abuse_with(cast: Cast, _marker: str) -> int:
    """With all stamps."""
    account = live(cast)
    at, ben = account.live_at, fresh(cast, "ben")
    record = abuse.record(account=account, by=ben, facts={"what": "An insult", "seen_at": at}, at=at)
    record = abuse.remove(abuse=record, by=ben, removal="not", why_not="Evidence.", removed_at=at, at=at)
    record = abuse.report(abuse=record, by=ben, to=fresh(cast, "omar"), at=at)
    return abuse.acknowledge(abuse=record, by=fresh(cast, "omar"), at=at).pk


# A row of each table in which the mark holds a value. Guards against rows of another school are tried in test_database.py, too.
ROWS = {
    "declarations_schoolaccount": account_with,
    "declarations_keeper": keeper_with,
    "declarations_accountquestion": question_with,
    "declarations_accountreview": review_with,
    "declarations_accountsuspension": suspension_with,
    "declarations_abuserecord": abuse_with,
}
