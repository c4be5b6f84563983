"""What the dashboard shows the trust's people: its schools, each with its register."""

from django.http import HttpRequest

from declarations.organisation.models.school import School
from declarations.web.admin_base import person_of
from declarations.web.capability import Context


def schools(request: HttpRequest) -> Context | None:
    rows = list(School.objects.all()) if person_of(request).school_id is None else []
    return {"schools": rows} if rows else None
