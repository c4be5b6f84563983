"""What runs by itself: each job, when it ran last, what it did, and when it is due next."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from declarations.jobs import scheduler
from declarations.jobs.models import Job
from declarations.jobs.scheduler import Schedule
from declarations.web.admin_base import context_of, render_admin


@dataclass(frozen=True, slots=True)
class Row:
    """`job` is None as long as it has never run."""

    schedule: Schedule
    job: Job | None
    is_late: bool

    @property
    def schedule_words(self) -> str:
        if self.schedule.daily_at is None:
            return _("all the time")
        return _("every day from %(clock)s, %(zone)s time") % {"clock": f"{self.schedule.daily_at:%H:%M}", "zone": settings.TIME_ZONE}


def page(request: HttpRequest) -> HttpResponse:
    """The list; one query."""
    at, known = context_of(request).at, scheduler.by_name()
    rows = [Row(one, known.get(one.name), one.is_late(known.get(one.name), at=at)) for one in scheduler.SCHEDULES]
    return render_admin(request, "admin/jobs.html", {"title": _("What runs by itself"), "rows": rows, "at": at})
