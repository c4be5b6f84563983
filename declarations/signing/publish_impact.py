"""What publishing a text would ask of people: how many sign again, and how many of them have signed or are exempt."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q

from declarations.organisation.models.school import School
from declarations.signing.status import SigningStatus, expected_to_sign


def context(*, school: School, on: dt.date, sign_by: dt.date | None) -> dict[str, Any]:
    """The numbers if everybody signs again by a day; nothing for a correction. One query."""
    if sign_by is None:
        return {}
    expected = expected_to_sign(school=school, on=on)
    counts = expected.order_by().aggregate(
        people=Count("pk"),
        signed=Count("pk", filter=Q(signing_status=SigningStatus.SIGNED)),
        exempt=Count("pk", filter=Q(signing_status=SigningStatus.EXEMPT)),
    )
    return {**counts, "sign_by": sign_by}
