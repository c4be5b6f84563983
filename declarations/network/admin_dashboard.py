"""What the dashboard says about the network: devices that are still connected although they may not be."""

from django.http import HttpRequest

from declarations.network.coa import not_acknowledged
from declarations.web.admin_base import context_of
from declarations.web.capability import Context


def still_connected(request: HttpRequest) -> Context | None:
    school = context_of(request).school
    rows = not_acknowledged(at=context_of(request).at, school=school) if school else []
    return {"still_connected": rows, "has_controllers": school.controllers.filter(in_use=True).exists()} if school and rows else None
