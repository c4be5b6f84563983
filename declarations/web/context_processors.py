"""Template variables for every page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The school, the person's roles, and whether this is a demo."""
    return {
        "school": getattr(request, "school", None),
        "roles": getattr(request, "roles", frozenset()),
        "withheld": getattr(request, "withheld", frozenset()),
        "on": getattr(request, "on", None),
        "is_demo": settings.DEMO,
        "site_url": settings.SITE_URL,
    }
