"""Disposal of what is older than a school keeps it: seen beforehand, carried out at once, written down without names."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from declarations.common.dates import months_before, years_before
from declarations.devices.models import DeviceAddress, Permission
from declarations.evidence import canonical_json, log
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Entry
from declarations.mail.models import Email, Reminder
from declarations.network.models import AddressClash, Disconnect, LastSeen
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.legal_holds import check_keeper
from declarations.privacy import erasure, personal_data
from declarations.privacy.models import Disposal, LegalHold, RetentionSettings
from declarations.signing.models.declaration import SignatureMetadata
from declarations.signing.models.response import Exemption, Response

Kind = Disposal.Kind


@dataclass(frozen=True, slots=True)
class Due:
    """Of one kind: what is from before that moment, how many rows go, and how many a legal hold keeps back."""

    kind: Disposal.Kind
    before_on: dt.date
    before_at: dt.datetime
    rows: int
    held: int


def settings_of(school: School | None) -> RetentionSettings:
    """The school's, or the defaults; of the trust's own people always the defaults."""
    found = RetentionSettings.objects.filter(school=school).first() if school else None
    return found or RetentionSettings(school=school)


def before(school: School | None, kind: Disposal.Kind, *, at: dt.datetime) -> tuple[dt.date, dt.datetime]:
    """The day, and its first moment at the school, from before which this kind is no longer kept."""
    kept = settings_of(school)
    on = school.day_of(at) if school else at.date()
    match kind:
        case Kind.SESSIONS:
            return on, at
        case Kind.ADDRESSES:
            day = on - dt.timedelta(weeks=kept.address_weeks)
        case Kind.PEOPLE:
            day = years_before(on, kept.years_after_leaving)
        case _:
            months = {
                Kind.CONTEXTS: kept.context_months,
                Kind.EXEMPTIONS: kept.exemption_months,
                Kind.REPLIES: kept.reply_months,
                Kind.LETTERS: kept.letter_months,
                Kind.NOTES: kept.note_months,
            }[kind]
            day = months_before(on, months)
    return day, dt.datetime.combine(day, dt.time(), school.zone if school else dt.UTC)


def held_people() -> QuerySet[Any, Any]:
    """The numbers of those of whom nothing goes."""
    return LegalHold.objects.live().values("person")


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the database about one kind: of which school, from before when, at which moment."""

    school: School | None
    day: dt.date
    moment: dt.datetime
    at: dt.datetime


type Found = tuple[QuerySet[Any], Q]


def addresses(ask: Ask) -> Found:
    return DeviceAddress.objects.filter(pk__in=old_addresses(ask.school, at=ask.at)), Q(device__owner__in=held_people())


def contexts(ask: Ask) -> Found:
    signed = SignatureMetadata.objects.filter(declaration__school=ask.school, declaration__signed_at__lt=ask.moment)
    return signed, Q(declaration__person__in=held_people())


def exemptions(ask: Ask) -> Found:
    over = Q(ended_at__lt=ask.moment) | Q(until__lt=ask.day)
    return Exemption.objects.filter(over, school=ask.school), Q(person__in=held_people())


def replies(ask: Ask) -> Found:
    return Response.objects.filter(school=ask.school, answered_at__lt=ask.moment), Q(person__in=held_people())


def letters(ask: Ask) -> Found:
    """Not who holds which checkpoint: that is what makes the log evidence."""
    held = held_people()
    gone = Q(sent_at__lt=ask.moment) | Q(dropped_at__lt=ask.moment)
    rows = Email.objects.filter(gone, school=ask.school).exclude(kind=Email.Kind.CHECKPOINT)
    about = Q(person__in=held) | Q(declaration__person__in=held) | Q(permission__owner__in=held) | Q(response__person__in=held)
    return rows, about | Q(recipient__in=Person.objects.filter(pk__in=held).values("email"))


