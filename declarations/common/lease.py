"""A lease: of several workers one takes a piece of work and holds it until a moment; if that worker dies, it is free again then."""

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet


def is_free(*, at: dt.datetime, column: str = "locked_until") -> Q:
    """The rows that no worker holds at this moment."""
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": at})


def take(rows: QuerySet[Any, Any], *, at: dt.datetime, lasts: dt.timedelta, column: str = "locked_until", **changes: object) -> bool:
    """Takes the row, counts the attempt and makes the changes; whether this worker has it now.

    The condition stands in the UPDATE, so that of two workers one has the row.
    """
    taken = {column: at + lasts, "attempts": F("attempts") + 1, **changes}
    return bool(rows.filter(is_free(at=at, column=column)).update(**taken))
