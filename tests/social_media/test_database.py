"""What the database refuses of accounts from underneath, in plain SQL; the same change in order is taken."""

import datetime as dt
from typing import Any

import pytest
from django.db import models

from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.social_media.models.abuse import AbuseRecord
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountQuestion, AccountReview, AccountSuspension, Keeper
from tests.cast import Cast
from tests.social_media.facts import ROWS, question_with
from tests.social_media.making import approved, draft, live, proposed
from tests.whole.rows import facts_of, insert, refused_by, update

pytestmark = pytest.mark.django_db
GUARD = "does not fit the rows that are there"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def decision(account: SchoolAccount, by: Person, **changed: Any) -> dict[str, Any]:
    on = account.school.day_of(account.proposed_at or account.started_at)
    return {
        "decided_by_id": by.pk, "decided_at": (account.proposed_at or account.started_at) + HOUR, "decided_on": on, "approved": True,
        "review_on": on + 90 * DAY,
    } | changed  # fmt: skip


@pytest.mark.parametrize("by", ["omar", "ben", "ines", "rosa", "tara"])
def test_nobody_decides_without_the_role(cast: Cast, by):
    account = proposed(cast)
    with refused_by(GUARD):
        update(SchoolAccount, account.pk, decision(account, getattr(cast, by)))
    update(SchoolAccount, account.pk, decision(account, cast.hilda))


@pytest.mark.parametrize("how", ["later", "removed", "ended", "left"])
def test_nobody_decides_without_the_role_on_that_day(cast: Cast, how):
    account = proposed(cast)
    on, at = account.school.day_of(account.proposed_at), account.proposed_at + HOUR
    role = Role.objects.get(person=cast.hilda, name="headteacher")
    if how == "removed":
        update(Role, role.pk, {"removed_at": account.proposed_at})
    elif how == "left":
        Person.objects.filter(pk=cast.hilda.pk).update(leaves_on=on)
    else:
        update(Role, role.pk, {"removed_at": account.proposed_at})
        granted = {"later": {"granted_at": at + HOUR}, "ended": {"granted_at": account.proposed_at, "ends_on": on}}[how]
        insert(Role, {"person_id": cast.hilda.pk, "name": "headteacher", **granted})
    with refused_by(GUARD):
        update(SchoolAccount, account.pk, decision(account, cast.hilda))


def test_nobody_decides_for_themself(cast: Cast):
    account = proposed(cast, by="hilda")
    insert(Role, {"person_id": cast.hilda.pk, "name": "chair", "granted_at": account.proposed_at})
    with refused_by("account_is_decided_by_another"):
        update(SchoolAccount, account.pk, decision(account, cast.hilda))
    with refused_by(GUARD):
        update(SchoolAccount, account.pk, decision(account, cast.ada))
    update(SchoolAccount, account.pk, decision(account, cast.omar))


def test_whoever_acts_decides_nothing_that_the_headteacher_proposed(cast: Cast):
    account = proposed(cast, by="hilda")
    ends_on = cast.hillside.day_of(account.proposed_at) + 9 * DAY
    insert(Role, {"person_id": cast.ines.pk, "name": "headteacher", "granted_at": account.proposed_at, "ends_on": ends_on})
    with refused_by(GUARD):
        update(SchoolAccount, account.pk, decision(account, cast.ines))
    update(SchoolAccount, account.pk, decision(account, cast.omar))


def test_a_deputy_who_has_left_decides_nothing(cast: Cast):
    account = proposed(cast, by="hilda")
    on = cast.hillside.day_of(account.proposed_at)
    School.objects.filter(pk=cast.hillside.pk).update(fallback_decider=cast.ines)
    Person.objects.filter(pk=cast.ines.pk).update(leaves_on=on)
    with refused_by(GUARD):
        update(SchoolAccount, account.pk, decision(account, cast.ines))
    Person.objects.filter(pk=cast.ines.pk).update(leaves_on=on + DAY)
    update(SchoolAccount, account.pk, decision(account, cast.ines))


def test_it_is_decided_after_it_was_proposed(cast: Cast):
    account = draft(cast)
    update(SchoolAccount, account.pk, {"proposed_at": account.started_at + HOUR})
    with refused_by("account_is_decided_after_it_was_proposed"):
        update(SchoolAccount, account.pk, decision(account, cast.hilda, decided_at=account.started_at + HOUR / 2))
    update(SchoolAccount, account.pk, decision(account, cast.hilda))


