"""The dashboard: what waits, and who has signed, as the rooms show it."""

from django.http import HttpRequest

from declarations.web import registry
from declarations.web.capability import Context
from declarations.web.panels import rendered


def page(request: HttpRequest) -> Context:
    """What the template `site/dashboard.html` shows."""
    return {"panels": rendered(registry.in_order(lambda room: room.dashboard), request)}
