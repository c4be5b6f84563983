"""Questions about the people of a school."""

import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef, Q

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
