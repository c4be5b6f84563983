"""What owners do: add a device, ask, withdraw, give it up, report it lost."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices import mac_address
from declarations.devices.log_records import facts_of_request, hash_of_address
from declarations.devices.models import Device, DeviceAddress, Permission, Suspension
from declarations.devices.rules import ASK_AGAIN_WITHIN, MOST_DEVICES
from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School


def add_device(
    *, owner: Person, kind: str, make_and_model: str, address: str, reaches_school_data: bool, reason: str, at: dt.datetime
) -> Permission:
    """Adds a device of the owner's with its address, in any notation, and asks for it.

    Raises InvalidAddressError, or RefusedError: `in_use` if a device at the school has this address, `too_many`.
    """
    canonical = mac_address.canonical(address)
    try:
        with transaction.atomic():
            school = owner.school
            if school is None:
                raise RefusedError(_("Devices belong to somebody of a school."))
            live = live_addresses(school, canonical, at=at)
            holder = live.filter(address=canonical).select_related("device").first()
            if holder is not None:
                raise RefusedError(in_use(holder.device.owner_id == owner.pk), "in_use")
            if live.filter(device__owner=owner).values("device").distinct().count() >= MOST_DEVICES:
                sentence = _("You have %(most)d devices already. Give up one that you no longer use first.")
                raise RefusedError(sentence % {"most": MOST_DEVICES}, "too_many")
            facts = {"kind": kind, "make_and_model": make_and_model, "reaches_school_data": reaches_school_data}
            device = Device.objects.create(school=school, owner=owner, added_at=at, **facts)
            first = DeviceAddress.objects.create(school=school, device=device, address=canonical, added_at=at, salt=secrets.token_bytes(16))
            return add_request(device=device, reason=reason, at=at, address_sha256=hash_of_address(first))
    except IntegrityError as clash:
        if "address" not in str(clash):
            raise
        # Two typed the same address in the same moment, or one clicked twice: the database let one in.
        is_own = DeviceAddress.objects.filter(device__owner=owner, address=canonical, ended_at__isnull=True).exists()
        raise RefusedError(in_use(is_own), "in_use") from clash


def live_addresses(school: School, address: str, *, at: dt.datetime) -> QuerySet[DeviceAddress]:
    """The addresses in use at a school; this one is taken from an owner who has left: the phone may be somebody else's now."""
    live = DeviceAddress.objects.filter(school=school, ended_at__isnull=True)
    live.filter(address=address, device__owner__leaves_on__lte=school.day_of(at)).update(ended_at=at)
    return live


def in_use(is_own: bool) -> str:  # noqa: FBT001  # one question, one answer
    if is_own:
        return _("You have added a device with this address already: see your devices.")
    return _("Another device at the school has this address. Check it, or ask IT: two devices cannot share one.")


def ask(*, device: Device, by: Person, reason: str, at: dt.datetime) -> Permission:
    """Asks for a device again: after a no, a withdrawal or a revocation, or before a permission ends.

    Raises RefusedError: `waiting` if a request waits already, `approved` if a permission has long to run.
    """
    check_owner(device, by=by)
    waiting = RefusedError(_("You have asked for this device already: the request is waiting."), "waiting")
    try:
        with transaction.atomic():
            if not device.addresses.filter(ended_at__isnull=True).exists():
                raise RefusedError(_("You have given this device up. Add it again."), "given_up")
            live = device.permissions.filter(ended_at__isnull=True)
            if live.filter(decided_at__isnull=True).exists():
                raise waiting
            if live.filter(approved=True, until__gt=device.school.day_of(at) + ASK_AGAIN_WITHIN).exists():
                raise RefusedError(_("This device is approved already. You can ask again in the last weeks."), "approved")
            return add_request(device=device, reason=reason, at=at)
    except IntegrityError as clash:
        raise waiting from clash


def add_request(*, device: Device, reason: str, at: dt.datetime, **more: str) -> Permission:
    """Adds a request of the owner's, and logs it with what more there is to say."""
    school, owner = device.school, device.owner
    permission = Permission.objects.create(school=school, device=device, owner=owner, asked_by=owner, asked_at=at, reason=reason)
    log.append(school=school, kind="permission.asked", at=at, by=owner, facts={**facts_of_request(permission), **more})
    return permission


def withdraw(*, permission: Permission, by: Person, at: dt.datetime) -> Permission:
    """Takes a request or an approved permission back. Raises RefusedError, `too_late`, if it was declined or ended first."""
    with transaction.atomic():
        live = Permission.objects.filter(pk=permission.pk, owner=by, ended_at__isnull=True).exclude(approved=False)
        if live.end(by=by, at=at, because=Permission.Ending.WITHDRAWN) != 1:
            raise RefusedError(_("There is nothing left to withdraw: it was decided or ended in the meantime."), "too_late")
        log.append(school=permission.school, kind="permission.withdrawn", at=at, by=by, facts={"permission": permission.pk})
        return Permission.objects.get(pk=permission.pk)


def give_up(*, device: Device, by: Person, at: dt.datetime) -> None:
    """Gives a device up (sold, broken, passed on): ends the permissions and frees the address. The history stays."""
    check_owner(device, by=by)
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
    check_owner(device, by=by)
    with transaction.atomic():
        first = {"suspended_by": by, "suspended_at": at}
        suspension, is_new = Suspension.objects.get_or_create(device=device, lifted_at__isnull=True, defaults=first)
        if is_new:
            facts = {"device": device.pk, "suspension": suspension.pk}
            log.append(school=device.school, kind="device.suspended", at=at, by=by, facts=facts)
        return suspension


def check_owner(device: Device, *, by: Person) -> None:
    """Raises RefusedError, `not_yours`, unless the device is this person's."""
    if device.owner_id != by.pk:
        raise RefusedError(_("This is somebody else's device."), "not_yours")
