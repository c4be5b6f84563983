"""Enters many holidays of a school at once.

Nothing is written to the evidence log: holidays decide when people are reminded, and nothing about what anybody signed or may do
(docs/decisions/0033).
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.school import School


def enter_holidays(*, school: School, days: Iterable[tuple[dt.date, dt.date, str]]) -> list[Holiday]:
    """Enters holidays (first day, last day, name), all or none; what is entered already stays as it is. Returns the new ones."""
    with transaction.atomic():
        # Makes two people with the same file wait for each other.
        School.objects.select_for_update(no_key=True).get(pk=school.pk)
        entered = set(Holiday.objects.filter(school=school).values_list("first_on", "last_on"))
        new = {(first, last): name for first, last, name in days if (first, last) not in entered}
        return [Holiday.objects.create(school=school, name=name, first_on=first, last_on=last) for (first, last), name in new.items()]
