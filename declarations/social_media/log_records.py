"""What the log says of accounts, and how the tables are compared with it."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

from declarations.evidence import canonical_json
from declarations.evidence import log as evidence
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Log
from declarations.evidence.reconcile import Happening, check_rows
from declarations.evidence.scan import LogContents, Record
from declarations.social_media.models.abuse import AbuseRecord
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountQuestion, AccountReview, AccountSuspension, Keeper
from declarations.web.capability import LogKind

TITLES = {
    "account.proposed": ("account", _("an account of the school was proposed or registered")),
    "account.withdrawn": ("account", _("the proposal of an account was withdrawn")),
    "account.approved": ("account", _("an account of the school was approved")),
    "account.declined": ("account", _("an account of the school was declined")),
    "account.live": ("account", _("an account of the school went live")),
    "account.closed": ("account", _("an account of the school was closed")),
    "account.asked": ("question", _("a question was asked about an account")),
    "account.answered": ("question", _("a question about an account was answered")),
    "account.reviewed": ("review", _("an account of the school was reviewed")),
    "account.suspended": ("suspension", _("an account of the school was suspended")),
    "account.lifted": ("suspension", _("the suspension of an account was lifted")),
    "abuse.recorded": ("abuse", _("abuse on an account was recorded")),
    "abuse.removed": ("abuse", _("abuse on an account was removed, or not")),
    "abuse.reported": ("abuse", _("abuse on an account was reported to the leadership")),
    "abuse.acknowledged": ("abuse", _("a report of abuse on an account was acknowledged")),
}
LOG_KINDS = (
    *(LogKind(name=name, title=title, about="by", needs={key: int}, by_command=False) for name, (key, title) in TITLES.items()),
    LogKind(
        name="keeper.added",
        title=_("somebody became keeper of an account"),
        about="person",
        needs={"keeper": int, "person": dict},
        by_command=False,
    ),
    LogKind(
        name="keeper.ended",
        title=_("somebody stopped keeping an account"),
        about="person",
        needs={"keeper": int, "person": dict},
        by_command=False,
    ),
)
# What was proposed: in the log as one hash, because names stand in it.
PROPOSED = (
    "platform", "other_platform", "hosted_by", "name", "address", "purpose", "audience", "youngest_age", "is_public", "registered_email",
    "posts", "comments_checked", "direct_messages", "messages_watched_by", "photographs", "consent_checked_by", "links_checked", "two_step",
    "technical_risks_by", "teaching_risks_by", "data_protection", "begins_on", "ends_on", "at_the_end", "promised",
)  # fmt: skip
ABUSE = ("what", "shown_as", "address", "seen_at", "text", "child_involved")


def sha256_of(row: Any, columns: tuple[str, ...]) -> str:
    """A hash of these columns of a row; days and moments as text."""
    facts = {column: text_of(getattr(row, column)) for column in columns}
    return hashlib.sha256(canonical_json.canon(evidence.nfc(facts))).hexdigest()


def text_of(value: dt.datetime | dt.date | Json) -> Json:
    if isinstance(value, dt.datetime):
        return evidence.time_text(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def facts_of_proposal(account: SchoolAccount) -> dict[str, Json]:
    return {
        "account": account.pk,
        "platform": account.platform_name,
        "name": account.name,
        "found_live": account.found_live,
        "proposal_sha256": sha256_of(account, PROPOSED),
    }


def facts_of_decision(account: SchoolAccount) -> dict[str, Json]:
    return {
        "account": account.pk,
        "decided_on": evidence.day_text(account.decided_on),
        "review_on": evidence.day_text(account.review_on),
        "conditions": account.conditions,
        "note": account.decision_note,
        "age_answer": account.age_answer,
    }


def facts_of_closing(account: SchoolAccount) -> dict[str, Json]:
    return {"account": account.pk, "content": account.closed_content, "sign_in_removed_by": account.sign_in_removed_by}


def facts_of_question(question: AccountQuestion) -> dict[str, Json]:
    return {"question": question.pk, "account": question.account_id, "question_sha256": sha256_of(question, ("question",))}


def facts_of_answer(question: AccountQuestion) -> dict[str, Json]:
    return {"question": question.pk, "account": question.account_id, "answer_sha256": sha256_of(question, ("answer",))}


def facts_of_suspension(suspension: AccountSuspension) -> dict[str, Json]:
    return {"suspension": suspension.pk, "account": suspension.account_id, "reason": suspension.reason}


def facts_of_review(review: AccountReview) -> dict[str, Json]:
    return {
        "review": review.pk,
        "account": review.account_id,
        "next_on": evidence.day_text(review.next_on),
        "conditions": review.conditions,
        "lines": {line: getattr(review, line) for line in AccountReview.LINES},
    }


def facts_of_abuse(record: AbuseRecord) -> dict[str, Json]:
    return {"abuse": record.pk, "account": record.account_id, "abuse_sha256": sha256_of(record, ABUSE)}


def facts_of_removal(record: AbuseRecord) -> dict[str, Json]:
    return {"abuse": record.pk, "removal": record.removal, "why_not": record.why_not_removed}


def check_accounts(log: Log, contents: LogContents) -> Iterator[str]:
    rows = SchoolAccount.objects.filter(school=log.school_id, proposed_at__isnull=False).order_by("pk")

    def decided(row: SchoolAccount) -> Record:
        return facts_of_decision(row) | {"by": row.decided_by_id}

    def live_at(row: SchoolAccount) -> Any:
        return None if row.found_live else row.live_at

    yield from check_rows(
        "account", "account", rows, contents,
        Happening("account.proposed", "proposed", attrgetter("proposed_at"),
                  lambda row: facts_of_proposal(row) | {"by": row.proposed_by_id}),
        Happening("account.withdrawn", "withdrawn", attrgetter("withdrawn_at"), lambda row: {"by": row.proposed_by_id}),
        Happening("account.approved", "approved", lambda row: row.decided_at if row.approved else None, decided),
        Happening("account.declined", "declined", lambda row: row.decided_at if row.approved is False else None, decided),
        Happening("account.live", "live", live_at, lambda row: {"by": row.live_by_id}),
        Happening("account.closed", "closed", attrgetter("closed_at"), lambda row: facts_of_closing(row) | {"by": row.closed_by_id}),
    )  # fmt: skip


def check_history(log: Log, contents: LogContents) -> Iterator[str]:
    """Questions, reviews, suspensions and keepers of the school's accounts."""
    of_school = {"account__school": log.school_id, "account__proposed_at__isnull": False}
    yield from check_rows(
        "question", "question", AccountQuestion.objects.filter(**of_school).order_by("pk"), contents,
        Happening("account.asked", "asked", attrgetter("asked_at"),
                  lambda row: facts_of_question(row) | {"by": row.asked_by_id}),
        Happening("account.answered", "answered", attrgetter("answered_at"),
                  lambda row: facts_of_answer(row) | {"by": row.answered_by_id}),
    )  # fmt: skip
    yield from check_rows(
        "review of an account", "review", AccountReview.objects.filter(**of_school).order_by("pk"), contents,
        Happening("account.reviewed", "made", attrgetter("reviewed_at"), lambda row: facts_of_review(row) | {"by": row.reviewed_by_id}),
    )  # fmt: skip
    yield from check_rows(
        "suspension of an account", "suspension", AccountSuspension.objects.filter(**of_school).order_by("pk"), contents,
        Happening("account.suspended", "begun", attrgetter("suspended_at"),
                  lambda row: facts_of_suspension(row) | {"by": row.suspended_by_id}),
        Happening("account.lifted", "lifted", attrgetter("lifted_at"), lambda row: {"by": row.lifted_by_id}),
    )  # fmt: skip
    yield from check_rows(
        "keeper", "keeper", Keeper.objects.filter(**of_school).order_by("pk"), contents,
        Happening("keeper.added", "added", attrgetter("added_at"),
                  lambda row: {"by": row.added_by_id, "account": row.account_id, "person": row.person_id}),
        Happening("keeper.ended", "ended", attrgetter("ended_at"), lambda row: {"by": row.ended_by_id, "handed_to": row.handed_to_id}),
    )  # fmt: skip


def check_abuse(log: Log, contents: LogContents) -> Iterator[str]:
    yield from check_rows(
        "abuse", "abuse", AbuseRecord.objects.filter(account__school=log.school_id).order_by("pk"), contents,
        Happening("abuse.recorded", "recorded", attrgetter("recorded_at"), lambda row: facts_of_abuse(row) | {"by": row.recorded_by_id}),
        # When it was removed may have been long before that was entered.
        Happening("abuse.removed", "removed", attrgetter("entered_at"),
                  lambda row: facts_of_removal(row) | {"by": row.removed_by_id, "removed_at": evidence.time_text(row.removed_at)}),
        Happening("abuse.reported", "reported", attrgetter("reported_at"),
                  lambda row: {"by": row.reported_by_id, "reported_to": row.reported_to_id}),
        Happening("abuse.acknowledged", "acknowledged", attrgetter("acknowledged_at"), lambda row: {"by": row.reported_to_id}),
    )  # fmt: skip
