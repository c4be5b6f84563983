"""The reminders of a school's day: who is reminded of what, in one message a person.

What is owed is worked out from what stands in the tables on that day, so that a day on which the worker was down is caught
up the next time; and what people were reminded of stands there too (`Reminder`), so that nobody is reminded of it twice.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from declarations.devices.models import Permission
from declarations.mail.models import Email, Reminder
from declarations.mail.queries import Unreachable, refused, unreachable
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.organisation.queries import leaders
from declarations.organisation.school_days import SchoolDays
from declarations.reminders import schedule
from declarations.reminders.outstanding import LATE, ToSign, asks_of, reviews_overdue, texts_of, to_sign, uncarried
from declarations.reminders.schedule import Ask
from declarations.schools.term_dates import LONGEST

# For how long the leadership may still be told of a day that has gone: after a long silence one digest, not one for each.
FORTNIGHT = dt.timedelta(days=14)
# E-mails are queued for a window that opens within a day: in the evening for the next morning, never for after a holiday.
AHEAD = A_DAY = dt.timedelta(days=1)
# Once a day, and a worker may be late.
LONGEST_NIGHT = dt.timedelta(hours=36)
LONGEST_HOLIDAY = dt.timedelta(days=LONGEST)
# The first word of the key of the leadership's digest.
DIGEST = "left"


@dataclass(slots=True)
class Plan:
    """What a school's people are to be reminded of on a day: keys of occasions by person; and who cannot be."""

    on: dt.date
    items: dict[Person, list[str]] = field(default_factory=dict)
    unreachable: dict[Person, Unreachable] = field(default_factory=dict)


def days_of(school: School) -> SchoolDays:
    """The school's calendar; one query."""
    return calendar(school, school.holidays.values_list("first_on", "last_on"))


def calendar(school: School, holidays: Iterable[tuple[dt.date, dt.date]]) -> SchoolDays:
    # A holiday of years is a slip of the pen: it must not silence a school for ever.
    return SchoolDays([(first_on, min(last_on, first_on + LONGEST_HOLIDAY)) for first_on, last_on in holidays], school.zone)


def plan(school: School, *, on: dt.date, days: SchoolDays, at: dt.datetime) -> Plan:
    """What is owed to whom at this school on this day, and was not told yet; a handful of queries, however many people."""
    waiting = to_sign(school, on=on)
    wanted = wanted_beside_signing(school, waiting, on=on, days=days)
    sign_keys = {ask.key(stage) for to_be_signed in waiting for ask in to_be_signed.asks for stage in schedule.Stage}
    had, last_on = reminded_before(school, keys=sign_keys.union(*wanted.values()), sign_keys=sign_keys)
    items: dict[Person, list[str]] = defaultdict(list)
    for status_of_person in waiting:
        owed = schedule.owed(
            status_of_person.asks, on=on, days=days, last_on=last_on.get(status_of_person.person.pk), had=had[status_of_person.person.pk]
        )
        if owed:
            items[status_of_person.person].append(owed.key)
    for person, keys in wanted.items():
        items[person] += [key for key in keys if key not in had[person.pk]]
    refusing = refused(school, at=at) if any(items.values()) else set()
    planned = Plan(on)
    for person, keys in items.items():
        why = unreachable(person, refusing)
        if keys and why:
            planned.unreachable[person] = why
        elif keys:
            planned.items[person] = keys
    return planned


def wanted_beside_signing(school: School, waiting: list[ToSign], *, on: dt.date, days: SchoolDays) -> dict[Person, list[str]]:
    """What else people are to hear on this day: permissions that end; for the leadership, who has not signed and what to review."""
    wanted: dict[Person, list[str]] = defaultdict(list)
    for permission in ending(school, on=on, days=days):
        wanted[permission.owner].append(f"permission {permission.pk}")
    for_leaders = [*digests(waiting, on=on, days=days), *(f"review {text.pk}" for text in reviews_overdue(school, on=on))]
    for leader in leaders(school, on=on) if for_leaders else ():
        # The trust's people may hear of several schools.
        wanted[leader] += (
            for_leaders if leader.school_id else [f"{key} {school.pk}" if key.startswith(DIGEST) else key for key in for_leaders]
        )
    return wanted


