"""Turns HTML into PDF. Every PDF goes through `render`, which fetches nothing from anywhere."""

import datetime as dt
import hashlib
import threading
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO

from django.template.loader import render_to_string

from declarations.certificates.fonts import only_ours

with only_ours():
    # WeasyPrint looks for fonts when it is imported.
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.css import ColorProfile
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    FONTS = FontConfiguration()

# It opens `data:` URLs only, so a page can name no file and no address.
CLOSED = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
SRGB = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
# All pages share Pango's fonts, so we draw one page at a time.
LOCK = threading.Lock()


@cache
def stylesheet() -> CSS:
    return CSS(string=render_to_string("certificates/pdf/pdf.css"), font_config=FONTS, url_fetcher=CLOSED)


def colours() -> dict[str, ColorProfile]:
    """Return a colour profile for one page. WeasyPrint changes a profile when it writes it, so each page needs a new one.

    We read the profile from memory because WeasyPrint's own way leaves a file open each time.
    """
    return {"--srgb": ColorProfile(BytesIO(SRGB), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))}


def render(html: str, *, attached: Mapping[str, bytes] | None = None, attached_at: dt.datetime | None = None) -> bytes:
    """Draw a page as tagged PDF/A-3a. The same HTML and files give the same bytes.

    The dates of the document come from the page's `dcterms` metadata. `attached` maps names to the contents of files that
    the PDF carries; their date is `attached_at`. Nothing outside the page is fetched.
    """
    identity = hashlib.sha256(html.encode())
    for name, content in (attached or {}).items():
        identity.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    with LOCK:
        pdf: bytes = HTML(string=html, url_fetcher=CLOSED).write_pdf(
            font_config=FONTS,
            color_profiles=colours(),
            stylesheets=[stylesheet()],
            pdf_variant="pdf/a-3a",
            output_intent="--srgb",
            pdf_identifier=identity.hexdigest()[:32].encode(),
            attachments=[
                Attachment(
                    string=content,
                    name=name,
                    url_fetcher=CLOSED,
                    created=attached_at,
                    modified=attached_at,
                    relationship="Data",
                )
                for name, content in sorted((attached or {}).items())  # a PDF's table of names must be sorted
            ],
        )
    return pdf
