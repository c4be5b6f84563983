"""What is outstanding at a school on a day: who has to sign what, permissions that end, texts to be reviewed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from declarations.devices.models import Permission
from declarations.mail.queries import refused, unreachable
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.reminders.schedule import Ask
from declarations.signing.models.declaration import Declaration
from declarations.signing.status import SigningStatus, both_since, due_day, expected_to_sign

A_DAY = dt.timedelta(days=1)
# Who still has to sign. The others have signed, need not, or have said something that waits for an answer.
TO_SIGN = [SigningStatus.DUE, SigningStatus.OVERDUE, SigningStatus.LAPSED]
LATE = {SigningStatus.OVERDUE, SigningStatus.LAPSED}
FACTS_OF_A_TEXT = ("pk", "school", "document", "number", "effective_from", "sign_by", "review_on")


@dataclass(frozen=True, slots=True)
class ToSign:
    """Somebody who has to sign, with what is asked of them."""

    person: Person
    state: SigningStatus
    asks: list[Ask]


@dataclass(frozen=True, slots=True)
class NotSigned:
    """Who has not signed what was due: names by category, those of them who get no e-mail, and how many are not counted."""

    categories: list[tuple[str, list[str]]]
    unreachable: list[tuple[str, str]]
    others: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(len(names) for _category, names in self.categories)


def texts_of(schools: models.QuerySet[School] | Iterable[School]) -> dict[int, list[PolicyVersion]]:
    """The published versions of these schools, without their words, by school; one query."""
    by_school: dict[int, list[PolicyVersion]] = defaultdict(list)
    for text in PolicyVersion.objects.published().filter(school__in=schools).only(*FACTS_OF_A_TEXT).order_by("school", "pk"):
        by_school[text.school_id].append(text)
    return by_school


def asks_of(school: School, texts: Iterable[PolicyVersion], *, on: dt.date) -> list[tuple[Ask, PolicyVersion | None]]:
    """What the school asks to be signed by this day, this year's declaration (None) and new texts; none while it has no texts."""
    there = [(text, text.effective_from) for text in texts if text.effective_from and text.effective_from <= on]
    opened_on = both_since((text.document, effective_from) for text, effective_from in there)
    if opened_on is None:
        return []
    year = school.year(on=on)
    due_on = due_day(year=year, opened_on=opened_on)
    asks: list[tuple[Ask, PolicyVersion | None]] = [(Ask(f"year {year.key}", max(year.opens_on, opened_on), due_on), None)]
    for text, effective_from in there:
        # The first texts are not new texts: nobody can have signed before.
        if text.sign_by and text.sign_by >= year.opens_on and effective_from > opened_on:
            asks.append((Ask(f"text {text.pk}", effective_from, text.sign_by), text))
    return asks


def to_sign(school: School, *, on: dt.date) -> list[ToSign]:
    """Everyone at the school who has to sign something on this day, by name; three queries."""
    asks = asks_of(school, texts_of([school])[school.pk], on=on)
    if not asks:
        return []
    newest = Declaration.objects.filter(person=OuterRef("pk"), signed_on__lte=on).newest_first()
    people = (
        expected_to_sign(school=school, on=on)
        .filter(signing_status__in=TO_SIGN)
        .annotate(
            year=Subquery(newest.values("school_year")[:1]),
            aup=Subquery(newest.values("aup__number")[:1]),
            leaflet=Subquery(newest.values("leaflet__number")[:1]),
        )
        .order_by("full_name", "pk")
    )
    return [
        ToSign(
            person,
            SigningStatus(person.signing_status),
            [ask.for_joiner(person.starts_on, person.added_on) for ask, text in asks if is_open(ask, text, person)],
        )
        for person in people
    ]


def is_open(ask: Ask, text: PolicyVersion | None, person: Any) -> bool:
    """Whether the newest thing that the person signed, if anything, does not answer this ask."""
    if text is None:
        return ask.name != f"year {person.year}"
    return (getattr(person, text.document) or 0) < text.number


def uncarried() -> models.QuerySet[Permission]:
    """Approved permissions that nothing carries on, neither a longer one of the device nor a request that waits; nor of who leaves then."""
    approved = Permission.objects.filter(approved=True, ended_at__isnull=True)
    longer = approved.filter(device=OuterRef("device"), until__gt=OuterRef("until"))
    asked = Permission.objects.filter(device=OuterRef("device"), decided_at__isnull=True, ended_at__isnull=True)
    stays = Q(owner__leaves_on__isnull=True) | Q(owner__leaves_on__gt=F("until") + A_DAY)
    return approved.filter(stays).exclude(Exists(longer)).exclude(Exists(asked)).order_by("until", "pk")


def reviews_overdue(school: School, *, on: dt.date) -> models.QuerySet[PolicyVersion]:
    """The versions in effect whose day of review has gone, without their words."""
    return PolicyVersion.objects.newest_in_effect(on=on).filter(school=school, review_on__lt=on).only(*FACTS_OF_A_TEXT, "title")


def not_signed(school: School, *, on: dt.date, at: dt.datetime) -> NotSigned:
    """The leadership's digest as it stands on this day; three queries."""
    refusing = refused(school, at=at)
    categories: dict[str, list[str]] = defaultdict(list)
    without_email, others = [], dict.fromkeys([SigningStatus.TALK, SigningStatus.DECLINED, SigningStatus.EXEMPT], 0)
    for person in expected_to_sign(school=school, on=on).order_by("full_name", "pk"):
        state = SigningStatus(person.signing_status)
        if state in others:
            others[state] += 1
        elif state in LATE:
            categories[person.get_category_display()].append(person.full_name)
            if why := unreachable(person, refusing):
                without_email.append((person.full_name, str(why.label)))
    return NotSigned(sorted(categories.items()), without_email, [(str(state.label), number) for state, number in others.items() if number])