def notes(ask: Ask) -> Found:
    about = Q(user__in=held_people())
    for person in Person.objects.filter(pk__in=held_people()):
        named = personal_data.notes_naming(person, erasure.names(person))
        about |= personal_data.notes_on_rows(person) | Q(pk__in=[note.pk for note, _name in named])
    return LogEntry.objects.filter(user__school=ask.school, action_time__lt=ask.moment), about


def sessions(ask: Ask) -> Found:
    """They say nothing any more: a sign-in that is over is nobody's record, held or not."""
    return Session.objects.filter(expire_date__lt=ask.moment), Q(pk__in=[])


def people(ask: Ask) -> Found:
    return erasure.left_long_ago(school=ask.school, before=ask.day), Q(pk__in=held_people())


ROWS: dict[Disposal.Kind, Callable[[Ask], Found]] = {
    Kind.ADDRESSES: addresses,
    Kind.CONTEXTS: contexts,
    Kind.LETTERS: letters,
    Kind.NOTES: notes,
    Kind.SESSIONS: sessions,
    # Last: their log entries are erased, and the log's lock is the last one taken.
    Kind.EXEMPTIONS: exemptions,
    Kind.REPLIES: replies,
    Kind.PEOPLE: people,
}


def old_rows(school: School | None, kind: Disposal.Kind, *, at: dt.datetime) -> Found:
    """All rows of this kind that are older than they are kept, and which of them are about somebody who is held."""
    day, moment = before(school, kind, at=at)
    return ROWS[kind](Ask(school, day, moment, at))


def old_addresses(school: School | None, *, at: dt.datetime) -> list[int]:
    """Addresses that ended long enough ago, or would have: their owner left then, or the last permission ended."""
    if school is None:
        return []
    _day, moment = before(school, Kind.ADDRESSES, at=at)
    ended = DeviceAddress.objects.filter(school=school, ended_at__lt=moment).values_list("pk", flat=True)
    return [*ended, *(row.pk for row, since in unused(school, at=at) if since < moment)]


def unused(school: School, *, at: dt.datetime) -> Iterator[tuple[DeviceAddress, dt.datetime]]:
    """Addresses that stand as a device's although it may connect no longer and nobody is asked about it, and since when that is so."""
    on = school.day_of(at)
    # Approved and not over, or waiting for a decision.
    open_still = Permission.objects.filter(device=OuterRef("device"), ended_at__isnull=True).filter(
        Q(decided_at__isnull=True) | Q(approved=True, until__gte=on)
    )
    rows = DeviceAddress.objects.filter(school=school, ended_at__isnull=True).select_related("device__owner")
    for row in rows.filter(Q(device__owner__leaves_on__lte=on) | ~Exists(open_still)).prefetch_related("device__permissions"):
        yield row, max(row.added_at, over_since(row, school=school, on=on))


def over_since(row: DeviceAddress, *, school: School, on: dt.date) -> dt.datetime:
    left_on = row.device.owner.leaves_on
    if left_on is not None and left_on <= on:
        return dt.datetime.combine(left_on, dt.time(), school.zone)
    moments = [row.added_at]
    for permission in row.device.permissions.all():
        ended = [one for one in (permission.ended_at, permission.decided_at if permission.approved is False else None) if one]
        if permission.until is not None:
            ended.append(school.end_of(permission.until))
        moments += [min(ended)] if ended else []
    return max(moments)


def preview(*, school: School | None, at: dt.datetime) -> list[Due]:
    """What `carry_out` would take, kind by kind, those with nothing too."""
    found = []
    for kind in ROWS:
        rows, held = old_rows(school, kind, at=at)
        # NULLs and joins: counted as two, and not as `exclude`, which would leave rows out.
        kept_back = rows.filter(held).distinct().count()
        found.append(Due(kind, *before(school, kind, at=at), rows.count() - kept_back, kept_back))
    return found


def people_due(*, school: School | None, at: dt.datetime) -> list[Person]:
    rows, held = old_rows(school, Kind.PEOPLE, at=at)
    return list(Person.objects.filter(pk__in=rows.exclude(held).values("pk")).order_by("leaves_on", "pk"))


