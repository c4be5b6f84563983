"""The leadership decides about devices; nobody decides about their own."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices.models import Permission, Suspension
from declarations.devices.queries import may_decide
from declarations.evidence import log
from declarations.evidence.canonical_json import Json
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.sign_in.queries import known_since


def approve(*, permission: Permission, by: Person, until: dt.date, at: dt.datetime, conditions: str = "", note: str = "") -> Permission:
    """Approves a waiting request until a day, which is the last one. Raises RefusedError: `own`, `too_late`, or for the date."""
    on = permission.school.day_of(at)
    if until < on and not permission.owner.has_left(on=on):
        raise RefusedError(_("The last day is in the past: choose today or later."), "until")
    check_until(until, permission=permission, on=on)
    return decide(permission=permission, by=by, at=at, approved=True, until=until, conditions=conditions.strip(), note=note.strip())


def decline(*, permission: Permission, by: Person, note: str, at: dt.datetime) -> Permission:
    """Declines a waiting request, with the reason that the owner reads. Raises RefusedError: `own`, `too_late`, `note`."""
    return decide(permission=permission, by=by, at=at, approved=False, until=None, conditions="", note=reason_in(note))


def decide(
    *, permission: Permission, by: Person, at: dt.datetime, approved: bool, until: dt.date | None, conditions: str, note: str
) -> Permission:
    with transaction.atomic():
        check_decider(permission=permission, by=by, at=at)
        # The condition settles the race: of two deciders, or of a decision and a withdrawal, one changes the row.
        changed = Permission.objects.filter(pk=permission.pk, decided_at__isnull=True, ended_at__isnull=True).update(
            decided_by=by,
            decided_at=Greatest(Value(at), F("asked_at")),  # of two clocks one may lag
            approved=approved,
            until=until,
            conditions=conditions,
            decision_note=note,
        )
        if changed != 1:
            raise RefusedError(_("Somebody decided or withdrew this request first."), "too_late")
        tell_owner(permission, at=at)
        decided: dict[str, Json] = {"until": log.day_text(until), "conditions": conditions, "note": note}
        return logged(permission, "approved" if approved else "declined", by=by, at=at, facts=decided)


def revoke(*, permission: Permission, by: Person, note: str, at: dt.datetime) -> Permission:
    """Revokes an approved permission, with the reason that the owner reads. Raises RefusedError: `own`, `too_late`, `note`."""
    note = reason_in(note)
    with transaction.atomic():
        check_decider(permission=permission, by=by, at=at)
        live = Permission.objects.filter(pk=permission.pk, approved=True, ended_at__isnull=True)
        if live.end(by=by, at=at, because=Permission.Ending.REVOKED, note=note) != 1:
            raise RefusedError(_("There is no approved permission left to revoke."), "too_late")
        tell_owner(permission, at=at)
        return logged(permission, "revoked", by=by, at=at, facts={"note": note})


def end_on_return(*, person: Person, by: Person, at: dt.datetime) -> None:
    """Ends the permissions from before the leaving of somebody who has come back."""
    on, note = person.school.day_of(at) if person.school else at.date(), "Had left, and has come back."
    approved = Permission.objects.filter(owner=person, ended_at__isnull=True, approved=True, until__gte=on)
    for permission in approved.select_related("school", "owner"):
        live = Permission.objects.filter(pk=permission.pk, ended_at__isnull=True)
        if live.end(by=by, at=at, because=Permission.Ending.REVOKED, note=note):
            logged(permission, "revoked", by=by, at=at, facts={"note": note})


def lift(*, suspension: Suspension, by: Person, at: dt.datetime) -> Suspension:
    """Lifts the suspension of a device that was found again. Raises RefusedError: `own`, `too_late`."""
    with transaction.atomic():
        device = suspension.device
        if not may_decide(by=by, owner_id=device.owner_id, school=device.school, at=at):
            raise RefusedError(_("Somebody else of the leadership has to lift this."), "own")
        changed = Suspension.objects.filter(pk=suspension.pk, lifted_at__isnull=True).update(lifted_by=by, lifted_at=at)
        if changed != 1:
            raise RefusedError(_("This suspension has been lifted already."), "too_late")
        facts = {"device": device.pk, "suspension": suspension.pk, "owner": log.who(device.owner), **log.moments(**known_since(by))}
        log.append(school=device.school, kind="device.lifted", at=at, by=by, facts=facts)
        return Suspension.objects.get(pk=suspension.pk)


def reason_in(note: str) -> str:
    """The reason without the spaces around it. Raises RefusedError, `note`, if there is none."""
    if not note.strip():
        raise RefusedError(_("Give the reason: the owner reads it."), "note")
    return note.strip()


def check_decider(*, permission: Permission, by: Person, at: dt.datetime) -> None:
    """Raises RefusedError, `own` or `not_yours`, unless this person decides about the device."""
    if by.pk == permission.owner_id:
        raise RefusedError(_("Nobody decides about their own device: ask a colleague of the leadership."), "own")
    if not may_decide(by=by, owner_id=permission.owner_id, school=permission.school, at=at):
        raise RefusedError(_("At this school you do not decide about this device."), "not_yours")


def check_until(until: dt.date, *, permission: Permission, on: dt.date) -> None:
    """Raises RefusedError if the owner has left, or, `until`, if the last day is too late."""
    if permission.owner.has_left(on=on):
        raise RefusedError(_("The owner has left the school."))
    latest = permission.latest_until(on=on)
    if until > latest:
        sentence = _("The last day can be %(latest)s at the latest: the school year's end, or the owner's.")
        raise RefusedError(sentence % {"latest": f"{latest.day} {latest:%B %Y}"}, "until")


def tell_owner(permission: Permission, *, at: dt.datetime) -> None:
    """Queues the e-mail about a decision."""
    outbox.queue(Email.Kind.DECISION, school=permission.school, recipient=permission.owner, at=at, permission=permission)


def logged(permission: Permission, what: str, *, by: Person, at: dt.datetime, facts: dict[str, Json]) -> Permission:
    """Logs what was decided about a permission, how long whoever decided has been known, and returns it as it is now."""
    facts = {"permission": permission.pk, "owner": log.who(permission.owner), **facts, **log.moments(**known_since(by))}
    log.append(school=permission.school, kind=f"permission.{what}", at=at, by=by, facts=facts)
    return Permission.objects.get(pk=permission.pk)
