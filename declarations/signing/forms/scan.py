"""The scan of a signed paper: a picture is drawn anew, a PDF is looked through; what could run does not come in."""

import io
import struct
import zlib
from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from declarations.common.images import read_picture
from declarations.signing.models.response import PaperSignature

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000  # a page at 500 dots an inch
MOST_PAGES = 30
# Each is unpacked to find its objects; a scanner writes a few.
MOST_PACKED, MOST_OBJECTS = 40, 5_000
# What a scan of a paper has no use for: scripts, forms that send themselves, files inside, things that start by themselves.
KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/Collection"})
ACTIONS = frozenset({
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition", "/Movie", "/Sound", "/URI",
    "/RichMediaExecute", "/Hide", "/Thread", "/Named", "/SetOCGState", "/Trans", "/GoTo3DView",
})  # fmt: skip
KINDS = frozenset({"/EmbeddedFile", "/Filespec", "/RichMedia", "/Movie", "/Sound", "/FileAttachment", "/Screen", "/3D"})
# What pypdf raises at files that are none, or are made to trouble it.
UNREADABLE = (
    PyPdfError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RecursionError,
    NotImplementedError, zlib.error, struct.error, OSError,
)  # fmt: skip


def scan_from(data: bytes) -> tuple[bytes, str]:
    """The scan as it is kept, and its type. Raises ValidationError for what is no PDF, PNG or JPEG, or is not safe to keep."""
    if len(data) > MOST_BYTES:
        raise forms.ValidationError(_("The scan is too big: at most 5 MB are possible."))
    if data.lstrip()[:5] == b"%PDF-":
        check_pdf(data)
        return data, PaperSignature.ScanType.PDF.value
    return drawn_anew(data)


def drawn_anew(data: bytes) -> tuple[bytes, str]:
    """The picture alone: where and with what it was taken, and whatever hid behind it, stays out."""
    image = read_picture(data, formats=["PNG", "JPEG"], most_pixels=MOST_PIXELS)
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    drawn = io.BytesIO()
    if data.startswith(b"\x89PNG"):
        paper.save(drawn, "PNG", optimize=True)
        if drawn.tell() <= MOST_BYTES:
            return drawn.getvalue(), PaperSignature.ScanType.PNG.value
        drawn = io.BytesIO()
    paper.save(drawn, "JPEG", quality=85, optimize=True)
    if drawn.tell() > MOST_BYTES:
        raise forms.ValidationError(_("The scan is too big: at most 5 MB are possible."))
    return drawn.getvalue(), PaperSignature.ScanType.JPEG.value


def check_pdf(data: bytes) -> None:
    """Raises ValidationError for a PDF that is locked, too long or damaged, or holds what could run."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise forms.ValidationError(_("This PDF is locked with a password. Save it without one."))
        if not 1 <= len(reader.pages) <= MOST_PAGES:
            raise forms.ValidationError(_("Send the signed pages only: at most 30."))
        names = {name for thing in things_in(reader) for name in names_in(thing)}
    except UNREADABLE as trouble:
        raise forms.ValidationError(_("This PDF is damaged. Scan the paper again, or send a picture of it.")) from trouble
    if names:
        raise forms.ValidationError(
            _("This PDF holds more than pages: scripts, links, forms or files. Scan the paper again, or send a picture of it.")
        )


def things_in(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, wherever it stands, followed from its objects one by one."""
    packed = {place[0] for place in reader.xref_objStm.values()}
    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > MOST_OBJECTS or len(packed) > MOST_PACKED:
        raise ValueError("more objects than a scan has")
    rest = [reader.get_object(IndirectObject(number, generation, reader)) for number, generation in numbers]
    rest.append(reader.trailer)
    for _turn in range(MOST_OBJECTS * 100):
        if not rest:
            return
        thing = rest.pop()
        if isinstance(thing, DictionaryObject):
            yield thing
            rest += [value for value in thing.values() if not isinstance(value, IndirectObject)]
        elif isinstance(thing, ArrayObject):
            rest += [value for value in thing if not isinstance(value, IndirectObject)]
    raise ValueError("no end of objects")


def names_in(thing: DictionaryObject) -> frozenset[str]:
    """What of this dictionary a scan has no use for."""
    return (KEYS & thing.keys()) | (ACTIONS & {str(thing.get("/S"))}) | (KINDS & {str(thing.get("/Type")), str(thing.get("/Subtype"))})
