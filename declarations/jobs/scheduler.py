"""What runs by itself: which jobs there are, when each is due, and who holds it.

The schedule is here, in the code; the table remembers when each job is due next and how it went. A worker takes a job by one
conditional UPDATE, which a second worker cannot do as well; if it dies, the job is due again once its hold is over. A job
that was missed runs once, however often it was missed.
"""

import datetime as dt
import logging
import time
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, OperationalError
from django.db.models import F, Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from declarations.evidence import checkpoint_letters
from declarations.evidence.log import MissingKeyError
from declarations.jobs.models import Job
from declarations.network import last_seen
from declarations.reminders import plan
from declarations.staff_lists import import_list

logger = logging.getLogger(__name__)
# Longer than the longest job takes; a job whose worker was killed waits this long.
LOCKED_FOR = dt.timedelta(minutes=15)
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(hours=1)
# What is done all the time is written down this often, as a sign of life.
SIGN_OF_LIFE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One job: `daily_at` is the time of day (of settings.TIME_ZONE) from which it runs, None for all the time."""

    name: str
    title: Promise
    does: Promise
    daily_at: dt.time | None

    def next_after(self, at: dt.datetime) -> dt.datetime:
        """When it is due after it has run at this moment."""
        if self.daily_at is None:
            return at + SIGN_OF_LIFE
        zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)
        today = at.astimezone(zone).date()
        moment = dt.datetime.combine(today, self.daily_at, zone)
        return moment if moment > at else dt.datetime.combine(today + dt.timedelta(days=1), self.daily_at, zone)

    @property
    def patience(self) -> dt.timedelta:
        """How long after it was due something must be wrong."""
        return dt.timedelta(minutes=10) if self.daily_at is None else dt.timedelta(hours=1)

    def is_late(self, job: Job | None, *, at: dt.datetime) -> bool:
        return job is None or at - job.due_at > self.patience


def letters_sent(number: int) -> str:
    return ngettext("%(number)d letter sent", "%(number)d letters sent", number) % {"number": number} if number else ""


def requests_sent(number: int) -> str:
    return ngettext("%(number)d request sent", "%(number)d requests sent", number) % {"number": number} if number else ""


def keep_checkpoints(at: dt.datetime) -> str:
    written = checkpoint_letters.keep(at=at)
    return ngettext("%(number)d letter written", "%(number)d letters written", written) % {"number": written}


def remind(at: dt.datetime) -> str:
    last_at = Job.objects.filter(name="reminders").values_list("finished_at", flat=True).first()
    written = sum(plan.write_all(at=at, last_at=last_at))
    return ngettext("%(number)d letter written", "%(number)d letters written", written) % {"number": written}


def purge_network(at: dt.datetime) -> str:
    deleted = last_seen.purge(at=at)
    return ngettext("%(number)d row deleted", "%(number)d rows deleted", deleted) % {"number": deleted}


def forget_staff_lists(at: dt.datetime) -> str:
    forgotten = import_list.forget(at=at)
    return ngettext("%(number)d list forgotten", "%(number)d lists forgotten", forgotten) % {"number": forgotten}


def clear_sessions(at: dt.datetime) -> str:
    deleted, _rows = Session.objects.filter(expire_date__lt=at).delete()
    # … and from which address and browser they were, with them.
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return ngettext("%(number)d row deleted", "%(number)d rows deleted", deleted) % {"number": deleted}


LETTERS = Schedule("letters", gettext_lazy("E-mails"), gettext_lazy("Sends what waits in the outbox."), None)
DISCONNECTS = Schedule(
    "disconnects",
    gettext_lazy("Disconnecting"),
    gettext_lazy("Asks Wi-Fi controllers to let go of devices that may stay no longer."),
    None,
)
# Each takes the moment and says in a few words what it did. Twice is like once.
DAILY: dict[Schedule, Callable[[dt.datetime], str]] = {
    Schedule(
        "checkpoints",
        gettext_lazy("Checkpoints"),
        gettext_lazy("Makes the day’s checkpoint of each log, and writes the week’s letters to those who keep them."),
        dt.time(1),
    ): keep_checkpoints,
    Schedule(
        "network",
        gettext_lazy("Cleaning: network"),
        gettext_lazy("Deletes what each school keeps no longer about who was seen on its network."),
        dt.time(2),
    ): purge_network,
    Schedule(
        "staff-lists",
        gettext_lazy("Cleaning: staff lists"),
        gettext_lazy("Deletes lists that nobody confirmed, and the names in what imports changed once they can no longer be undone."),
        dt.time(2, 15),
    ): forget_staff_lists,
    Schedule(
        "sessions", gettext_lazy("Cleaning: sign-ins"), gettext_lazy("Deletes sign-ins that have ended."), dt.time(2, 30)
    ): clear_sessions,
    Schedule(
        "reminders",
        gettext_lazy("Reminders"),
        gettext_lazy("Writes the reminders of each school’s day. They leave on school days, between eight and five."),
        dt.time(7),
    ): remind,
}
SCHEDULES = (LETTERS, DISCONNECTS, *DAILY)


def run_due(*, at: dt.datetime) -> int:
    """Runs the daily jobs that are due and that nobody else holds; how many were run."""
    jobs = by_name()
    ran = 0
    for schedule in DAILY:
        job = jobs.get(schedule.name)
        if job is None:
            # A new installation, or a new job: due at once. Of two workers that add it one does.
            Job.objects.bulk_create([Job(name=schedule.name, due_at=at)], ignore_conflicts=True)
        elif job.due_at > at or (job.locked_until is not None and job.locked_until > at):
            continue
        if take(schedule, at=at):
            run(schedule, at=at)
            ran += 1
    return ran


def take(schedule: Schedule, *, at: dt.datetime) -> bool:
    """Whether this worker has the job now. The condition settles it: of two workers one takes it."""
    free = Job.objects.filter(Q(locked_until__isnull=True) | Q(locked_until__lte=at), name=schedule.name, due_at__lte=at)
    return bool(free.update(locked_until=at + LOCKED_FOR, attempts=F("attempts") + 1, started_at=at))


def run(schedule: Schedule, *, at: dt.datetime) -> None:
    """Does a job that was taken, and writes down what it did, or what was in the way and when it is tried again."""
    begun = time.monotonic()
    # Whoever took it since, because this worker was thought dead, writes its own.
    mine = Job.objects.filter(name=schedule.name, started_at=at)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            result = DAILY[schedule](at)
    except OperationalError:
        # The database is gone: nothing can be written down. The hold ends by itself.
        raise
    except (DatabaseError, MissingKeyError, OSError) as error:
        attempts = mine.values_list("attempts", flat=True).first() or 1
        pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
        # The class of the trouble and not its words, in which somebody may be named.
        mine.update(locked_until=at + pause, error=type(error).__name__)
        logger.warning("job %s: %s: %s", schedule.name, type(error).__name__, error)
    else:
        now = at + dt.timedelta(seconds=time.monotonic() - begun)
        mine.update(due_at=schedule.next_after(at), locked_until=None, attempts=0, finished_at=now, result=result[:200], error="")


def sign_of_life(schedule: Schedule, *, at: dt.datetime, result: str = "") -> None:
    """Notes that what is done all the time was done, at most once a minute; always if there is something to tell."""
    stale = Job.objects.filter(name=schedule.name)
    told = {"due_at": schedule.next_after(at), "started_at": at, "finished_at": at}
    changed = stale.update(**told, result=result) if result else stale.filter(due_at__lte=at).update(**told)
    if not changed:
        Job.objects.bulk_create([Job(name=schedule.name, result=result, **told)], ignore_conflicts=True)


def by_name() -> dict[str, Job]:
    """What the table knows of the jobs; one query."""
    return {job.name: job for job in Job.objects.all()}


def late(*, at: dt.datetime) -> list[Schedule]:
    """The jobs that should have run by now and have not; one query."""
    jobs = by_name()
    return [schedule for schedule in SCHEDULES if schedule.is_late(jobs.get(schedule.name), at=at)]
