"""What the dashboard says about devices: requests that wait for a decision, and what was reported lost."""

from django.http import HttpRequest

from declarations.devices.models import Permission, Suspension
from declarations.devices.queries import may_decide, with_declaration
from declarations.web.admin_base import LEADERSHIP, context_of, has_role, person_of
from declarations.web.capability import Context

REQUESTS_SHOWN = 30


def requests(request: HttpRequest) -> Context:
    """The requests that have waited longest, and how many more there are."""
    person, on, school = person_of(request), context_of(request).on, context_of(request).school
    of_school = {"school": school} if school else {}
    waiting = Permission.objects.filter(status=Permission.Status.REQUESTED, **of_school).order_by("asked_at", "id")
    # The keys first: whether the owner has signed is asked for those that are shown.
    keys = list(waiting.values_list("pk", flat=True)[: REQUESTS_SHOWN + 1])
    shown = Permission.objects.filter(pk__in=keys[:REQUESTS_SHOWN]).select_related("device", "owner", "school")
    queue = with_declaration(shown, on=on).order_by("asked_at", "id")
    return {
        "queue": [
            {
                "permission": permission,
                "days": (on - permission.school.day_of(permission.asked_at)).days,
                "is_own": permission.owner_id == person.pk,
                "may_decide": may_decide(by=person, owner_id=permission.owner_id, school=permission.school, at=context_of(request).at),
            }
            for permission in queue
        ],
        "more": waiting.count() - REQUESTS_SHOWN if len(keys) > REQUESTS_SHOWN else 0,
        "may_decide_many": has_role(request, LEADERSHIP),
    }


def suspended(request: HttpRequest) -> Context | None:
    school = context_of(request).school
    live = Suspension.objects.filter(lifted_at__isnull=True, **({"device__school": school} if school else {}))
    rows = list(live.select_related("device__owner"))
    return {"suspended": rows} if rows else None