def reminded_before(school: School, *, keys: set[str], sign_keys: set[str]) -> tuple[dict[int, set[str]], dict[int, dt.date]]:
    """Which of these occasions each person was reminded of, and when last of signing."""
    had: dict[int, set[str]] = defaultdict(set)
    last_on: dict[int, dt.date] = {}
    if keys:
        rows = Reminder.objects.filter(email__school=school, key__in=keys).values_list("person", "key", "email__on")
        for person, key, on in rows:
            had[person].add(key)
            if key in sign_keys and on is not None:
                last_on[person] = max(on, last_on.get(person, on))
    return had, last_on


def ending(school: School, *, on: dt.date, days: SchoolDays) -> list[Permission]:
    """Permissions that end within two weeks, and that nothing carries on."""
    soon = uncarried().filter(school=school, until__gte=on, until__lte=on + schedule.LONGEST_NOTICE).select_related("owner")
    return [permission for permission in soon if permission.until and schedule.notice_on(permission.until, days) <= on]


def digests(waiting: Iterable[ToSign], *, on: dt.date, days: SchoolDays) -> list[str]:
    """The key of the leadership's digest, if somebody is late with something of which the leadership is told by now."""
    late = {ask.due_on for to_be_signed in waiting if to_be_signed.state in LATE for ask in to_be_signed.asks}
    come = [due_on for due_on in late if (first_on := schedule.told_on(due_on, days)) <= on < first_on + FORTNIGHT]
    return [f"{DIGEST} {max(come)}"] if come else []


def when(school: School, days: SchoolDays, *, at: dt.datetime) -> tuple[dt.date, dt.datetime] | None:
    """The school day for which e-mails are queued at this moment, and when they go; None where none begins within a day."""
    moment = days.next_moment(at)
    return (school.day_of(moment), moment) if moment - at <= AHEAD else None


def queue(school: School, *, at: dt.datetime, days: SchoolDays | None = None) -> int:
    """Queues what the school's people are owed, one e-mail each; how many e-mails. Twice is like once."""
    days = days or days_of(school)
    there = when(school, days, at=at)
    if there is None:
        return 0
    on, moment = there
    with transaction.atomic():
        # Two workers in the same moment: the lock lets the second see what the first queued.
        School.objects.select_for_update(no_key=True).get(pk=school.pk)
        planned = plan(school, on=on, days=days, at=at)
        return queue_planned(school, planned, at=at, moment=moment) if planned.items else 0


def queue_planned(school: School, planned: Plan, *, at: dt.datetime, moment: dt.datetime) -> int:
    """The e-mails and what they hold. Whoever has one of this day, or one that could not be sent yet, gets no second that day."""
    midnight = dt.datetime.combine(planned.on, dt.time(), school.zone)
    existing = Email.objects.filter(school=school, kind=Email.Kind.REMINDER, person__in=list(planned.items))
    waiting = existing.filter(sent_at__isnull=True, dropped_at__isnull=True)
    blocked = set(existing.filter(Q(on=planned.on) | Q(sent_at__gte=midnight)).exclude(pk__in=waiting).values_list("person", flat=True))
    open_emails = {email.person_id: email for email in waiting}
    emails: dict[Person, Email] = {}
    new = []
    for person in planned.items:
        email = open_emails.get(person.pk)
        if person.pk in blocked:
            continue
        if email is None:
            emails[person] = email = Email(
                school=school,
                kind=Email.Kind.REMINDER,
                recipient=person.email,
                person=person,
                on=planned.on,
                written_at=at,
                not_before=moment,
            )
            new.append(email)
        # No worker has taken it yet: it takes today's items with it. One that was tried stays as it is.
        elif Email.objects.filter(pk=email.pk, attempts=0, sent_at__isnull=True, dropped_at__isnull=True).update(on=planned.on):
            emails[person] = email
    Email.objects.bulk_create(new, batch_size=500)
    Reminder.objects.bulk_create(
        [Reminder(person=person, email=email, key=key) for person, email in emails.items() for key in planned.items[person]], batch_size=500
    )
    return len(emails)


