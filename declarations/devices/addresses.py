"""Another Wi-Fi address for a device, and an address that two people claim."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices import mac_address
from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission
from declarations.evidence import log
from declarations.organisation.models.person import Person

MOST_NEW_ADDRESSES = 4
NEW_ADDRESSES_WITHIN = dt.timedelta(days=30)


def add_address(*, device: Device, by: Person, address: str, at: dt.datetime) -> DeviceAddress:
    """Another address of a device that its owner has: no new decision, because it was about the device. The old one ends.

    The address may be in any notation. Raises NotAnAddress, or Refused: `not_yours`, `not_asked`, `suspended`, `same`,
    `in_use`, `too_many`.
    """
    canonical = mac_address.canonical(address)
    if device.owner_id != by.pk:
        raise RefusedError(_("This is somebody else's device."), "not_yours")
    school = device.school
    try:
        with transaction.atomic():
            # The device's row is the lock: two clicks come one after the other.
            Device.objects.select_for_update(no_key=True, of=["self"]).get(pk=device.pk)
            check_may_change(device, at=at)
            live = DeviceAddress.objects.filter(school=school, ended_at__isnull=True)
            # Who has left gives up their addresses: the phone may be somebody else's now.
            live.filter(address=canonical, device__owner__leaves_on__lte=school.day_of(at)).update(ended_at=at)
            if live.filter(address=canonical, device=device).exists():
                raise RefusedError(_("The device has this address already."), "same")
            if live.filter(address=canonical).exists():
                raise RefusedError(_("Another device at the school has this address. IT has been told."), "in_use")
            live.filter(device=device, added_at__lte=at).update(ended_at=at)
            added = DeviceAddress.objects.create(school=school, device=device, address=canonical, added_at=at)
            # Not the address itself: it is personal data that is kept for weeks, and the log for years.
            log.append(
                school=school,
                kind="device.address_added",
                at=at,
                by=by,
                facts={"device": device.pk, "address": added.pk, "private": mac_address.is_private(canonical)},
            )
            return added
    except IntegrityError as clash:
        if "address" not in str(clash):
            raise
        raise RefusedError(_("Another device at the school has this address. IT has been told."), "in_use") from clash


def check_may_change(device: Device, *, at: dt.datetime) -> None:
    if not device.addresses.filter(ended_at__isnull=True).exists():
        raise RefusedError(_("You have given this device up. Add it again."), "given_up")
    if device.suspensions.filter(lifted_at__isnull=True).exists():
        raise RefusedError(_("The device is suspended: the leadership lifts that first."), "suspended")
    asked = Permission.objects.filter(device=device, status__in=[Permission.Status.REQUESTED, Permission.Status.APPROVED])
    if not asked.exists():
        raise RefusedError(_("There is no request and no permission for this device: ask for it first."), "not_asked")
    if device.addresses.filter(added_at__gt=at - NEW_ADDRESSES_WITHIN).count() >= MOST_NEW_ADDRESSES:
        raise RefusedError(
            _("The address of this device has changed too often this month. Switch private addresses off for the school Wi-Fi, or ask IT."),
            "too_many",
        )


def tell_of_clash(*, person: Person, address: str, at: dt.datetime) -> None:
    """Puts it on IT's list that this person typed an address which another owner's device has; nothing if no other has it."""
    holder = DeviceAddress.objects.filter(school=person.school, address=mac_address.canonical(address), ended_at__isnull=True)
    holding = holder.exclude(device__owner=person).first()
    if holding is not None and person.school is not None:
        AddressClash.objects.update_or_create(
            person=person, holder=holding.device, address=holding.address, defaults={"school": person.school, "last_at": at}
        )
