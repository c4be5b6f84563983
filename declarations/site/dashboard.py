"""The front page: what waits, and who has signed. The same number of queries for one request and for thirty."""

import datetime as dt
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest

from declarations.checkpoints.queries import checkpoint_status
from declarations.devices.models import Permission, Suspension
from declarations.devices.queries import may_decide, with_declaration
from declarations.jobs import scheduler
from declarations.mail import outbox
from declarations.network.coa import not_acknowledged
from declarations.network.models import Controller
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.reminders.admin_not_signed import how_many_cannot_be_reached
from declarations.reminders.signed import Signed, signed_by_category
from declarations.schools.admin.holidays import years_without
from declarations.signing.models.response import Response
from declarations.signing.status import with_signing_status
from declarations.web.admin_base import LEADERSHIP, context_of, has_role, person_of

SHOWN = 30
# A letter goes in seconds; after this something is in the way.
LATE = dt.timedelta(minutes=10)


def page(request: HttpRequest) -> dict[str, Any]:
    """What the template `site/dashboard.html` shows."""
    person, on, at = person_of(request), context_of(request).on, context_of(request).at
    school = context_of(request).school
    of_school = {"school": school} if school else {}
    lingering = not_acknowledged(at=at, school=school) if school else []
    waiting = with_declaration(Permission.objects.filter(status=Permission.Status.REQUESTED, **of_school), on=on)
    queue = list(waiting.select_related("device", "owner", "school").order_by("asked_at", "id")[: SHOWN + 1])
    more = len(queue) > SHOWN
    current = PolicyVersion.objects.filter(school=school).current(on=on) if school else {}
    return {
        "queue": [
            {
                "permission": one,
                "days": (on - one.school.day_of(one.asked_at)).days,
                "is_own": one.owner_id == person.pk,
                "may_decide": may_decide(by=person, owner_id=one.owner_id, school=one.school, on=on),
            }
            for one in queue[:SHOWN]
        ],
        "more": waiting.count() - SHOWN if more else 0,
        "may_publish": has_role(request, LEADERSHIP),
        "replies": [
            {"said": said, "days": (on - said.school.day_of(said.said_at)).days, "is_own": said.person_id == person.pk}
            for said in waiting_replies(of_school)
        ]
        if has_role(request, LEADERSHIP)
        else [],
        **(how_it_goes(school, request) if school else {}),
        "schools": School.objects.all() if person.school_id is None else None,
        "drafts": PolicyVersion.objects.filter(published_at__isnull=True, **of_school).select_related("school"),
        # Without a version in effect of both documents nobody can sign.
        "missing": [label for document, label in PolicyVersion.Document.choices if document not in current] if school else [],
        "to_review": [version for version in current.values() if version.is_to_be_reviewed(on=on)],
        "suspended": Suspension.objects.filter(lifted_at__isnull=True, **({"device__school": school} if school else {})).select_related(
            "device__owner"
        ),
        "lingering": lingering,
        "has_controllers": bool(lingering) and Controller.objects.filter(school=school, in_use=True).exists(),
        "custody": checkpoint_status(school=school, at=at) if school else None,
        "late_letters": outbox.late(at=at, after=LATE).filter(**of_school).count(),
        "late_jobs": scheduler.late(at=at),
        "at": at,
    }


def waiting_replies(of_school: dict[str, School]) -> QuerySet[Response]:
    """Who wants to talk or declines, and has no answer yet: who waits longest first."""
    waiting = Response.objects.filter(answered_at__isnull=True, **of_school)
    return waiting.select_related("person", "said_to", "school").order_by("said_at", "id")[:SHOWN]


def how_it_goes(school: School, request: HttpRequest) -> dict[str, Any]:
    """The year at this school: who has signed, who cannot be told, and whether its holidays are known."""
    on, at = context_of(request).on, context_of(request).at
    return {
        "year": school.year(on=on),
        "signed": who_has_signed(school, on=on),
        "silent": how_many_cannot_be_reached(school, on=on, at=at),
        "years_without": years_without(school, on=on),
    }


def who_has_signed(school: School, *, on: dt.date) -> Signed:
    expected = Person.objects.filter(school=school).at_school(on=on).expected_to_sign()
    counted = (
        with_signing_status(expected, school=school, on=on)
        .order_by()
        .values_list("category", "signing_status")
        .annotate(people=Count("pk"))
    )
    return signed_by_category(counted)
