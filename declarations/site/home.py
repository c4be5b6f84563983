"""The home page: what is left to do, and the state of each thing, as the rooms show it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations.organisation.models.person import Role
from declarations.web import registry
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, has_role
from declarations.web.capability import Context
from declarations.web.decorators import StaffRequest, staff
from declarations.web.panels import rendered


@staff
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    return render(request, "site/home.html", {"panels": rendered(registry.in_order(lambda room: room.home), request)})


def roles(request: HttpRequest) -> Context | None:
    """The links for people with a role."""
    return {} if has_role(request, ADMINISTRATOR, LEADERSHIP, Role.Name.AUDITOR.value) else None
