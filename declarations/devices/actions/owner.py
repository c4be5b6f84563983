"""What owners do: add a device, ask, withdraw, give it up, report it lost."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices import mac_address
from declarations.devices.log_records import facts_of_device
from declarations.devices.models import Device, DeviceAddress, Permission, Suspension
from declarations.evidence import log
from declarations.organisation.models.person import Person

MOST_DEVICES = 10
ASK_AGAIN_WITHIN = dt.timedelta(days=60)


def add_device(
    *,
    owner: Person,
    kind: str,
    make_and_model: str,
    address: str,
    reaches_school_data: bool,
    reason: str,
    at: dt.datetime,
) -> Permission:
    """A device of the owner's, with its address, and the request for it. The address may be in any notation.

    Raises NotAnAddress, or Refused: `in_use` if a device at the school has this address, `too_many`.
    """
    canonical = mac_address.canonical(address)
    try:
        with transaction.atomic():
            school = owner.school
            if school is None:
                raise RefusedError(_("Devices belong to somebody of a school."))
            live = DeviceAddress.objects.filter(school=school, ended_at__isnull=True)
            # Who has left gives up their addresses: the phone may be somebody else's now.
            live.filter(address=canonical, device__owner__leaves_on__lte=school.day_of(at)).update(ended_at=at)
            holder = live.filter(address=canonical).select_related("device").first()
            if holder is not None:
                raise RefusedError(in_use(holder.device.owner_id == owner.pk), "in_use")
            if live.filter(device__owner=owner).values("device").distinct().count() >= MOST_DEVICES:
                raise RefusedError(
                    _("You have %(most)d devices already. Give up one that you no longer use first.") % {"most": MOST_DEVICES},
                    "too_many",
                )
            device = Device.objects.create(
                school=school,
                owner=owner,
                kind=kind,
                make_and_model=make_and_model,
                reaches_school_data=reaches_school_data,
                added_at=at,
            )
            DeviceAddress.objects.create(school=school, device=device, address=canonical, added_at=at)
            return asked(device=device, by=owner, reason=reason, at=at)
    except IntegrityError as clash:
        if "address" not in str(clash):
            raise
        # Two typed the same address in the same moment, or one clicked twice: the database let one in.
        by_oneself = DeviceAddress.objects.filter(device__owner=owner, address=canonical, ended_at__isnull=True).exists()
        raise RefusedError(in_use(by_oneself), "in_use") from clash


def in_use(by_oneself: bool) -> str:  # noqa: FBT001  # one question, one answer
    if by_oneself:
        return _("You have added a device with this address already: see your devices.")
    return _("Another device at the school has this address. Check it, or ask IT: two devices cannot share one.")


def ask(*, device: Device, by: Person, reason: str, at: dt.datetime) -> Permission:
    """Asks for a device again: after a no, a withdrawal or a revocation, or before a permission ends.

    Raises Refused: `waiting` if a request waits already, `approved` if a permission has long to run.
    """
    if device.owner_id != by.pk:
        raise RefusedError(_("This is somebody else's device."), "not_yours")
    try:
        with transaction.atomic():
            on = device.school.day_of(at)
            if not device.addresses.filter(ended_at__isnull=True).exists():
                raise RefusedError(_("You have given this device up. Add it again."), "given_up")
            live = device.permissions.filter(ended_at__isnull=True)
            if live.filter(decided_at__isnull=True).exists():
                raise RefusedError(waiting(), "waiting")
            if live.filter(approved=True, until__gt=on + ASK_AGAIN_WITHIN).exists():
                raise RefusedError(_("This device is approved already. You can ask again in the last weeks."), "approved")
            return asked(device=device, by=by, reason=reason, at=at)
    except IntegrityError as clash:
        raise RefusedError(waiting(), "waiting") from clash


def asked(*, device: Device, by: Person, reason: str, at: dt.datetime) -> Permission:
    permission = Permission.objects.create(school=device.school, device=device, owner=by, asked_by=by, asked_at=at, reason=reason)
    log.append(
        school=device.school,
        kind="permission.asked",
        at=at,
        by=by,
        facts={
            "permission": permission.pk,
            "device": facts_of_device(device),
            "reason": reason,
        },
    )
    return permission


def waiting() -> str:
    return _("You have asked for this device already: the request is waiting.")


def withdraw(*, permission: Permission, by: Person, at: dt.datetime) -> Permission:
    """Takes a request or an approved permission back. Raises Refused if it was declined or ended first."""
    with transaction.atomic():
        live = Permission.objects.filter(pk=permission.pk, owner=by, ended_at__isnull=True).exclude(approved=False)
        changed = live.end(by=by, at=at, because=Permission.Ending.WITHDRAWN)
        if changed != 1:
            raise RefusedError(_("There is nothing left to withdraw: it was decided or ended in the meantime."), "too_late")
        log.append(school=permission.school, kind="permission.withdrawn", at=at, by=by, facts={"permission": permission.pk})
        return Permission.objects.get(pk=permission.pk)


def give_up(*, device: Device, by: Person, at: dt.datetime) -> None:
    """Sold, broken, passed on: ends the permissions and frees the address. The history stays."""
    if device.owner_id != by.pk:
        raise RefusedError(_("This is somebody else's device."), "not_yours")
    with transaction.atomic():
        if not DeviceAddress.objects.filter(device=device, ended_at__isnull=True).update(ended_at=Greatest(Value(at), F("added_at"))):
            raise RefusedError(_("You have given this device up already."), "too_late")
        # Locked, so that a decision in the same moment comes wholly before or wholly after.
        live = Permission.objects.select_for_update(of=["self"]).filter(device=device, ended_at__isnull=True)
        for permission in live.exclude(approved=False):
            withdraw(permission=permission, by=by, at=at)
        log.append(school=device.school, kind="device.given_up", at=at, by=by, facts={"device": device.pk})


def report_lost(*, device: Device, by: Person, at: dt.datetime) -> Suspension:
    """Suspends a lost or stolen device at once; reporting twice gives the first suspension again."""
    if device.owner_id != by.pk:
        raise RefusedError(_("This is somebody else's device."), "not_yours")
    try:
        with transaction.atomic():
            live = Suspension.objects.filter(device=device, lifted_at__isnull=True).first()
            if live is not None:
                return live
            suspension = Suspension.objects.create(device=device, suspended_by=by, suspended_at=at)
            log.append(
                school=device.school,
                kind="device.suspended",
                at=at,
                by=by,
                facts={"device": device.pk, "suspension": suspension.pk},
            )
            return suspension
    except IntegrityError:
        return Suspension.objects.get(device=device, lifted_at__isnull=True)
