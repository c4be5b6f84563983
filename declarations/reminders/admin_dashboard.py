"""What the dashboard says about the year: who has signed, and who cannot be told."""

from django.http import HttpRequest

from declarations.reminders import signed
from declarations.reminders.admin_not_signed import how_many_cannot_be_reached
from declarations.web.admin_base import context_of
from declarations.web.capability import Context


def unreachable(request: HttpRequest) -> Context | None:
    school, on, at = context_of(request).school, context_of(request).on, context_of(request).at
    number = how_many_cannot_be_reached(school, on=on, at=at) if school else 0
    return {"unreachable": number} if number else None


def who_has_signed(request: HttpRequest) -> Context | None:
    school, on = context_of(request).school, context_of(request).on
    if school is None:
        return None
    return {"signed": signed.who_has_signed(school, on=on), "year": school.year(on=on), "school": school}