def test_the_deputy_of_the_settings_decides_about_the_headteachers_own_alone(cast: Cast):
    of_head, of_ada = proposed(cast, by="hilda"), proposed(cast)
    School.objects.filter(pk=cast.hillside.pk).update(fallback_decider=cast.ines)
    with refused_by(GUARD):
        update(SchoolAccount, of_ada.pk, decision(of_ada, cast.ines))
    update(SchoolAccount, of_head.pk, decision(of_head, cast.ines))


def test_an_approval_needs_two_keepers(cast: Cast):
    account = proposed(cast)
    bens = Keeper.objects.get(account=account, person=cast.ben)
    update(Keeper, bens.pk, {"ended_at": bens.added_at, "ended_by_id": cast.ben.pk})
    with refused_by(GUARD):
        update(SchoolAccount, account.pk, decision(account, cast.hilda))
    update(SchoolAccount, account.pk, decision(account, cast.hilda, approved=False, review_on=None, decision_note="No."))


@pytest.mark.parametrize("missing", ["decided_by_id", "decided_at", "decided_on", "approved", "review_on"])
def test_a_decision_is_whole(cast: Cast, missing):
    account = proposed(cast)
    half = {column: value for column, value in decision(account, cast.hilda).items() if column != missing}
    refusals = {"review_on": "account_approved_has_a_review_declined_a_reason", "decided_by_id": GUARD}
    with refused_by(refusals.get(missing, "account_")):
        update(SchoolAccount, account.pk, half)
    update(SchoolAccount, account.pk, decision(account, cast.hilda))


@pytest.mark.parametrize(
    "address", ["ada@mail.example", "ada", "@", "ada@", "ada@%", "ada@hillside.example.evil.example", "a@hillside.example@mail.example"]
)
def test_the_registered_email_is_on_a_domain_of_the_school(cast: Cast, address):
    account = draft(cast, registered_email=address)
    with refused_by(GUARD):
        update(SchoolAccount, account.pk, {"proposed_at": account.started_at})
    for right in ("art@hillside.example", "ART@Other.Example"):
        other = draft(cast, registered_email=right)
        update(SchoolAccount, other.pk, {"proposed_at": other.started_at})


@pytest.mark.parametrize(
    "change",
    [{"proposed_at": 0}, {"decided_at": 0}, {"live_at": 0}, {"closed_at": 0}, {"withdrawn_at": 0}, {"proposed_by_id": "rita"}],
    ids=lambda change: next(iter(change)),
)
def test_a_row_begins_as_a_draft_of_somebody_of_the_school(cast: Cast, change):
    whole = facts_of(draft(cast))
    with refused_by(GUARD):
        insert(SchoolAccount, whole | {key: getattr(cast, value).pk if value else whole["started_at"] for key, value in change.items()})
    insert(SchoolAccount, whole)


ILLEGAL = [
    ("account_is_proposed_whole", draft, lambda a: {"proposed_at": a.started_at, "purpose": ""}, lambda a: {"proposed_at": a.started_at}),
    ("account_is_proposed_whole", draft, lambda a: {"proposed_at": a.started_at, "promised": False}, None),
    ("account_is_proposed_whole", draft, lambda a: {"proposed_at": a.started_at, "begins_on": None}, None),
    ("account_has_a_platform", draft, lambda _: {"platform": "other"}, lambda _: {"platform": "other", "other_platform": "Padlet"}),
    ("account_is_live_after_it_was_approved", proposed, lambda a: {"live_at": a.proposed_at, "live_by_id": a.proposed_by_id}, None),
    ("account_is_live_after_it_was_approved", approved, lambda a: {"live_at": a.decided_at}, None),
    ("account_is_live_after_it_was_approved", approved, lambda a: {"live_at": a.decided_at - HOUR, "live_by_id": a.proposed_by_id},
     lambda a: {"live_at": a.decided_at, "live_by_id": a.proposed_by_id}),
    ("account_is_closed_whole", live, lambda a: {"closed_at": a.live_at, "closed_by_id": a.proposed_by_id, "closed_content": "kept"}, None),
    ("account_is_closed_whole", live, lambda a: {"closed_at": a.live_at, "closed_by_id": a.proposed_by_id, "sign_in_removed_by": "A"},
     None),
    ("account_is_closed_whole", live,
     lambda a: {"closed_at": a.live_at, "closed_content": "kept", "sign_in_removed_by": "A"},
     lambda a: {"closed_at": a.live_at, "closed_by_id": a.proposed_by_id, "closed_content": "kept", "sign_in_removed_by": "A"}),
    ("account_is_withdrawn_undecided", approved, lambda a: {"withdrawn_at": a.decided_at}, None),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "made", "wrong", "right"), ILLEGAL)
