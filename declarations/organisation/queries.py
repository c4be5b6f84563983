"""Questions about the people of a school."""

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School


def leaders(school: School, *, on: dt.date, but: Person | None = None) -> models.QuerySet[Person]:
    """The school's leadership on this day, or the trust's if the school has none, without the person `but`."""
    live = Role.objects.filter(person=OuterRef("pk"), name=Role.Name.LEADERSHIP, removed_at__isnull=True)
    granted = live.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
    leading: models.QuerySet[Person] = Person.objects.at_school(on=on).filter(Exists(granted))
    if but is not None:
        leading = leading.exclude(pk=but.pk)
    own = leading.filter(school=school)
    return leading.filter(Q(school=school) | Q(school__isnull=True) & ~Exists(own)).order_by("full_name", "pk")


def headteacher_on(school: School, *, on: dt.date) -> Person | None:
    """The headteacher who acts on this day: whoever has the role for days goes before whoever has it for good (docs/decisions/0061)."""
    held = headteachers(school, on=on).order_by(F("ends_on").asc(nulls_last=True), "pk").first()
    return held.person if held else None


def headteachers(school: School, *, on: dt.date) -> models.QuerySet[Role]:
    """The role of the headteacher, and that of an acting one, as they are held on this day."""
    held = Role.objects.filter(name=Role.Name.HEADTEACHER, person__in=Person.objects.at_school(on=on), person__school=school)
    return held.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), removed_at__isnull=True).select_related("person")
