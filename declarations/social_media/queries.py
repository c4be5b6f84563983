"""Questions about accounts: their state, who decides, who keeps them, what is to do."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from declarations.organisation.authorise import LEADERSHIP, may_act
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.organisation.queries import headteachers
from declarations.social_media import rules
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountQuestion, AccountReview, AccountSuspension, Keeper
from declarations.social_media.rules import State
from declarations.web.capability import Context

HEADTEACHER = frozenset({Role.Name.HEADTEACHER.value})
CHAIR = frozenset({Role.Name.CHAIR.value})
STATES = {
    State.DRAFT: _("draft"),
    State.PROPOSED: _("waiting for the headteacher"),
    State.QUESTION: _("the headteacher has asked a question"),
    State.FOUND: _("in use, not decided yet"),
    State.APPROVED: _("approved, not live yet"),
    State.DECLINED: _("declined"),
    State.WITHDRAWN: _("withdrawn"),
    State.LIVE: _("live"),
    State.REVIEW_DUE: _("live, review due"),
    State.OVERDUE: _("suspended: the review is overdue"),
    State.SUSPENDED: _("suspended"),
    State.CLOSED: _("closed"),
}


def with_state(accounts: QuerySet[SchoolAccount], *, on: dt.date) -> QuerySet[SchoolAccount]:
    """Each with `state` on this day, and with what it follows from; `rules.state` says the same."""
    about = Q(account=OuterRef("pk"))
    reviewed = AccountReview.objects.filter(about).order_by("-reviewed_at", "-id").values("next_on")[:1]
    facts = accounts.annotate(
        next_review_on=Coalesce(Subquery(reviewed), F("review_on")),
        is_asked=Exists(AccountQuestion.objects.filter(about, answered_at__isnull=True)),
        is_suspended=Exists(AccountSuspension.objects.filter(about, lifted_at__isnull=True)),
    )
    return facts.annotate(state=of_state(on=on))


def of_state(*, on: dt.date, prefix: str = "") -> Case:
    """The state of a row by these columns, each named with the prefix; `rules.state` in SQL."""

    def when(state: State, **facts: object) -> When:
        return When(Q(**{f"{prefix}{name}": value for name, value in facts.items()}), then=Value(state.value))

    return Case(
        when(State.CLOSED, closed_at__isnull=False),
        when(State.WITHDRAWN, withdrawn_at__isnull=False),
        when(State.DECLINED, approved=False),
        when(State.SUSPENDED, is_suspended=True),
        when(State.DRAFT, approved__isnull=True, proposed_at__isnull=True),
        when(State.QUESTION, approved__isnull=True, is_asked=True),
        when(State.FOUND, approved__isnull=True, found_live=True),
        when(State.PROPOSED, approved__isnull=True),
        when(State.APPROVED, live_at__isnull=True),
        when(State.OVERDUE, next_review_on__isnull=True),
        when(State.OVERDUE, next_review_on__lt=on - rules.OVERDUE),
        when(State.REVIEW_DUE, next_review_on__lte=on),
        default=Value(State.LIVE.value),
        output_field=models.CharField(),
    )


def in_states(*states: State) -> Q:
    """The condition that the state, as `with_state` says it, is one of these."""
    return reduce(or_, (Q(state=state.value) for state in states))


def of_school(school: School, *, on: dt.date, person: Person) -> QuerySet[SchoolAccount]:
    """What this person sees of the school's accounts: all but the drafts of others."""
    seen = SchoolAccount.objects.filter(Q(proposed_at__isnull=False) | Q(proposed_by=person), school=school)
    return with_state(seen, on=on)


def may_decide(account: SchoolAccount, *, by: Person, at: dt.datetime) -> bool:
    """Whether this person decides: the headteacher; about a headteacher's own, the chair of governors or the deputy in the settings."""
    heads = [role.person for role in headteachers(account.school, on=account.school.day_of(at))]
    return decides(account, by=by, heads=heads, at=at)


def decides(account: SchoolAccount, *, by: Person, heads: list[Person], at: dt.datetime) -> bool:
    """The same, where it is known who holds the headteacher's role; the first of them acts."""
    school = account.school
    if by.pk == account.proposed_by_id:
        return False
    if account.proposed_by_id not in {head.pk for head in heads}:
        return heads[:1] == [by] and may_act(by=by, school=school, roles=HEADTEACHER, at=at)
    on = school.day_of(at)
    is_deputy = by.pk == school.fallback_decider_id and by.school_id == school.pk and not by.has_left(on=on) and not by.waits(at=at)
    return is_deputy or may_act(by=by, school=school, roles=CHAIR, at=at)


def may_suspend(account: SchoolAccount, *, by: Person, at: dt.datetime) -> bool:
    return may_act(by=by, school=account.school, roles=LEADERSHIP | HEADTEACHER, at=at)


