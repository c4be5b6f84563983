"""What the dashboard says about signing: who wants to talk first, or declines."""

from django.http import HttpRequest

from declarations.signing.models.response import Response
from declarations.web.admin_base import LEADERSHIP, context_of, has_role, person_of
from declarations.web.capability import Context

RESPONSES_SHOWN = 30


def responses(request: HttpRequest) -> Context | None:
    """The responses without an answer, for the leadership alone: who waits longest first."""
    if not has_role(request, LEADERSHIP):
        return None
    person, on, school = person_of(request), context_of(request).on, context_of(request).school
    waiting = Response.objects.filter(answered_at__isnull=True, **({"school": school} if school else {}))
    rows = [
        {"response": response, "days": response.days_waited(on=on), "is_own": response.person_id == person.pk}
        for response in waiting.select_related("person", "said_to", "school").order_by("said_at", "id")[:RESPONSES_SHOWN]
    ]
    return {"responses": rows} if rows else None
