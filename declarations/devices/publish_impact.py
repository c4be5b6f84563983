"""What publishing a text would do to devices: who would be without Wi-Fi if they did not sign again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from declarations.devices.models import Device, Reason
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

NEXT_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Loss:
    """A person and their devices that may connect now and will not; `reason` (of `anyway`) is why each will not, whatever is published."""

    person: Person
    devices: list[tuple[Device, str]]


def context(*, school: School, on: dt.date, sign_by: dt.date | None) -> dict[str, Any]:
    """How many people have Wi-Fi today; if everybody signs again, who would be without it on the day after the last one.

    `lost` are people who would be without Wi-Fi because of the new text, `anyway` those who would be without it all the same.
    Two queries at most, however many people and devices there are.
    """
    now = connected_now(school=school, on=on)
    if sign_by is None:
        return {"connected": len({device.owner_id for device in now})}
    day = sign_by + NEXT_DAY
    # Every signature that there is now is on an earlier version, so the new text ends all of them on that day. Which devices
    # would be without Wi-Fi on it whatever is published is asked of the one rule.
    on_that_day: Any = Device.objects.filter(school=school).with_reason(on=day)
    reasons: dict[int, str] = dict(on_that_day.values_list("pk", "reason"))
    return {
        "day": day,
        "lost": by_person((device, "") for device in now if reasons[device.pk] == ""),
        "anyway": by_person((device, str(Reason(reasons[device.pk]).label)) for device in now if reasons[device.pk] != ""),
    }


def connected_now(*, school: School, on: dt.date) -> list[Device]:
    """The devices that may connect today, with their owners; one query."""
    devices: Any = Device.objects.filter(school=school).with_reason(on=on)
    return list(devices.filter(reason="").select_related("owner").order_by("owner__full_name", "owner", "pk"))


def by_person(devices: Iterable[tuple[Device, str]]) -> list[Loss]:
    """The devices of each owner together, in the order of the owners' names."""
    owners: dict[int, Loss] = {}
    for device, reason in devices:
        owners.setdefault(device.owner_id, Loss(device.owner, [])).devices.append((device, reason))
    return sorted(owners.values(), key=by_name)


def by_name(loss: Loss) -> tuple[str, int]:
    return loss.person.full_name.casefold(), loss.person.pk
