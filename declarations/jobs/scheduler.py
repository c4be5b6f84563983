"""What runs by itself: when each scheduled task is due, and which worker holds it.

The rooms register their tasks; the table remembers when each is due next and how it went. A worker takes a lease of a task, which
a second worker cannot have as well; if it dies, the task is due again once the lease is over. A task that was missed runs once,
however often it was missed.
"""

import datetime as dt
import logging
import time
import zoneinfo

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.utils import translation

from declarations.common import lease
from declarations.common.errors import NotReadyError
from declarations.jobs.models import Job
from declarations.web import registry
from declarations.web.capability import ScheduledTask

logger = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(hours=1)
# What is done all the time is written down this often, as a sign of life.
SIGN_OF_LIFE = dt.timedelta(minutes=1)


def tasks() -> list[ScheduledTask]:
    """All tasks: first what is done all the time, then the daily ones by their time of day."""
    return sorted(registry.every(lambda capability: capability.tasks), key=lambda task: task.daily_at or dt.time.min)


def daily_tasks() -> list[ScheduledTask]:
    return [task for task in tasks() if task.daily_at is not None]


def task_called(name: str) -> ScheduledTask:
    return next(task for task in tasks() if task.name == name)


def next_after(task: ScheduledTask, at: dt.datetime) -> dt.datetime:
    """When the task is due after it has run at this moment."""
    if task.daily_at is None:
        return at + SIGN_OF_LIFE
    zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)
    today = at.astimezone(zone).date()
    moment = dt.datetime.combine(today, task.daily_at, zone)
    return moment if moment > at else dt.datetime.combine(today + dt.timedelta(days=1), task.daily_at, zone)


def is_late(task: ScheduledTask, job: Job | None, *, at: dt.datetime) -> bool:
    """Whether the task was due so long ago that something must be wrong."""
    patience = dt.timedelta(minutes=10) if task.daily_at is None else dt.timedelta(hours=1)
    return job is None or at - job.due_at > patience


def run_due(*, at: dt.datetime) -> int:
    """Runs the daily tasks that are due and that no other worker holds; how many were run."""
    jobs = by_name()
    ran = 0
    for task in daily_tasks():
        job = jobs.get(task.name)
        if job is None:
            # A new installation, or a new task: due at once. Of two workers that add it one does.
            Job.objects.bulk_create([Job(name=task.name, due_at=at)], ignore_conflicts=True)
        elif job.due_at > at or (job.locked_until is not None and job.locked_until > at):
            continue
        if take(task, at=at):
            run(task, at=at)
            ran += 1
    return ran


def take(task: ScheduledTask, *, at: dt.datetime) -> bool:
    """Whether this worker has the task now."""
    return lease.take(Job.objects.filter(name=task.name, due_at__lte=at), at=at, lasts=lease.FOR_A_TASK, started_at=at)


def run(task: ScheduledTask, *, at: dt.datetime) -> None:
    """Does a task that was taken, and writes down what it did, or what was in the way and when it is tried again."""
    if task.run is None:
        raise ValueError(f"The worker does {task.name} by itself.")
    begun = time.monotonic()
    job = Job.objects.filter(name=task.name)
    # A worker that took it since, because this one was thought dead, writes its own result.
    mine = job.filter(started_at=at)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            result = str(task.result % {"number": task.run(at, job.values_list("finished_at", flat=True).first())})
    except OperationalError:
        # The database is gone: nothing can be written down. The lease ends by itself.
        raise
    except (DatabaseError, NotReadyError, OSError) as error:
        attempts = mine.values_list("attempts", flat=True).first() or 1
        pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
        # The class of the error and not its words, in which somebody may be named.
        mine.update(locked_until=at + pause, error=type(error).__name__)
        logger.warning("job %s: %s: %s", task.name, type(error).__name__, error)
    else:
        now = at + dt.timedelta(seconds=time.monotonic() - begun)
        mine.update(due_at=next_after(task, at), locked_until=None, attempts=0, finished_at=now, result=result[:200], error="")


def sign_of_life(name: str, *, at: dt.datetime, number: int = 0) -> None:
    """Notes that what is done all the time was done, at most once a minute; always if there is something to tell."""
    task = task_called(name)
    stale = Job.objects.filter(name=name)
    result = str(task.result % {"number": number}) if number else ""
    times = {"due_at": next_after(task, at), "started_at": at, "finished_at": at}
    changed = stale.update(**times, result=result) if result else stale.filter(due_at__lte=at).update(**times)
    if not changed:
        Job.objects.bulk_create([Job(name=name, result=result, **times)], ignore_conflicts=True)


def by_name() -> dict[str, Job]:
    """What the table knows of the tasks; one query."""
    return {job.name: job for job in Job.objects.all()}


def late(*, at: dt.datetime) -> list[ScheduledTask]:
    """The tasks that should have run by now and have not; one query."""
    jobs = by_name()
    return [task for task in tasks() if is_late(task, jobs.get(task.name), at=at)]
