"""The register on paper."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from declarations.certificates.pdf import render
from declarations.register.register import Register


def register_pdf(*, register: Register, at: dt.datetime) -> bytes:
    """The register as it was asked for, made at this moment; A4 across, the heading of the table on every page."""
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string(
            "register/pdf.html",
            {
                "register": register,
                "language": settings.LANGUAGE_CODE,
                "made_at": at.astimezone(register.school.zone),
                "made_at_utc": at.astimezone(dt.UTC),
            },
        )
    return render(html)
