"""What the home page says about signing in."""

from django.http import HttpRequest

from declarations.web.admin_base import context_of
from declarations.web.capability import Context


def second_step(request: HttpRequest) -> Context | None:
    """For whoever would have a role with a second factor."""
    return {} if context_of(request).withheld else None
