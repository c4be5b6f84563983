"""The personal data of the network: what was seen of which device, and for how long its addresses are kept."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from declarations.devices.models import AddressClash, DeviceAddress, Permission
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkToken
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.school import School
from declarations.web.capability import Cutoff, PersonalData, RetentionRule

PERSONAL_DATA = (
    PersonalData(
        model=NetworkToken,
        acts={"created_by": "created_at", "ended_by": "ended_at"},
        free_text=("name",),
        fixed=("networks",),
        secret=("sha256",),
    ),
    PersonalData(model=Controller, free_text=("name",), fixed=("secret_name",)),
    PersonalData(model=LastSeen, about=("device__owner",), fixed=("address", "reason")),
    PersonalData(model=Disconnect, about=("device__owner",), fixed=("address", "error")),
)


def old_addresses(cutoff: Cutoff) -> QuerySet[DeviceAddress]:
    """Addresses that ended long enough ago, or would have: their owner left then, or the last permission ended."""
    if cutoff.school is None:
        return DeviceAddress.objects.none()
    ended = DeviceAddress.objects.filter(school=cutoff.school, ended_at__lt=cutoff.moment).values_list("pk", flat=True)
    unused = [row.pk for row, since in unused_addresses(cutoff.school, at=cutoff.at) if since < cutoff.moment]
    return DeviceAddress.objects.filter(pk__in=[*ended, *unused])


def unused_addresses(school: School, *, at: dt.datetime) -> Iterator[tuple[DeviceAddress, dt.datetime]]:
    """Current addresses of devices that may not connect and wait for no decision, each with the moment since which that is so."""
    on = school.day_of(at)
    # Approved and not over, or waiting for a decision.
    open_permissions = Permission.objects.filter(device=OuterRef("device"), ended_at__isnull=True).filter(
        Q(decided_at__isnull=True) | Q(approved=True, until__gte=on)
    )
    rows = DeviceAddress.objects.filter(school=school, ended_at__isnull=True).select_related("device__owner")
    for row in rows.filter(Q(device__owner__leaves_on__lte=on) | ~Exists(open_permissions)).prefetch_related("device__permissions"):
        yield row, max(row.added_at, unused_since(row, school=school, on=on))


def unused_since(row: DeviceAddress, *, school: School, on: dt.date) -> dt.datetime:
    left_on = row.device.owner.leaves_on
    if left_on is not None and left_on <= on:
        return dt.datetime.combine(left_on, dt.time(), school.zone)
    moments = [row.added_at]
    for permission in row.device.permissions.all():
        declined_at = permission.decided_at if permission.approved is False else None
        ends = [moment for moment in (permission.ended_at, declined_at) if moment]
        if permission.until is not None:
            ends.append(school.end_of(permission.until))
        moments += [min(ends)] if ends else []
    return max(moments)


def delete_addresses(numbers: set[int], cutoff: Cutoff) -> None:
    """With what the network noted about the same device and address."""
    for row, since in list(unused_addresses(cutoff.school, at=cutoff.at)) if cutoff.school else ():
        if row.pk in numbers:
            DeviceAddress.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=since)
    held = LegalHold.objects.live().values("person")
    for device_id, address in DeviceAddress.objects.filter(pk__in=numbers).values_list("device_id", "address"):
        LastSeen.objects.filter(device=device_id, address=address).delete()
        Disconnect.objects.filter(device=device_id, address=address).delete()
        AddressClash.objects.filter(holder=device_id, address=address).exclude(person__in=held).delete()
    DeviceAddress.objects.filter(pk__in=numbers).delete()


RETENTION = (RetentionRule(kind="addresses", order=10, kept_for="address_weeks", rows=old_addresses, dispose=delete_addresses),)
