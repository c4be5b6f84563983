"""Another Wi-Fi address for a device, and an address that two people claim."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices import mac_address
from declarations.devices.actions.owner import check_owner, live_addresses
from declarations.devices.log_records import hash_of_address
from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission
from declarations.devices.rules import MOST_NEW_ADDRESSES, NEW_ADDRESSES_WITHIN
from declarations.evidence import log
from declarations.organisation.models.person import Person


def add_address(*, device: Device, by: Person, address: str, at: dt.datetime) -> DeviceAddress:
    """Gives a device another address, in any notation: no new decision, because it was about the device. The old one ends.

    Raises InvalidAddressError, or RefusedError: `not_yours`, `given_up`, `suspended`, `not_asked`, `too_many`, `same`, `in_use`.
    """
    canonical = mac_address.canonical(address)
    check_owner(device, by=by)
    school = device.school
    in_use = RefusedError(_("Another device at the school has this address. IT has been told."), "in_use")
    try:
        with transaction.atomic():
            # The device's row is the lock: two clicks come one after the other.
            Device.objects.select_for_update(no_key=True, of=["self"]).get(pk=device.pk)
            check_may_change(device, at=at)
            live = live_addresses(school, canonical, at=at)
            if live.filter(address=canonical, device=device).exists():
                raise RefusedError(_("The device has this address already."), "same")
            if live.filter(address=canonical).exists():
                raise in_use
            live.filter(device=device, added_at__lte=at).update(ended_at=at)
            added = DeviceAddress.objects.create(school=school, device=device, address=canonical, added_at=at, salt=secrets.token_bytes(16))
            # Not the address itself: it is personal data that is kept for weeks, and the log for years.
            private = mac_address.is_private(canonical)
            log.append(
                school=school,
                kind="device.address_added",
                at=at,
                by=by,
                facts={"device": device.pk, "address": added.pk, "private": private, "address_sha256": hash_of_address(added)},
            )
            return added
    except IntegrityError as clash:
        if "address" not in str(clash):
            raise
        raise in_use from clash


def check_may_change(device: Device, *, at: dt.datetime) -> None:
    if not device.addresses.filter(ended_at__isnull=True).exists():
        raise RefusedError(_("You have given this device up. Add it again."), "given_up")
    if device.suspensions.filter(lifted_at__isnull=True).exists():
        raise RefusedError(_("The device is suspended: the leadership lifts that first."), "suspended")
    if not device.permissions.filter(status__in=[Permission.Status.REQUESTED, Permission.Status.APPROVED]).exists():
        raise RefusedError(_("There is no request and no permission for this device: ask for it first."), "not_asked")
    if device.addresses.filter(added_at__gt=at - NEW_ADDRESSES_WITHIN).count() >= MOST_NEW_ADDRESSES:
        raise RefusedError(
            _("The address of this device has changed too often this month. Switch private addresses off for the school Wi-Fi, or ask IT."),
            "too_many",
        )


def tell_of_clash(*, person: Person, address: str, at: dt.datetime) -> None:
    """Puts it on IT's list that this person typed an address which another owner's device has; nothing if no other has it."""
    held = DeviceAddress.objects.filter(school=person.school, address=mac_address.canonical(address), ended_at__isnull=True)
    holder = held.exclude(device__owner=person).first()
    if holder is not None and person.school is not None:
        latest = {"school": person.school, "last_at": at}
        AddressClash.objects.update_or_create(person=person, holder=holder.device, address=holder.address, defaults=latest)