def carry_out(*, school: School | None, by: Person | None, at: dt.datetime) -> list[Disposal]:
    """Disposes of everything that is due, of one school or (None) of the trust's own people; what was gone, kind by kind.

    One transaction; the log says which kinds and how many. `by=None` is the server's command line. Raises Refused: `not_yours`.
    """
    if by is not None:
        check_keeper(school=school, by=by, at=at)
    with transaction.atomic():
        done = []
        for due in preview(school=school, at=at):
            if due.rows:
                # First the record: while it stands, the guards let the rows go.
                old = {"kind": due.kind, "before_at": due.before_at, "before_on": due.before_on, "rows": due.rows}
                done.append(Disposal.objects.create(school=school, **old, done_at=at, done_by=by))
                dispose(school, due.kind, at=at)
        forget_expired(at=at)
        if done and school is not None:
            log.append(school=school, kind="retention.done", at=at, by=by, facts={"rows": counts(done)})
        return done


def counts(done: list[Disposal]) -> dict[str, Json]:
    """How many of which kind: never whose."""
    return {str(one.kind): one.rows for one in done}


def dispose(school: School | None, kind: Disposal.Kind, *, at: dt.datetime) -> None:
    rows, held = old_rows(school, kind, at=at)
    numbers = set(rows.values_list("pk", flat=True)) - set(rows.filter(held).values_list("pk", flat=True))
    match kind:
        case Kind.ADDRESSES if school is not None:
            dispose_of_addresses(school, numbers, at=at)
        case Kind.EXEMPTIONS:
            Exemption.objects.filter(pk__in=numbers).delete()
            forget_records("exemption", school, numbers, at=at)
        case Kind.REPLIES:
            drop_letters(Email.objects.filter(response__in=numbers))
            Response.objects.filter(pk__in=numbers).delete()
            forget_records("reply", school, numbers, at=at)
        case Kind.LETTERS:
            drop_letters(Email.objects.filter(pk__in=numbers))
        case Kind.PEOPLE:
            for person in Person.objects.filter(pk__in=numbers).order_by("pk"):
                erasure.erase_person(person=person, reason="retention", at=at)
        case _:
            rows.filter(pk__in=numbers).delete()


def forget_records(what: str, school: School | None, numbers: set[int], *, at: dt.datetime) -> None:
    """What the log says of rows that have gone: the hashes stay, as with everything that is erased."""
    entries = Entry.objects.filter(log__school=school, kind__startswith=f"{what}.", record__isnull=False)
    gone = []
    for entry in entries.select_related("log__school").order_by("position"):
        record = cast("dict[str, object]", canonical_json.parse(bytes(cast("bytes", entry.record))))
        if record.get(what) in numbers:
            gone.append(entry)
    erasure.take_away(gone, reason="retention", at=at)


def drop_letters(gone: QuerySet[Email]) -> None:
    Reminder.objects.filter(email__in=gone).delete()
    gone.delete()


def dispose_of_addresses(school: School, numbers: set[int], *, at: dt.datetime) -> None:
    """With what the network noted about the same device and address."""
    for row, since in list(unused(school, at=at)):
        if row.pk in numbers:
            DeviceAddress.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=since)
    for device_id, address in DeviceAddress.objects.filter(pk__in=numbers).values_list("device_id", "address"):
        LastSeen.objects.filter(device=device_id, address=address).delete()
        Disconnect.objects.filter(device=device_id, address=address).delete()
        AddressClash.objects.filter(holder=device_id, address=address).exclude(person__in=held_people()).delete()
    DeviceAddress.objects.filter(pk__in=numbers).delete()


def forget_expired(*, at: dt.datetime) -> None:
    """What the cache keeps no longer: counts of tries by address, which it would only write over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cache WHERE expires < %s", [connection.ops.adapt_datetimefield_value(at)])
