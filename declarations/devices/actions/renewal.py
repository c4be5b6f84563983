"""The start of the year and each term: permissions are carried on until another day, or looked at and left as they are."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices.actions.approval import check_decider, check_until, logged, tell_owner
from declarations.devices.log_records import facts_of_renewal
from declarations.devices.models import Permission, PermissionReview
from declarations.organisation.models.person import Person


def renew(*, permission: Permission, by: Person, until: dt.date, at: dt.datetime) -> Permission:
    """Carries an approved permission on until a later day, under the same conditions: a new one that names the old.

    Raises RefusedError: `own`, `not_yours`, `until` for the date, `too_late` if it has ended, by itself or by somebody.
    """
    on = permission.school.day_of(at)
    check_decider(permission=permission, by=by, at=at)
    check_until(until, permission=permission, on=on)
    try:
        with transaction.atomic():
            live = Permission.objects.filter(pk=permission.pk, approved=True, ended_at__isnull=True, until__gte=on)
            # The condition settles the race: a withdrawal, a revocation or another renewal came first.
            if live.end(by=by, at=at, because=Permission.Ending.RENEWED) != 1:
                raise RefusedError(_("This permission has ended: it cannot be renewed, only asked for again."), "too_late")
            old = Permission.objects.select_related("device").get(pk=permission.pk)
            if old.until is None or old.ended_at is None or until <= old.until:
                raise RefusedError(_("It runs until then already: choose a later day."), "until")
            new = Permission.objects.create(
                school=permission.school,
                device=old.device,
                owner=permission.owner,
                asked_by=by,
                asked_at=old.ended_at,
                reason=old.reason,
                renews=old,
                decided_by=by,
                decided_at=old.ended_at,
                approved=True,
                until=until,
                conditions=old.conditions,
            )
            tell_owner(new, at=at)
            return logged(new, "renewed", by=by, at=at, facts=facts_of_renewal(new))
    except IntegrityError as clash:
        if "renews" not in str(clash):
            raise
        raise RefusedError(_("Somebody renewed it first."), "too_late") from clash


def review(*, permission: Permission, by: Person, at: dt.datetime) -> PermissionReview:
    """Notes that the leadership looked at a permission, and that it is still right.

    Raises RefusedError: `own`, `not_yours`, `too_late`.
    """
    with transaction.atomic():
        check_decider(permission=permission, by=by, at=at)
        # Locked, so that it does not end while it is looked at.
        live = Permission.objects.select_for_update(of=["self"], no_key=True).filter(pk=permission.pk, approved=True)
        if not live.filter(ended_at__isnull=True, until__gte=permission.school.day_of(at)).exists():
            raise RefusedError(_("This permission has ended."), "too_late")
        done = PermissionReview.objects.create(permission=permission, reviewed_by=by, reviewed_at=at)
        logged(permission, "reviewed", by=by, at=at, facts={"review": done.pk})
        return done
