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


def headteachers(school: School, *, on: dt.date) -> models.QuerySet[Role]:
    """The role of the headteacher as it is held on this day; whoever acts comes first.

    Whoever has it for days acts, and goes before whoever has it for good (docs/decisions/0061).
    """
    return (
        headteacher_roles(school, on=on)
        .filter(person__in=Person.objects.at_school(on=on))
        .order_by(F("ends_on").asc(nulls_last=True), "pk")
    )


def headteacher_roles(school: School, *, on: dt.date) -> models.QuerySet[Role]:
    """The rows of that role that have not ended on this day, of people who have not left: also of somebody who starts later."""
    unended = Role.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), name=Role.Name.HEADTEACHER, removed_at__isnull=True)
    return unended.filter(Q(person__leaves_on__isnull=True) | Q(person__leaves_on__gt=on), person__school=school).select_related("person")


def headteacher_on(school: School, *, on: dt.date) -> Person | None:
    """The headteacher who acts on this day."""
    role = headteachers(school, on=on).first()
    return role.person if role else None
