"""The one question of the network: may the device with this address connect now, and if not, why?"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from declarations.models import Device, DeviceAddress, NetworkToken, School
from declarations.models.device import Reason
from declarations.models.network import DEFAULT_SESSION_TIMEOUT
from declarations.models.school import Day, SchoolDay


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is "" for a yes. `device_id` is None when no device of the token's school has the address."""

    token_id: int
    token_used_at: dt.datetime | None
    school_id: int
    school_slug: str
    address: str
    device_id: int | None
    reason: str
    vlan: int | None
    session_timeout: int

    @property
    def is_yes(self) -> bool:
        return self.reason == ""


def fingerprint(token: str) -> str:
    """What is kept of a token: SHA-256 in hex.

    Plain, without salt or stretching, because a token is 256 random bits: there is nothing to guess. For the same reason
    looking it up by an index is as good as comparing in constant time: what a stopwatch could tell is how far the *hash* of
    a guess agrees with a stored one, and nobody can choose a token by its hash.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def devices_at(address: str, *, on: Day) -> QuerySet[Device]:
    """The device that has this address at the school of the row around it, with its reason; for a subquery."""
    return (
        Device.objects.filter(
            school=OuterRef("school"), addresses__school=OuterRef("school"), addresses__address=address, addresses__ended_at__isnull=True
        )
        .with_reason(on=on)
        .order_by()
    )


def decide(*, token: str, address: str, at: dt.datetime) -> Decision | None:
    """What to answer to whoever holds this token about this canonical address, in one query; None: no such token.

    The token says which school asks; of every other school nothing is looked at, so an address that only another school
    knows is unknown, in the same words and in the same time.
    """
    # Number and reason in one text, because a subquery gives one value.
    device = Concat(Cast("pk", CharField()), Value(" "), F("reason"), output_field=CharField())
    found = devices_at(address, on=SchoolDay(at)).values(found=device)
    row = (
        NetworkToken.objects.live()
        .filter(sha256=fingerprint(token))
        .order_by()
        .annotate(found=Subquery(found[:1]))
        .values_list(
            "pk", "last_used_at", "school_id", "school__slug", "school__network__vlan", "school__network__session_timeout", "found"
        )
        .first()
    )
    if row is None:
        return None
    pk, used_at, school_id, slug, vlan, timeout, answer = row
    device_id, _space, reason = answer.partition(" ") if answer else ("", "", Reason.UNKNOWN_DEVICE.value)
    return Decision(
        token_id=pk,
        token_used_at=used_at,
        school_id=school_id,
        school_slug=slug,
        address=address,
        device_id=int(device_id) if device_id else None,
        reason=reason,
        vlan=vlan,
        session_timeout=timeout or DEFAULT_SESSION_TIMEOUT,
    )


def reason_at(*, school: School, address: str, at: dt.datetime) -> str:
    """Why a device with this canonical address may not connect at this school, "" if it may.

    For people who see all schools, not for the network: it tells an address that another school knows (`wrong_school`) from
    one that nobody knows.
    """
    live = DeviceAddress.objects.filter(address=address, ended_at__isnull=True)
    here = live.filter(school=school).first()
    if here is not None:
        return str(getattr(Device.objects.with_reason(on=school.day_of(at)).get(pk=here.device_id), "reason"))  # noqa: B009  # an annotation
    return (Reason.WRONG_SCHOOL if live.exists() else Reason.UNKNOWN_DEVICE).value


def allowed_addresses(*, school_id: int, at: dt.datetime) -> QuerySet[DeviceAddress]:
    """The live addresses of a school's devices that may connect now, in the order of the addresses; one query."""
    allowed = Device.objects.filter(school=school_id).with_reason(on=SchoolDay(at)).filter(Q(reason="")).order_by()
    return DeviceAddress.objects.filter(school=school_id, ended_at__isnull=True, device__in=allowed.values("pk")).order_by("address")


def school_of(*, token: str) -> School | None:
    """The school whose token this is, with its network settings; None: no such token."""
    return (
        School.objects.filter(network_tokens__sha256=fingerprint(token), network_tokens__ended_at__isnull=True)
        .select_related("network")
        .first()
    )
