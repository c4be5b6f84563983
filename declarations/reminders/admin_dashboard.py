"""What the dashboard says about the year: who has signed, when they did, and who cannot be told."""

from django.db.models import Count
from django.http import HttpRequest

from declarations.organisation.models.person import Person
from declarations.reminders.admin_not_signed import how_many_cannot_be_reached
from declarations.reminders.admin_progress import progress_of
from declarations.reminders.charts import picture
from declarations.signing.status import with_signing_status
from declarations.web.admin_base import context_of
from declarations.web.capability import Context


def unreachable(request: HttpRequest) -> Context | None:
    school, on, at = context_of(request).school, context_of(request).on, context_of(request).at
    number = how_many_cannot_be_reached(school, on=on, at=at) if school else 0
    return {"silent": number} if number else None


def chart(request: HttpRequest) -> Context | None:
    school, on = context_of(request).school, context_of(request).on
    if school is None:
        return None
    expected = Person.objects.filter(school=school).at_school(on=on).expected_to_sign()
    counted = with_signing_status(expected, school=school, on=on).order_by().values_list("category", "state").annotate(people=Count("pk"))
    signed = picture(counted)
    return {"picture": signed, "progress": progress_of(school, everyone=signed.everyone, on=on), "year": school.year(on=on)}
