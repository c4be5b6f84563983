"""All that is kept about one person, on paper."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from declarations.certificates.pdf import render
from declarations.organisation.models.person import Person


def subject_access_pdf(*, person: Person, sections: list[dict[str, Any]], free_texts: list[str], at: dt.datetime) -> bytes:
    """`sections`: `{"title": …, "rows": [[(label, text, is_free_text), …], …]}`; `free_texts` says where those stand."""
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string(
            "privacy/subject_access.html",
            {
                "person": person,
                "sections": sections,
                "free_texts": free_texts,
                "language": settings.LANGUAGE_CODE,
                "made_at": at.astimezone(person.school.zone if person.school else dt.UTC),
                "made_at_utc": at.astimezone(dt.UTC),
            },
        )
    return render(html)