def live_keepers(account: SchoolAccount, *, on: dt.date) -> QuerySet[Keeper]:
    """Those who hold the sign-in: named, not ended, and still at the school."""
    live = Keeper.objects.filter(account=account, ended_at__isnull=True)
    return live.exclude(person__leaves_on__lte=on).select_related("person")


def is_keeper(account: SchoolAccount, *, person: Person, on: dt.date) -> bool:
    return live_keepers(account, on=on).filter(person=person).exists()


def deciders(account: SchoolAccount, *, at: dt.datetime) -> list[Person]:
    """Everybody who may decide about this account now, by name; nobody, if the role is not given."""
    school = account.school
    heads = [role.person for role in headteachers(school, on=school.day_of(at))]
    chairs = Role.objects.filter(name__in=HEADTEACHER | CHAIR, removed_at__isnull=True).values("person")
    people = Person.objects.filter(Q(pk__in=chairs) | Q(pk=school.fallback_decider_id)).filter(Q(school=school) | Q(school__isnull=True))
    in_order = people.prefetch_related("role_set").order_by("full_name", "pk")
    return [person for person in in_order if decides(account, by=person, heads=heads, at=at)]


def colleagues(school: School, *, on: dt.date) -> QuerySet[Person]:
    """Who can keep an account: everybody at the school but people from outside; pupils are not in this list at all."""
    people: QuerySet[Person] = Person.objects.filter(school=school).at_school(on=on).expected_to_sign()
    return people.order_by("full_name", "pk")


def keepers_missing(school: School, *, on: dt.date) -> QuerySet[SchoolAccount]:
    """Live accounts with fewer than two keepers who will still be there in thirty days."""
    staying = Q(keepers__ended_at__isnull=True) & (
        Q(keepers__person__leaves_on__isnull=True) | Q(keepers__person__leaves_on__gt=on + dt.timedelta(days=30))
    )
    counted = with_state(SchoolAccount.objects.filter(school=school), on=on).annotate(staying=models.Count("keepers", filter=staying))
    shown = (*rules.SHOWN_AS_LIVE, State.OVERDUE, State.SUSPENDED, State.FOUND)
    return counted.filter(in_states(*shown), staying__lt=rules.FEWEST_KEEPERS)


CHIPS = {
    State.DRAFT: ("quiet", "pen", _("Only you see it. Send it when it is ready.")),
    State.PROPOSED: ("wait", "clock", _("Next: the headteacher decides.")),
    State.QUESTION: ("wait", "chat", _("Next: whoever proposed it answers.")),
    State.FOUND: ("bad", "warn", _("Next: the headteacher decides whether it stays.")),
    State.APPROVED: ("good", "check", _("Next: a keeper opens it and confirms its address.")),
    State.DECLINED: ("bad", "cross", ""),
    State.WITHDRAWN: ("quiet", "minus", ""),
    State.LIVE: ("good", "check", ""),
    State.REVIEW_DUE: ("wait", "clock", _("Next: a keeper or the headteacher reviews it.")),
    State.OVERDUE: ("bad", "warn", _("Next: review it, or close it.")),
    State.SUSPENDED: ("bad", "pause", _("Next: the headteacher or the leadership lifts this, or it is closed.")),
    State.CLOSED: ("quiet", "minus", ""),
}


def in_words(account: SchoolAccount) -> Context:
    """An account that has its state, for pages: tone, icon and words of the state, and the next step."""
    state = State(getattr(account, "state", State.DRAFT))
    tone, icon, next_step = CHIPS[state]
    if state == State.DECLINED and account.live_at is not None:
        next_step = _("Next: a keeper closes it.")
    return {"account": account, "tone": tone, "icon": icon, "words": STATES[state], "next_step": next_step}


def to_do(rows: list[SchoolAccount], *, person: Person, school: School, at: dt.datetime) -> list[SchoolAccount]:
    """Of these accounts of the school, with states and keepers, those that wait for this person; one query, if any waits for a decision."""
    waits = any(getattr(row, "state", "") in rules.WAITING for row in rows)
    heads = [role.person for role in headteachers(school, on=school.day_of(at))] if waits else []
    return [row for row in rows if waits_for(row, person, heads=heads, at=at)]


def waits_for(account: SchoolAccount, person: Person, *, heads: list[Person], at: dt.datetime) -> bool:
    state = State(getattr(account, "state", ""))
    if state in rules.WAITING:
        return decides(account, by=person, heads=heads, at=at)
    if state in {State.DRAFT, State.QUESTION}:
        return account.proposed_by_id == person.pk
    keeps = any(keeper.person_id == person.pk and keeper.ended_at is None for keeper in account.keepers.all())
    is_left_open = state == State.DECLINED and account.live_at is not None
    return keeps and (is_left_open or state in {State.APPROVED, State.REVIEW_DUE, State.OVERDUE})
