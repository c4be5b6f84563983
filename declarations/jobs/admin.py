"""What runs by itself: each scheduled task, when it ran last, what it did, and when it is due next."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from declarations.jobs import scheduler
from declarations.jobs.models import Job
from declarations.web.admin_base import context_of, render_admin
from declarations.web.capability import ScheduledTask


@dataclass(frozen=True, slots=True)
class Row:
    """`job` is None as long as it has never run."""

    task: ScheduledTask
    job: Job | None
    is_late: bool

    @property
    def when(self) -> str:
        if self.task.daily_at is None:
            return _("all the time")
        return _("every day from %(clock)s, %(zone)s time") % {"clock": f"{self.task.daily_at:%H:%M}", "zone": settings.TIME_ZONE}


def page(request: HttpRequest) -> HttpResponse:
    """The list; one query."""
    at, known = context_of(request).at, scheduler.by_name()
    rows = [Row(task, job := known.get(task.name), scheduler.is_late(task, job, at=at)) for task in scheduler.tasks()]
    return render_admin(request, "jobs/admin/scheduled_tasks.html", {"title": _("What runs by itself"), "rows": rows, "at": at})
