"""All that is kept about one person, on paper."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from declarations.certificates.pdf import render
from declarations.organisation.models.person import Person


def subject_access_pdf(*, person: Person, sections: list[dict[str, Any]], at: dt.datetime) -> bytes:
    """`sections`: `{"title": …, "rows": [[(label, value), …], …]}`; one without rows is named as empty."""
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string(
            "privacy/subject_access.html",
            {
                "person": person,
                "sections": sections,
                "language": settings.LANGUAGE_CODE,
                "made_at": at.astimezone(person.school.zone if person.school else dt.UTC),
                "made_at_utc": at.astimezone(dt.UTC),
            },
        )
    return render(html)
