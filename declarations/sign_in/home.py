"""The panels of the home page about signing in."""

from django.http import HttpRequest

from declarations.web.admin_base import context_of
from declarations.web.capability import Context


def second_step(request: HttpRequest) -> Context | None:
    """Ask for a second factor, if somebody's roles wait for one."""
    return {} if context_of(request).withheld else None
