"""What the pages about a person say of devices: where they are, and what leaving ends."""

from django.http import HttpRequest

from declarations.devices.models import Device, Permission
from declarations.organisation.models.person import Person
from declarations.web.admin_base import LEADERSHIP, context_of, has_role
from declarations.web.capability import Context


def ends(request: HttpRequest, person: Person) -> Context:
    live = Permission.objects.filter(owner=person, ended_at__isnull=True).select_related("device")
    return {
        "permissions": live.filter(approved=True, until__gte=context_of(request).on),
        "requests": live.filter(decided_at__isnull=True),
        "devices": Device.objects.filter(owner=person, addresses__ended_at__isnull=True).distinct().count(),
    }


def links(request: HttpRequest, person: Person) -> Context:
    """For the page of a person: where their devices and declarations are."""
    return {"person": person, "may_exempt": has_role(request, LEADERSHIP)}
