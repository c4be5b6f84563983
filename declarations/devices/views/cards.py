"""A device as its owner sees it: the state in words, and what can be done now."""

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.devices import mac_address
from declarations.devices.models import Device, Permission
from declarations.devices.reason import Reason
from declarations.devices.rules import ASK_AGAIN_WITHIN
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

DAY = "j F Y"
# Why an approved device of one's own does not connect; the other reasons are states of their own.
HINDRANCES = {
    Reason.NOT_SIGNED.value: gettext_lazy("Not connecting: you have not signed a declaration yet."),
    Reason.LAPSED.value: gettext_lazy("Not connecting: your declaration has lapsed."),
    Reason.OWNER_LEFT.value: gettext_lazy("Not connecting: you are not at the school on this day."),
}


@dataclass(frozen=True, slots=True)
class DeviceCard:
    """`tone`, `icon` and `words` are the state; `hindrance` is why an approved device does not connect, "" if it may.

    `permission` is the newest; `approved` the approved one that runs longest, and `waiting` the request without a decision.
    """

    device: Device
    tone: str
    icon: str
    words: str
    hindrance: str
    permission: Permission | None
    approved: Permission | None
    waiting: Permission | None
    address: str
    seen_words: str
    is_suspended: bool
    may_ask: bool
    must_sign: bool

    @property
    def is_given_up(self) -> bool:
        return not self.address

    @property
    def is_private(self) -> bool:
        return bool(self.address) and mac_address.is_private(self.address)

    @property
    def can_be_withdrawn(self) -> Permission | None:
        """The request that waits, else the permission that runs."""
        return self.waiting or self.approved


def device_cards(*, person: Person, school: School, on: dt.date) -> list[DeviceCard]:
    """The owner's devices, those in use first; five queries, however many there are."""
    devices = Device.objects.filter(owner=person).with_reason(on=on).prefetch_related("permissions", "addresses", "suspensions", "seen")
    return sorted((card(device, school=school, on=on) for device in devices), key=lambda device_card: device_card.is_given_up)


def card(device: Device, *, school: School, on: dt.date) -> DeviceCard:
    permissions = list(device.permissions.all())  # newest first
    waiting = next((permission for permission in permissions if permission.status == Permission.Status.REQUESTED), None)
    running = [each for each in permissions if each.status == Permission.Status.APPROVED and each.until and each.until >= on]
    approved = max(running, key=lambda permission: permission.until or on, default=None)
    address = next((row.address for row in device.addresses.all() if row.ended_at is None), "")
    suspension = next((row for row in device.suspensions.all() if row.lifted_at is None), None)
    reason = str(getattr(device, "reason", ""))
    hindrance = str(HINDRANCES.get(reason, "")) if approved else ""
    tone, icon, words = state(permissions, waiting=waiting, approved=approved, hindrance=hindrance)
    if suspension is not None:
        day = date_format(school.day_of(suspension.suspended_at), DAY)
        tone, icon, words = "bad", "pause", _("Suspended: reported lost or stolen on %(day)s") % {"day": day}
    if not address:
        tone, icon, words = "quiet", "minus", _("Given up")
    return DeviceCard(
        device=device,
        tone=tone,
        icon=icon,
        words=words,
        hindrance=hindrance,
        permission=permissions[0] if permissions else None,
        approved=approved,
        waiting=waiting,
        address=address,
        seen_words=seen_words(device, address, school=school, on=on),
        is_suspended=suspension is not None,
        may_ask=bool(address)
        and waiting is None
        and suspension is None
        and (approved is None or approved.until is None or approved.until <= on + ASK_AGAIN_WITHIN),
        must_sign=bool(approved) and reason in {Reason.NOT_SIGNED, Reason.LAPSED},
    )


def seen_words(device: Device, address: str, *, school: School, on: dt.date) -> str:
    """What the network was told last about the address in use, and when; "" if it has not asked."""
    last = next((row for row in device.seen.all() if row.address == address), None)
    if last is None:
        return ""
    local = last.seen_at.astimezone(school.zone)
    when = date_format(local, "H:i") if local.date() == on else date_format(local, "j F Y, H:i")
    if last.reason:
        return _("The school Wi-Fi last turned it away: %(when)s.") % {"when": when}
    return _("The school Wi-Fi last let it in: %(when)s.") % {"when": when}


def state(
    permissions: list[Permission], *, waiting: Permission | None, approved: Permission | None, hindrance: str
) -> tuple[str, str, str]:
    """(tone, icon, words) of a device that is in use."""
    if approved is not None and approved.until is not None:
        words = _("Approved until %(day)s") % {"day": date_format(approved.until, DAY)}
        return ("wait", "warn", words) if hindrance else ("good", "check", words)
    if waiting is not None:
        return "wait", "clock", _("Waiting for a decision")
    return ended(permissions[0]) if permissions else ("quiet", "minus", _("Not asked for"))


def ended(latest: Permission) -> tuple[str, str, str]:
    """The same for the newest request when it neither waits nor runs."""
    if latest.status == Permission.Status.APPROVED and latest.until is not None:
        return "bad", "warn", _("The permission ended on %(day)s") % {"day": date_format(latest.until, DAY)}
    words = {Permission.Status.DECLINED.value: _("Declined"), Permission.Status.REVOKED.value: _("Revoked")}
    if latest.status in words:
        return "bad", "cross", words[latest.status]
    return "quiet", "minus", _("Withdrawn")
