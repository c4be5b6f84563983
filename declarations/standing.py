"""Where a person stands: what they have signed, whether it holds, and what is left to do."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils.translation import gettext_lazy as _

from declarations.models import Declaration, Person, PolicyVersion
from declarations.models.person import PersonQuerySet


class State(models.TextChoices):
    """One of these on every day; the words are what people read."""

    SIGNED = "signed", _("signed")
    DUE = "due", _("in force, to be signed again")
    LAPSED = "lapsed", _("lapsed")
    NEVER = "never", _("not signed yet")


@dataclass(frozen=True, slots=True)
class Standing:
    """`declaration` is the newest in force, else the newest of all; `holds_until` is the last day on which it is in force.

    `sign_by` is the day by which something is to be signed: None when nothing is.
    """

    state: State
    declaration: Declaration | None
    holds_until: dt.date | None
    sign_by: dt.date | None


def standing(*, person: Person, on: dt.date) -> Standing:
    """Where one person of a school stands on a day; four queries at most, whatever they have signed."""
    school = person.school
    if school is None:
        raise ValueError("Only people of a school sign.")
    year = school.year(on=on)
    mine = Declaration.objects.filter(person=person, signed_on__lte=on).select_related("aup", "leaflet").newest_first()
    current = mine.current(on=on, year=year.key).first()
    if current is not None:
        return Standing(State.SIGNED, current, current.lapses_on - dt.timedelta(days=1), None)
    holding = mine.in_force(on=on).first()
    if holding is None:
        newest = mine.first()
        state = State.NEVER if newest is None else State.LAPSED
        return Standing(state, newest, None, max(year.due_on, on))
    last_day = holding.lapses_on - dt.timedelta(days=1)
    asked = [
        version.sign_by
        for version in PolicyVersion.objects.published().filter(school=school, effective_from__lte=on, sign_by__isnull=False)
        if version.sign_by is not None and version.number > (holding.aup if version.document == "aup" else holding.leaflet).number
    ]
    due = [*asked, *([year.due_on] if holding.school_year != year.key else [])]
    if not due:
        # Signed in another window between two of these questions.
        return Standing(State.SIGNED, holding, last_day, None)
    return Standing(State.DUE, holding, min([last_day, *asked]), min(due))


def with_state(people: PersonQuerySet, *, on: dt.date, year: int) -> models.QuerySet[Any]:
    """People of one school, each with `state` (a State): what `standing` says of one person, in SQL for all of them."""
    declarations = Declaration.objects.filter(person=OuterRef("pk"), signed_on__lte=on)
    return people.annotate(
        state=Case(
            When(Exists(declarations.current(on=on, year=year)), then=Value(State.SIGNED.value)),
            When(Exists(declarations.in_force(on=on)), then=Value(State.DUE.value)),
            When(Exists(declarations), then=Value(State.LAPSED.value)),
            default=Value(State.NEVER.value),
            output_field=models.CharField(),
        )
    )