def test_an_account_is_refused_what_the_constraint_is_named_for(cast: Cast, constraint, made, wrong, right):
    account = made(cast)
    with refused_by(constraint):
        update(SchoolAccount, account.pk, wrong(account))
    if right:
        update(SchoolAccount, account.pk, right(account))


ENDS: list[tuple[str, type[models.Model], str, dict[str, Any]]] = [
    ("keeper_end_is_whole", Keeper, "keeper", {"ended_at": "later"}),
    ("keeper_hands_over_to_another", Keeper, "keeper", {"ended_at": "later", "ended_by_id": "ada", "handed_to_id": "ben"}),
    ("account_suspension_is_lifted_whole", AccountSuspension, "accountsuspension", {"lifted_at": "later"}),
]


@pytest.mark.parametrize(("constraint", "model", "table", "wrong"), ENDS)
def test_an_end_is_whole(cast: Cast, constraint, model, table, wrong):
    pk = ROWS[f"declarations_{table}"](cast, "")
    later = cast.aup.published_at + DAY
    facts = {key: later if value == "later" else getattr(cast, value).pk for key, value in wrong.items()}
    with refused_by(constraint):
        update(model, pk, facts)


def test_a_question_is_answered_whole_and_asked_once_at_a_time(cast: Cast):
    pk = question_with(cast, "")
    asked = facts_of(AccountQuestion.objects.get(pk=pk))
    with refused_by("account_question_is_answered_whole"):
        update(AccountQuestion, pk, {"answered_at": asked["asked_at"], "answered_by_id": cast.ada.pk})
    with refused_by("account_is_asked_once_at_a_time"):
        insert(AccountQuestion, asked)
    decided = approved(cast)
    with refused_by(GUARD):
        insert(AccountQuestion, asked | {"account_id": decided.pk})


def test_keepers_are_named_once_and_of_the_school(cast: Cast):
    facts = facts_of(Keeper.objects.get(pk=ROWS["declarations_keeper"](cast, "")))
    with refused_by("keeper_is_named_once"):
        insert(Keeper, facts)
    with refused_by(GUARD):
        insert(Keeper, facts | {"person_id": cast.rita.pk})
    insert(Keeper, facts | {"person_id": cast.ines.pk})


def test_a_review_says_each_line_and_is_of_an_account_in_use(cast: Cast):
    facts = facts_of(AccountReview.objects.get(pk=ROWS["declarations_accountreview"](cast, "")))
    for line in AccountReview.LINES:
        with refused_by("account_review_says_each_line"):
            insert(AccountReview, facts | {line: ""})
    with refused_by(GUARD):
        insert(AccountReview, facts | {"account_id": approved(cast).pk})
    insert(AccountReview, facts)


def test_an_account_is_suspended_once_at_a_time_and_only_in_use(cast: Cast):
    facts = facts_of(AccountSuspension.objects.get(pk=ROWS["declarations_accountsuspension"](cast, "")))
    with refused_by("account_is_suspended_once_at_a_time"):
        insert(AccountSuspension, facts)
    with refused_by(GUARD):
        insert(AccountSuspension, facts | {"account_id": approved(cast).pk})
    with refused_by("account_suspension_is_lifted_whole"):
        insert(AccountSuspension, facts | {"account_id": live(cast).pk, "reason": ""})


def test_the_stamps_of_abuse_are_whole(cast: Cast):
    whole = facts_of(AbuseRecord.objects.get(pk=ROWS["declarations_abuserecord"](cast, "")))
    for constraint, change in (
        ("abuse_says_what", {"what": ""}),
        ("abuse_removal_is_whole", {"removed_by_id": None}),
        ("abuse_removal_is_whole", {"entered_at": None}),
        ("abuse_removal_is_whole", {"why_not_removed": ""}),
        ("abuse_removal_is_whole", {"removal": "maybe"}),
        ("abuse_report_is_whole", {"reported_to_id": None}),
        ("abuse_is_acknowledged_after_its_report", {"acknowledged_at": whole["reported_at"] - HOUR}),
    ):
        with refused_by(constraint):
            insert(AbuseRecord, whole | change)
    with refused_by(GUARD):
        insert(AbuseRecord, whole | {"account_id": approved(cast).pk})
    insert(AbuseRecord, whole)
