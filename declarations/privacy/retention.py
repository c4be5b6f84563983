"""Disposal of what is older than a school keeps it: seen beforehand, carried out at once, written down without names."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from declarations.evidence import log
from declarations.evidence.canonical_json import Json
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.legal_holds import check_keeper
from declarations.privacy import erasure, personal_data
from declarations.privacy.admin_notes import notes_naming, notes_on_rows
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.web import registry
from declarations.web.capability import Cutoff, RetentionRule


@dataclass(frozen=True, slots=True)
class Due:
    """Of one kind: what is from before that moment, how many rows go, and how many a legal hold keeps back."""

    kind: Disposal.Kind
    before_on: dt.date
    before_at: dt.datetime
    rows: int
    held: int


def rules() -> list[RetentionRule]:
    """In the order in which they are carried out: those that write to the log come last, because its lock is the last one taken."""
    return registry.in_order(lambda capability: capability.retention)


def settings_of(school: School | None) -> RetentionSettings:
    """The school's, or the defaults; of the trust's own people always the defaults."""
    settings = RetentionSettings.objects.filter(school=school).first() if school else None
    return settings or RetentionSettings(school=school)


def cutoff_of(rule: RetentionRule, school: School | None, *, at: dt.datetime) -> Cutoff:
    """The day, and its first moment at the school, from before which this kind is no longer kept."""
    today = school.day_of(at) if school else at.date()
    if not rule.kept_for:
        return Cutoff(school, today, at, at)
    day = settings_of(school).first_day_kept(rule.kept_for, on=today)
    return Cutoff(school, day, dt.datetime.combine(day, dt.time(), school.zone if school else dt.UTC), at)


def held_rows(rule: RetentionRule, rows: QuerySet[Any]) -> Q:
    """Which of the rows a legal hold keeps back."""
    people = LegalHold.objects.live().values("person")
    return rule.held(people) if rule.held else personal_data.about_people(personal_data.declared()[rows.model], people)


def old_notes(cutoff: Cutoff) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(user__school=cutoff.school, action_time__lt=cutoff.moment)


def held_notes(people: QuerySet[Any, Any]) -> Q:
    query = Q(user__in=people)
    for person in Person.objects.filter(pk__in=people):
        named = notes_naming(person, personal_data.names_of(person))
        query |= notes_on_rows(person) | Q(pk__in=[note.pk for note, _pattern in named])
    return query


def old_people(cutoff: Cutoff) -> QuerySet[Person]:
    return erasure.left_long_ago(school=cutoff.school, before=cutoff.day)


def erase_people(numbers: set[int], cutoff: Cutoff) -> None:
    for person in Person.objects.filter(pk__in=numbers).order_by("pk"):
        erasure.erase_person(person=person, reason="retention", at=cutoff.at)


PEOPLE = RetentionRule(kind="people", order=80, kept_for="years_after_leaving", rows=old_people, dispose=erase_people)
RETENTION = (RetentionRule(kind="notes", order=40, kept_for="note_months", rows=old_notes, held=held_notes), PEOPLE)


def preview(*, school: School | None, at: dt.datetime) -> list[Due]:
    """What `carry_out` would take, kind by kind, those with nothing too."""
    due = []
    for rule in rules():
        cutoff = cutoff_of(rule, school, at=at)
        rows = rule.rows(cutoff)
        # NULLs and joins: counted as two, and not as `exclude`, which would leave rows out.
        held = rows.filter(held_rows(rule, rows)).distinct().count()
        due.append(Due(Disposal.Kind(rule.kind), cutoff.day, cutoff.moment, rows.count() - held, held))
    return due


def people_due(*, school: School | None, at: dt.datetime) -> list[Person]:
    rows = old_people(cutoff_of(PEOPLE, school, at=at))
    return list(rows.exclude(held_rows(PEOPLE, rows)).order_by("leaves_on", "pk"))


def carry_out(*, school: School | None, by: Person | None, at: dt.datetime) -> list[Disposal]:
    """Disposes of everything that is due, of one school or (None) of the trust's own people; what was gone, kind by kind.

    One transaction; the log says which kinds and how many. `by=None` is the server's command line. Raises RefusedError: `not_yours`.
    """
    if by is not None:
        check_keeper(school=school, by=by, at=at)
    with transaction.atomic():
        due = {old.kind: old for old in preview(school=school, at=at) if old.rows}
        done = []
        for rule in rules():
            if (old := due.get(Disposal.Kind(rule.kind))) is None:
                continue
            # First this row: while it exists, the database lets the others go.
            facts = {"kind": old.kind, "before_at": old.before_at, "before_on": old.before_on, "rows": old.rows}
            done.append(Disposal.objects.create(school=school, **facts, done_at=at, done_by=by))
            dispose(rule, cutoff_of(rule, school, at=at))
        delete_expired_cache(at=at)
        if done and school is not None:
            log.append(school=school, kind="retention.done", at=at, by=by, facts={"rows": counts(done)})
        return done


def counts(done: list[Disposal]) -> dict[str, Json]:
    """How many of which kind: never whose."""
    return {str(disposal.kind): disposal.rows for disposal in done}


def dispose(rule: RetentionRule, cutoff: Cutoff) -> None:
    rows = rule.rows(cutoff)
    numbers = set(rows.values_list("pk", flat=True)) - set(rows.filter(held_rows(rule, rows)).values_list("pk", flat=True))
    if rule.dispose:
        rule.dispose(numbers, cutoff)
    else:
        rows.filter(pk__in=numbers).delete()


def delete_expired_cache(*, at: dt.datetime) -> None:
    """What the cache keeps no longer: counts of tries by address, which it would only write over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache WHERE expires < %s", [connection.ops.adapt_datetimefield_value(at)])
