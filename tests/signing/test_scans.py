"""Scans that people send: pages and pictures come in, and nothing that could run."""

import io
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from declarations.signing.forms.scan import MOST_BYTES, scan_from
from tests.signing.papers import PDF, action, deep, jpeg, pdf


def test_a_pdf_of_pages_is_kept_as_it_is():
    assert scan_from(PDF) == (PDF, "application/pdf")
    assert scan_from(pdf(pages=30))[1] == "application/pdf"


def test_how_a_reader_opens_it_may_be_said():
    """Many scanners write that the page is shown as wide as the window."""
    view = DictionaryObject({NameObject("/S"): NameObject("/GoTo")})
    assert scan_from(pdf(root={"/OpenAction": view}))[1] == "application/pdf"


HOSTILE = {
    "script": pdf(root={"/OpenAction": DictionaryObject({NameObject("/JS"): TextStringObject("app.alert('hello')")})}),
    "launches": pdf(root={"/OpenAction": action("/Launch")}),
    "runs when shown": pdf(page={"/AA": DictionaryObject({NameObject("/O"): action("/GoTo")})}),
    "sends itself": pdf(root={"/OpenAction": action("/SubmitForm")}),
    "leads elsewhere": pdf(page={"/Annots": deep(DictionaryObject({NameObject("/A"): action("/URI")}), levels=1)}),
    "deep down": pdf(root={"/Odd": deep(action("/JavaScript"), levels=30)}),
    "a file inside": pdf(root={"/Names": DictionaryObject({NameObject("/EmbeddedFiles"): DictionaryObject()})}),
    "an attachment": pdf(page={"/Annots": deep(DictionaryObject({NameObject("/Subtype"): NameObject("/FileAttachment")}), levels=1)}),
    "a form": pdf(root={"/AcroForm": DictionaryObject({NameObject("/XFA"): NameObject("/x")})}),
    "spelled otherwise": pdf(root={"/OpenAction": action("/Launch")}).replace(b"/Launch", b"/L#61unch"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_run_does_not_come_in(name):
    with pytest.raises(ValidationError, match="more than pages"):
        scan_from(HOSTILE[name])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (pdf(password="secret"), "locked with a password"),
        (pdf(pages=31), "signed pages only"),
        (b"%PDF-", "damaged"),
        (PDF[:200], "damaged"),
        (PDF.replace(b"/Pages", b"/Pag\x00s"), "damaged"),
        (b"", "no picture"),
        (b"<script>", "no picture"),
        (b"\x89PNG\r\n\x1a\n", "no picture"),
        (jpeg()[:100], "no picture"),
        (jpeg(form="GIF"), "no picture"),
        (jpeg(form="WEBP"), "no picture"),
        (b"%PDF-" + b"x" * MOST_BYTES, "too big"),
    ],
)
def test_what_is_no_scan(data, sentence):
    with pytest.raises(ValidationError, match=sentence):
        scan_from(data)


def test_a_bomb_is_not_unpacked():
    with pytest.raises(ValidationError, match=r"too many points|no picture"):
        scan_from(jpeg(size=(6000, 6000), form="PNG"))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_is_drawn_anew_without_what_it_carried(form):
    sent = jpeg(form=form, comment=b"51.5N 0.1W") + b"<script>after the end</script>"
    kept, kind = scan_from(sent)
    assert kind == f"image/{form.lower()}"
    assert (b"51.5N" in kept, b"script" in kept) == (False, False)
    assert Image.open(io.BytesIO(kept)).size == (40, 60)


def test_what_can_be_seen_through_is_white():
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(scan_from(out.getvalue())[0])).getpixel((4, 4)) == (255, 255, 255)


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(PDF) - 1), byte=st.integers(0, 255), cut=st.integers(0, 60))
def test_a_damaged_pdf_is_kept_or_refused_and_never_a_fault(at, byte, cut):
    data = PDF[:at] + bytes([byte]) + PDF[at + 1 + cut :]
    with suppress(ValidationError):
        assert scan_from(data) == (data, "application/pdf")
