"""The leadership decides about devices; nobody decides about their own."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices.models import Permission, Suspension
from declarations.devices.queries import latest_until, may_decide
from declarations.evidence import log
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person


def approve(*, permission: Permission, by: Person, until: dt.date, at: dt.datetime, conditions: str = "", note: str = "") -> Permission:
    """Approves a waiting request until a day, which is the last one. Raises RefusedError: `own`, `too_late`, or for the date."""
    on = permission.school.day_of(at)
    if permission.owner.has_left(on=on):
        raise RefusedError(_("The owner has left the school."))
    latest = latest_until(permission=permission, on=on)
    if until < on:
        raise RefusedError(_("The last day is in the past: choose today or later."), "until")
    if until > latest:
        raise RefusedError(
            _("The last day can be %(latest)s at the latest: the school year's end, or the owner's.")
            % {"latest": f"{latest.day} {latest:%B %Y}"},
            "until",
        )
    return decide(permission=permission, by=by, at=at, approved=True, until=until, conditions=conditions.strip(), note=note)


def decline(*, permission: Permission, by: Person, note: str, at: dt.datetime) -> Permission:
    """Declines a waiting request, with the reason that the owner reads. Raises RefusedError: `own`, `too_late`, `note`."""
    if not note.strip():
        raise RefusedError(_("Give the reason: the owner reads it."), "note")
    return decide(permission=permission, by=by, at=at, approved=False, until=None, conditions="", note=note)


def decide(
    *,
    permission: Permission,
    by: Person,
    at: dt.datetime,
    approved: bool,
    until: dt.date | None,
    conditions: str,
    note: str,
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
            decision_note=note.strip(),
        )
        if changed != 1:
            raise RefusedError(_("Somebody decided or withdrew this request first."), "too_late")
        tell_owner(permission, at=at)
        log.append(
            school=permission.school,
            kind="permission.approved" if approved else "permission.declined",
            at=at,
            by=by,
            facts={
                "permission": permission.pk,
                "owner": log.who(permission.owner),
                "until": log.day_text(until),
                "conditions": conditions,
                "note": note.strip(),
            },
        )
        return Permission.objects.get(pk=permission.pk)


def revoke(*, permission: Permission, by: Person, note: str, at: dt.datetime) -> Permission:
    """Revokes an approved permission, with the reason that the owner reads. Raises RefusedError: `own`, `too_late`, `note`."""
    if not note.strip():
        raise RefusedError(_("Give the reason: the owner reads it."), "note")
    with transaction.atomic():
        check_decider(permission=permission, by=by, at=at)
        live = Permission.objects.filter(pk=permission.pk, approved=True, ended_at__isnull=True)
        changed = live.end(by=by, at=at, because=Permission.Ending.REVOKED, note=note.strip())
        if changed != 1:
            raise RefusedError(_("There is no approved permission left to revoke."), "too_late")
        tell_owner(permission, at=at)
        log.append(
            school=permission.school,
            kind="permission.revoked",
            at=at,
            by=by,
            facts={"permission": permission.pk, "owner": log.who(permission.owner), "note": note.strip()},
        )
        return Permission.objects.get(pk=permission.pk)


def tell_owner(permission: Permission, *, at: dt.datetime) -> None:
    """An e-mail about the decision, if the owner has an address."""
    outbox.queue(Email.Kind.DECISION, school=permission.school, recipient=permission.owner, at=at, permission=permission)


def lift(*, suspension: Suspension, by: Person, at: dt.datetime) -> Suspension:
    """Lifts the suspension of a device that was found again. Raises RefusedError: `own`, `too_late`."""
    with transaction.atomic():
        device = suspension.device
        if not may_decide(by=by, owner_id=device.owner_id, school=device.school, on=device.school.day_of(at)):
            raise RefusedError(_("Somebody else of the leadership has to lift this."), "own")
        changed = Suspension.objects.filter(pk=suspension.pk, lifted_at__isnull=True).update(lifted_by=by, lifted_at=at)
        if changed != 1:
            raise RefusedError(_("This suspension has been lifted already."), "too_late")
        log.append(
            school=device.school,
            kind="device.lifted",
            at=at,
            by=by,
            facts={"device": device.pk, "suspension": suspension.pk, "owner": log.who(device.owner)},
        )
        return Suspension.objects.get(pk=suspension.pk)


def check_decider(*, permission: Permission, by: Person, at: dt.datetime) -> None:
    if by.pk == permission.owner_id:
        raise RefusedError(_("Nobody decides about their own device: ask a colleague of the leadership."), "own")
    school = permission.school
    if not may_decide(by=by, owner_id=permission.owner_id, school=school, on=school.day_of(at)):
        raise RefusedError(_("At this school you do not decide about this device."), "not_yours")


def end_on_return(*, person: Person, by: Person, at: dt.datetime) -> None:
    """Ends the permissions from before the leaving of somebody who has come back."""
    on = person.school.day_of(at) if person.school else at.date()
    approved = Permission.objects.filter(owner=person, ended_at__isnull=True, approved=True, until__gte=on)
    for permission in approved.select_related("school"):
        note = "Had left, and has come back."
        if Permission.objects.filter(pk=permission.pk, ended_at__isnull=True).end(
            by=by, at=at, because=Permission.Ending.REVOKED, note=note
        ):
            facts = {"permission": permission.pk, "owner": log.who(person), "note": note}
            log.append(school=permission.school, kind="permission.revoked", at=at, by=by, facts=facts)