def queue_all(*, at: dt.datetime, last_at: dt.datetime | None) -> Iterator[int]:
    """Queues the e-mails of the day of every school at which something may be owed; how many for each, as they are done.

    `last_at` is when it was done last, None for never.
    """
    for school, days in busy(at=at, last_at=last_at):
        yield queue(school, at=at, days=days)


def busy(*, at: dt.datetime, last_at: dt.datetime | None) -> list[tuple[School, SchoolDays]]:
    """The schools at which something fell due since the school day before; on a week's first school day, or after a day without this, all.

    Five queries for all schools together: on a day when nothing is due anywhere, that is the whole cost. The first day of a week is for
    what no calendar shows, such as an address that was corrected or an absence that is over.
    """
    everything = last_at is None or at - last_at > LONGEST_NIGHT
    schools = list(School.objects.order_by("pk"))
    first, last = at.date() - LONGEST_HOLIDAY, at.date() + AHEAD
    closed: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for school_id, first_on, last_on in Holiday.objects.filter(last_on__gte=first).values_list("school", "first_on", "last_on"):
        closed[school_id].append((first_on, last_on))
    texts = texts_of(School.objects.all())
    lately = Q(starts_on__range=(first, last)) | Q(starts_on__isnull=True, added_on__range=(first, last))
    came = Person.objects.filter(lately, school__isnull=False).expected_to_sign()
    joined: dict[int, set[tuple[dt.date | None, dt.date | None]]] = defaultdict(set)
    for school_id, *came_on in came.order_by().values_list("school", "starts_on", "added_on").distinct():
        joined[school_id].add((came_on[0], came_on[1]))
    approved = Permission.objects.filter(
        approved=True, ended_at__isnull=True, until__gte=at.date() - AHEAD, until__lte=last + schedule.LONGEST_NOTICE
    )
    ends = days_by_school(approved, "until")
    busy_schools = []
    for school in schools:
        days = calendar(school, closed[school.pk])
        there = when(school, days, at=at)
        if there is None:
            continue
        on, _moment = there
        fell = days_on_which_something_falls(
            asks=[ask for ask, _text in asks_of(school, texts[school.pk], on=on)],
            joined=joined[school.pk],
            ends=ends[school.pk],
            reviews=[text.review_on for text in texts[school.pk] if text.review_on],
            days=days,
        )
        since = day_before(on, days)
        if everything or week_of(since) != week_of(on) or any(since <= day <= on for day in fell):
            busy_schools.append((school, days))
    return busy_schools


def week_of(day: dt.date) -> tuple[int, int]:
    """The year and the number of its week, from Monday to Sunday."""
    year, week, _weekday = day.isocalendar()
    return year, week


def day_before(on: dt.date, days: SchoolDays) -> dt.date:
    """The school day before this one: what fell then may have been written to nobody, if the worker came too late in the day."""
    day = on - A_DAY
    while not days.is_school_day(day) and on - day < LONGEST_HOLIDAY:
        day -= A_DAY
    return day


def days_by_school(rows: models.QuerySet[Any], name: str) -> dict[int, list[dt.date]]:
    """The different days of these rows, by school."""
    days: dict[int, list[dt.date]] = defaultdict(list)
    for school_id, day in rows.order_by().values_list("school", name).distinct():
        days[school_id].append(day)
    return days


def days_on_which_something_falls(
    *, asks: list[Ask], joined: set[tuple[dt.date | None, dt.date | None]], ends: list[dt.date], reviews: list[dt.date], days: SchoolDays
) -> Iterator[dt.date]:
    for ask in {*asks, *(ask.for_joiner(*came_on) for ask in asks for came_on in joined)}:
        yield from (day for _stage, day in schedule.stages(ask, days))
        yield schedule.told_on(ask.due_on, days)
    yield from (schedule.notice_on(until, days) for until in ends)
    yield from (days.next_school_day(review_on + dt.timedelta(days=1)) for review_on in reviews)
