"""The limits of devices, their addresses and permissions."""

import datetime as dt

from declarations.organisation.school_year import SchoolYear

MOST_DEVICES = 10  # of one owner
# How long before its last day a permission may be asked for again.
ASK_AGAIN_WITHIN = dt.timedelta(days=60)
# How many addresses a device may get within this time.
MOST_NEW_ADDRESSES, NEW_ADDRESSES_WITHIN = 4, dt.timedelta(days=30)


def latest_until(year: SchoolYear, *, leaves_on: dt.date | None) -> dt.date:
    """The latest last day of a permission: the last one before this year's declarations lapse, or the owner's last day."""
    return min(year.lapses_on, leaves_on or year.lapses_on) - dt.timedelta(days=1)
