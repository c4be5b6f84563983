"""What publishing a text would do to devices: who would be without Wi-Fi if they did not sign again."""

import datetime as dt
from itertools import groupby
from typing import Any

from declarations.devices.models import Device
from declarations.devices.reason import Reason
from declarations.organisation.models.school import School


def context(*, school: School, on: dt.date, sign_by: dt.date | None) -> dict[str, Any]:
    """How many people have Wi-Fi today; if everybody signs again, who would be without it on the day after the last one.

    `lost` are people who would be without Wi-Fi because of the new text, `anyway` those who would be without it all the same, with
    the reason beside each device. Two queries at most, however many people and devices there are.
    """
    devices: Any = Device.objects.filter(school=school)
    now = list(devices.with_reason(on=on).filter(reason="").select_related("owner"))
    if sign_by is None:
        return {"connected": len({device.owner_id for device in now})}
    day = sign_by + dt.timedelta(days=1)
    # Every signature that there is now is on an earlier version, so the new text ends all of them on that day. Which devices
    # would be without Wi-Fi on it whatever is published is asked of the one rule.
    reasons: dict[int, str] = dict(devices.with_reason(on=day).values_list("pk", "reason"))
    return {
        "day": day,
        "lost": by_owner([(device, "") for device in now if not reasons[device.pk]]),
        "anyway": by_owner([(device, str(Reason(reasons[device.pk]).label)) for device in now if reasons[device.pk]]),
    }


def by_owner(devices: list[tuple[Device, str]]) -> list[dict[str, Any]]:
    """`{"person": …, "devices": [(device, reason), …]}` of each owner, in the order of the owners' names."""
    ordered = sorted(devices, key=lambda pair: (pair[0].owner.full_name.casefold(), pair[0].owner_id, pair[0].pk))
    return [{"person": owner, "devices": list(pairs)} for owner, pairs in groupby(ordered, key=lambda pair: pair[0].owner)]
