"""Draws the declaration as a blank form that somebody signs by hand."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from declarations.certificates.pdf import render
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.policies.text import sections


def blank_pdf(*, school: School, aup: PolicyVersion, leaflet: PolicyVersion) -> bytes:
    """Draw the blank form as a PDF: both texts in full, the confirmations, the statement, and lines for name, date and signature.

    Every page names the versions of both texts.
    """
    texts = [
        {"version": version, "sections": [{"title": section.title, "html": safe(section.body)} for section in version.sections()]}
        for version in (leaflet, aup)
    ]
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string(
            "certificates/pdf/blank_form.html",
            {"school": school, "aup": aup, "leaflet": leaflet, "texts": texts, "language": settings.LANGUAGE_CODE},
        )
    return render(html)


def safe(body: str) -> SafeString:
    return mark_safe(sections.html(body, heading_base=3))  # noqa: S308  # policies/text cleans it by an allow-list
