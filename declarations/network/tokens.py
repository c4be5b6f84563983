"""What is done about the network: tokens, another address for a device, an address that two people claim."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices import mac_address
from declarations.devices.models import Device, DeviceAddress, Permission
from declarations.evidence import log
from declarations.network.authorise import fingerprint
from declarations.network.models import AddressClash, NetworkToken
from declarations.organisation.authorise import require_administrator
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

# The beginning says what it is to whoever finds one in a file; the rest is 256 random bits.
TOKEN_PREFIX = "wifi_"  # noqa: S105  # the part that everybody knows
MOST_NEW_ADDRESSES = 4
NEW_ADDRESSES_WITHIN = dt.timedelta(days=30)


def make_token(*, school: School, name: str, by: Person | None, at: dt.datetime) -> tuple[NetworkToken, str]:
    """A new token for the school's network, and its text, which is told this once; `by=None` is the server's command line.

    Raises Refused: `two` while two are live, `name`, `not_yours`.
    """
    check_administrator(school=school, by=by, at=at)
    name = name.strip()
    if not name:
        raise RefusedError(_("Say where the token will be used."), "name")
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            taken = set(NetworkToken.objects.live().filter(school=school).values_list("slot", flat=True))
            free = [slot for slot in NetworkToken.SLOTS if slot not in taken]
            if not free:
                raise RefusedError(two_live(), "two")
            made = NetworkToken.objects.create(
                school=school, slot=free[0], name=name, sha256=fingerprint(token), created_at=at, created_by=by
            )
            # Not its hash: whoever reads the log has no use for it.
            log.append(school=school, kind="token.made", at=at, by=by, facts={"token": made.pk, "name": name})
            return made, token
    except IntegrityError as clash:
        # Two administrators in the same moment: the database let one in.
        raise RefusedError(two_live(), "two") from clash


def two_live() -> str:
    return _("Two tokens are live: the old one and its successor. End one of them first.")


def end_token(*, token: NetworkToken, by: Person | None, at: dt.datetime) -> NetworkToken:
    """Ends a token: from now on nothing is answered to it. Raises Refused: `too_late`, `not_yours`."""
    check_administrator(school=token.school, by=by, at=at)
    with transaction.atomic():
        if not NetworkToken.objects.live().filter(pk=token.pk).update(ended_at=at, ended_by=by):
            raise RefusedError(_("This token has been ended already."), "too_late")
        log.append(school=token.school, kind="token.ended", at=at, by=by, facts={"token": token.pk, "name": token.name})
        return NetworkToken.objects.get(pk=token.pk)


def check_administrator(*, school: School, by: Person | None, at: dt.datetime) -> None:
    """Raises RefusedError, `not_yours`; `by=None` is the server's command line."""
    require_administrator(by=by, school=school, at=at, sentence=_("Only an administrator of the school looks after its network."))


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
    found = holder.exclude(device__owner=person).first()
    if found is not None and person.school is not None:
        AddressClash.objects.update_or_create(
            person=person, holder=found.device, address=found.address, defaults={"school": person.school, "last_at": at}
        )
