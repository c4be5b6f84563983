"""A lease: one of several workers takes a row until a moment; after that the row is free again, even if the worker has died."""

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet

# For how long a worker has a row, which is longer than the work takes: if the worker dies, the row waits until then.
FOR_A_TASK = dt.timedelta(minutes=15)
FOR_AN_EMAIL = dt.timedelta(minutes=5)
FOR_A_DISCONNECT = dt.timedelta(seconds=30)


def is_free(*, at: dt.datetime, column: str = "locked_until") -> Q:
    """The condition for rows that no worker has at this moment."""
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": at})


def take(rows: QuerySet[Any, Any], *, at: dt.datetime, lasts: dt.timedelta, column: str = "locked_until", **changes: object) -> bool:
    """Takes the row, counts the attempt and makes the changes; returns whether this worker has the row.

    The condition is part of the UPDATE, so only one of two workers gets the row.
    """
    taken = {column: at + lasts, "attempts": F("attempts") + 1, **changes}
    return bool(rows.filter(is_free(at=at, column=column)).update(**taken))
