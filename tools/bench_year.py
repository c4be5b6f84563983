#!/usr/bin/env python3
"""A trust of 1,000 schools with 60 people each: what a day's reminders cost, with none, few and many of them due.

`make bench` runs it on a PostgreSQL of its own. SCHOOLS and PEOPLE set other numbers. The ratios are what to compare.
"""

import datetime as dt
import hashlib
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from declarations.evidence.models import Entry, Log

TOOLS = Path(__file__).resolve().parent
sys.path.append(str(TOOLS.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench_server.settings")
SCHOOLS = int(os.environ.get("SCHOOLS") or 1000)
PEOPLE = int(os.environ.get("PEOPLE") or 60)
# So many of a school's people had not signed by the day on which it was due.
UNSIGNED = 5
POSTED = 300
SIGNED_AT = dt.datetime(2026, 9, 2, 9, tzinfo=dt.UTC)
HOLIDAYS = [("2026-07-22", "2026-08-31"), ("2026-10-26", "2026-10-30"), ("2026-12-21", "2027-01-04"), ("2027-07-22", "2027-08-31")]
# The day with the most letters may take no longer.
AIM_SECONDS = 600.0


@dataclass(frozen=True)
class Day:
    """One morning: how many letters were written, in how many seconds."""

    name: str
    letters: int
    seconds: float


def main() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    print(f"\nReminders of {SCHOOLS} schools with {PEOPLE} people each")
    fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    few = morning("due: some have not signed", dt.date(2026, 9, 8))
    rate = posted()
    deliver()
    morning("three days late: the same", dt.date(2026, 9, 11))
    deliver()
    looked = morning("a Monday: every school is looked at", dt.date(2026, 9, 14))
    quiet = morning("November: nothing falls due anywhere", dt.date(2026, 11, 19))
    many = morning("a new year opens: everybody", dt.date(2027, 9, 1))
    more = many.letters / max(few.letters, 1)
    print(f"  {more:.0f} × the letters take {many.seconds / few.seconds:.1f} × the time")
    idle, still = many.seconds / looked.seconds, many.seconds / quiet.seconds
    print(f"  looking at every school for nothing takes 1/{idle:.1f} of the longest day, a quiet day 1/{still:.0f}")
    print(f"  letters rendered and handed to a mail server by one worker: {rate:.0f} a second")
    return int(many.seconds > AIM_SECONDS or many.seconds / few.seconds > more or quiet.seconds * 10 > looked.seconds)


def deliver() -> None:
    """As if all had gone."""
    from django.db.models import F

    from declarations.mail.models import Email

    Email.objects.filter(sent_at=None, dropped_at=None).update(sent_at=F("not_before"))


def bar(name: str, done: int, of: int) -> None:
    """How far it is: on a terminal in one line, elsewhere not at all."""
    if sys.stderr.isatty():
        filled = 30 * done // of
        print(f"\r  {name[:45]:<46}[{'#' * filled}{' ' * (30 - filled)}] {done}/{of}", end="" if done < of else "\r\033[K", file=sys.stderr)


def morning(name: str, on: dt.date) -> Day:
    from declarations.reminders import plan

    at = dt.datetime.combine(on, dt.time(6), dt.UTC)
    start, letters = time.perf_counter(), 0
    for number, written in enumerate(plan.queue_all(at=at, last_at=at - dt.timedelta(days=1))):
        letters += written
        bar(name, number + 1, SCHOOLS)
    day = Day(name, letters, time.perf_counter() - start)
    print(f"  {on}  {name:<45}{day.letters:>7} letters{day.seconds:9.2f} s")
    return day


def posted() -> float:
    """Letters a second: rendered from what stands in the tables, given to a mail server that takes no time."""
    from declarations.mail import outbox

    at = dt.datetime(2026, 9, 8, 9, tzinfo=dt.UTC)
    numbers = outbox.due(at=at, most=POSTED)
    start = time.perf_counter()
    sent = sum(outbox.send(number, at=at) for number in numbers)
    return sent / (time.perf_counter() - start)


def fill() -> None:
    """Schools, texts, people and what they have signed, written in bulk. The logs hold stand-ins: no reminder reads them."""
    from declarations.evidence.models import Entry, Log
    from declarations.organisation.models.holiday import Holiday
    from declarations.organisation.models.person import Person, Role
    from declarations.organisation.models.school import School
    from declarations.policies.models import PolicyVersion
    from declarations.signing.models.declaration import Declaration

    schools = School.objects.bulk_create(
        School(name=f"School {n}", short_name=f"School {n}", slug=f"s{n}", dsl_contact="D", child_protection_contact="C", it_contact="I",
               data_protection_contact="P")
        for n in range(SCHOOLS)
    )  # fmt: skip
    Holiday.objects.bulk_create(
        Holiday(school=s, name="Holiday", first_on=first, last_on=last) for s in schools for first, last in HOLIDAYS
    )
    logs = Log.objects.bulk_create(Log(school=s, origin=f"bench.example/{s.slug}") for s in schools)
    for number, (school, log) in enumerate(zip(schools, logs, strict=True)):
        people = Person.objects.bulk_create(
            Person(school=school, email=f"p{n}@s{number}.example", full_name=f"Person {n}") for n in range(PEOPLE)
        )
        Role.objects.create(person=people[0], name=Role.Name.LEADERSHIP, granted_at=SIGNED_AT)
        body = "# Title\n\n## Part {#part}\n\n- **A1** Words.\n"
        facts = {"published_at": SIGNED_AT, "published_by": people[0], "effective_from": dt.date(2026, 6, 1), "publish_reason": "First."}
        leaflet, aup = PolicyVersion.objects.bulk_create(
            PolicyVersion(school=school, document=document, number=1, title=document, source_body=body, body=body, sha256="0" * 64,
                          statement="I agree.", confirmations=[{"key": "k", "text": "Yes."}], **facts)
            for document in ("leaflet", "aup")
        )  # fmt: skip
        signers = people[: PEOPLE - UNSIGNED]
        entries = Entry.objects.bulk_create(entry(log, position) for position in range(len(signers)))
        Declaration.objects.bulk_create(
            Declaration(reference=f"{number:09}-{n:09}", school=school, school_name=school.name, person=one, person_name=one.full_name,
                        person_email=one.email, aup=aup, leaflet=leaflet, statement="I agree.", confirmations=[{"key": "k"}],
                        typed_name=one.full_name, signed_at=SIGNED_AT, signed_on=SIGNED_AT.date(), time_zone=school.time_zone,
                        school_year=2026, lapses_on=dt.date(2027, 10, 1), signed_in_with="password", entry=entries[n])
            for n, one in enumerate(signers)
        )  # fmt: skip
        bar("filling the tables", number + 1, SCHOOLS)


def entry(log: "Log", position: int) -> "Entry":
    from declarations.evidence.models import Entry

    record = b'{"position":%d}' % position
    return Entry(
        log=log, position=position, kind="declaration.signed", at=SIGNED_AT, record=record, leaf_hash=hashlib.sha256(record).digest()
    )


if __name__ == "__main__":
    raise SystemExit(main())
