"""What a new text would cost whom: who signs again, and who would be without Wi-Fi if they did not."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from declarations.devices.models import Device, Reason
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.signing.status import SigningStatus, with_signing_status
from declarations.web.admin_base import context_of
from declarations.web.capability import Context

NEXT_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Loss:
    """A person and their devices that may connect now and will not; `reason` (of `anyway`) is why each will not, whatever is published."""

    person: Person
    devices: list[tuple[Device, str]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of *everyone signs again*: how many are to sign, and how it stands on the day after the last one if nobody does anything.

    `lost` are people who would be without Wi-Fi because of the new text, `anyway` those who would be without it all the same.
    """

    people: int
    signed: int
    exempt: int
    day: dt.date
    lost: list[Loss]
    anyway: list[Loss]


def of_signing_again(*, school: School, on: dt.date, sign_by: dt.date) -> Cost:
    """Three queries, however many people and devices there are."""
    day = sign_by + NEXT_DAY
    expected = with_signing_status(Person.objects.filter(school=school).at_school(on=on).expected_to_sign(), school=school, on=on)
    counts = expected.order_by().aggregate(
        people=Count("pk"),
        signed=Count("pk", filter=Q(state=SigningStatus.SIGNED)),
        exempt=Count("pk", filter=Q(state=SigningStatus.EXEMPT)),
    )
    # Every signature that there is now is on an earlier version, so the new text ends all of them on that day. What would be
    # without Wi-Fi on it whatever is published is asked of the one rule.
    now = connected_now(school=school, on=on)
    on_that_day: QuerySet[Any] = Device.objects.filter(school=school).with_reason(on=day)
    then: dict[int, str] = dict(on_that_day.values_list("pk", "reason"))
    return Cost(
        **counts,
        day=day,
        lost=by_person((device, "") for device in now if then[device.pk] == ""),
        anyway=by_person((device, str(Reason(then[device.pk]).label)) for device in now if then[device.pk] != ""),
    )


def connected_now(*, school: School, on: dt.date) -> list[Device]:
    """The devices that may connect today, with their owners; one query."""
    devices: QuerySet[Any] = Device.objects.filter(school=school).with_reason(on=on)
    return list(devices.filter(reason="").select_related("owner").order_by("owner__full_name", "owner", "pk"))


def by_person(devices: Iterable[tuple[Device, str]]) -> list[Loss]:
    """The devices of each owner together, in the order of the owners' names."""
    owners: dict[int, Loss] = {}
    for device, reason in devices:
        owners.setdefault(device.owner_id, Loss(device.owner, [])).devices.append((device, reason))
    return sorted(owners.values(), key=by_name)


def by_name(loss: Loss) -> tuple[str, int]:
    return loss.person.full_name.casefold(), loss.person.pk


def today(request: HttpRequest, version: PolicyVersion) -> Context:
    """How many people have a device that may connect."""
    on = version.school.day_of(context_of(request).at)
    return {"connected": len({device.owner_id for device in connected_now(school=version.school, on=on)})}


def signing_again(request: HttpRequest, version: PolicyVersion, sign_by: dt.date) -> Context:
    on = version.school.day_of(context_of(request).at)
    return {"cost": of_signing_again(school=version.school, on=on, sign_by=sign_by), "sign_by": sign_by}
