"""HTML to PDF: one function for every paper, and nothing is ever fetched."""

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

# Opens what lies in the page itself and nothing else: no file, no address.
CLOSED = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
SRGB = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
# Pango's fonts are shared by all pages, so one page is drawn at a time.
LOCK = threading.Lock()


@cache
def stylesheet() -> CSS:
    return CSS(string=render_to_string("certificates/pdf/pdf.css"), font_config=FONTS, url_fetcher=CLOSED)


def colours() -> dict[str, ColorProfile]:
    """The profile of a page's colours, from memory (WeasyPrint's own way leaves a file open each time).

    A new one for each page: writing one into a page changes what the next page would get.
    """
    return {"--srgb": ColorProfile(BytesIO(SRGB), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))}


def render(html: str, *, attached: Mapping[str, bytes] | None = None, attached_at: dt.datetime | None = None) -> bytes:
    """The page as PDF/A-3a: tagged, archival, and byte for byte the same for the same page.

    Dates come from the page's `dcterms` metadata. Whatever the page names outside itself stays out. `attached` are files
    that travel inside, by name, dated `attached_at`.
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
                for name, content in sorted((attached or {}).items())  # as a table of names in a PDF must be
            ],
        )
    return pdf
