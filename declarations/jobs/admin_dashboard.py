"""What the dashboard says about what runs by itself."""

from django.http import HttpRequest

from declarations.jobs import scheduler
from declarations.web.admin_base import context_of
from declarations.web.capability import Context


def late_tasks(request: HttpRequest) -> Context | None:
    tasks = scheduler.late(at=context_of(request).at)
    return {"late_jobs": tasks} if tasks else None


def links(request: HttpRequest) -> Context:  # noqa: ARG001  # every panel takes the request
    return {}
