"""Writes a PDF anew from what its pages show: only what drawing a page needs is carried over (docs/decisions/0037)."""

import io
import re
import struct
import zlib
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter, apply_configuration
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject, NumberObject, StreamObject

from declarations.common.images import read_picture, without_remarks

MOST_PAGES: Final = 30
MOST_OBJECTS: Final = 20_000  # a scanner writes a few for each page
MOST_UNPACKED: Final = 300_000_000  # of pixels and the like, a part at a time
# Objects are unpacked into memory, and stay there: so many packs of them, and bytes of one pack or of what draws a page.
MOST_PACKS, MOST_OF_ONE = 20, 4_000_000
MOST_PIXELS: Final = 25_000_000  # a page at 500 dots an inch, in colours
# Ink is darker or lighter than the paper by so many of 256 steps, on one point in ten thousand. The noise of a scanner is less.
INK, INK_SHARE = 24, 10_000

# A part of a PDF, and the keys that it may have if it is a dictionary; None for any, where keys are names that somebody chose.
type Part = tuple[Any, AbstractSet[str] | None]

HOLDS = (IndirectObject, DictionaryObject, ArrayObject)
# What pypdf raises at files that are none, or are made to trouble it.
UNREADABLE = (
    PyPdfError, DependencyError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, RecursionError,
    NotImplementedError, zlib.error, struct.error, OSError,
)  # fmt: skip

# The keys that ISO 32000 has for drawing: of pages; of their resources; of whatever stands below those. No action is among them,
# no file, no script and nothing about people. What a resource is called may be anything.
PAGE: Final = frozenset({"/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents"})
RESOURCES: Final = frozenset({"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/ProcSet"})
BY_NAME: Final = frozenset({"/CharProcs", "/Colorants"})
TO_DRAW: Final = (
    # streams, pictures, forms and groups
    "/Type /Subtype /Name /Resources /Filter /DecodeParms /K /EndOfLine /EncodedByteAlign /Columns /Rows /EndOfBlock /BlackIs1 "
    "/DamagedRowsBeforeError /Predictor /Colors /EarlyChange /ColorTransform /JBIG2Globals /Width /Height /ColorSpace /BitsPerComponent "
    "/Intent /ImageMask /Mask /Decode /Interpolate /SMask /SMaskInData /Matte /FormType /BBox /Matrix /Group /S /CS /I /G /BC /TR "
    # the state of the pen, colours, patterns, shadings and functions
    "/LW /LC /LJ /ML /D /RI /OP /op /OPM /Font /BG /BG2 /UCR /UCR2 /TR2 /FL /SM /SA /BM /CA /ca /AIS /TK /WhitePoint /BlackPoint /Gamma "
    "/Range /N /Alternate /Process /Components /PatternType /PaintType /TilingType /XStep /YStep /Shading /ExtGState /ShadingType "
    "/Background /AntiAlias /Domain /Function /Coords /Extend /BitsPerCoordinate /BitsPerFlag /VerticesPerRow /FunctionType /Size "
    "/BitsPerSample /Order /Encode /C0 /C1 /Functions /Bounds "
    # fonts
    "/BaseFont /FirstChar /LastChar /Widths /FontDescriptor /Encoding /BaseEncoding /Differences /ToUnicode /DescendantFonts "
    "/CIDSystemInfo /DW /W /DW2 /W2 /CIDToGIDMap /FontBBox /FontMatrix /Registry /Ordering /Supplement /CMapName /WMode /UseCMap "
    "/FontName /FontFamily /FontStretch /FontWeight /Flags /ItalicAngle /Ascent /Descent /Leading /CapHeight /XHeight /StemV /StemH "
    "/AvgWidth /MaxWidth /MissingWidth /FontFile /FontFile2 /FontFile3 /CharSet /CIDSet /Style /FD /Lang /Length1 /Length2 /Length3"
)
DRAWING: Final = BY_NAME | frozenset(TO_DRAW.split())
# Marks on a page without a picture of their own: these show nothing. A field of a form that is empty shows nothing either.
SHOW_NOTHING: Final = frozenset({"/Link", "/Popup"})
HOLD_MORE: Final = frozenset({"/Text", "/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia"})
MARK: Final = frozenset({"/Type", "/Subtype", "/Rect", "/F", "/AP"})
HIDDEN: Final = 2 | 32
PRINTED_AND_LOCKED: Final = 4 | 64 | 128
# The operators that draw a line, an area, letters or a small picture; what a large picture shows is looked at by itself.
PAINTS: Final = re.compile(rb"(?:^|[\s\])>])(?:[fFBb]\*?|S|s|sh|TJ|Tj|'|\"|BI)(?=\s|$)")

LOCKED = _("This PDF opens only with a password. Open it, print it to a new PDF, and send that.")
TOO_LONG = _("Send the signed pages only: at most 30.")
DAMAGED = _("This PDF is damaged. Scan the paper again, or send a picture of it.")
JOINED = _("Several PDFs are joined in this file, and programs show only one of them. Scan the pages into one PDF.")
MORE = _(
    "This PDF holds more than its pages show: files, notes, or marks and fields that each program draws in its own way. "
    "Print it to a new PDF, and send that."
)


def has_ink(picture: Image.Image) -> bool:
    """Whether there is something on the paper: enough points differ from the most frequent grey."""
    greys = picture.convert("L").histogram()
    paper = greys.index(max(greys))
    return sum(greys[: max(paper - INK, 0)] + greys[paper + INK :]) * INK_SHARE >= picture.width * picture.height


class Pages:
    """Pages that are kept, of one PDF or of several."""

    def __init__(self) -> None:
        self.writer = PdfWriter()
        self.are_blank = True
        self.unpacked = self.looked_at = 0  # bytes, and points of pictures
        # What was looked at already, and the readers: the writer knows both by their place in memory, which must not be used again.
        self.seen: dict[int, Any] = {}
        self.readers: list[PdfReader] = []

    def written(self) -> bytes:
        self.writer.metadata = None
        out = io.BytesIO()
        self.writer.write(out)
        return out.getvalue()

    def add(self, data: bytes) -> None:
        """Adds the pages of a PDF. Raises ValidationError for one that is locked, too long, damaged, or shows not all that it holds."""
        try:
            with apply_configuration(zlib_maximum_output_length=MOST_OF_ONE, lzw_maximum_output_length=MOST_OF_ONE):
                self.add_pages(opened(data))
        except UNREADABLE as trouble:
            raise forms.ValidationError(DAMAGED) from trouble

    def add_pages(self, reader: PdfReader) -> None:
        if len(self.writer.pages) + len(reader.pages) > MOST_PAGES:
            raise forms.ValidationError(TOO_LONG)
        self.readers.append(reader)
        for page in reader.pages:
            self.add_page(page)

    def add_page(self, page: PageObject) -> None:
        notes = [note.get_object() for note in resolved(page, "/Annots") or []]
        marks = ArrayObject(mark for note in notes if isinstance(note, DictionaryObject) and (mark := drawn_mark(note)))
        contents = page.get_contents()
        self.are_blank &= contents is None or not PAINTS.search(contents.get_data())
        self.prune(page, PAGE)
        for mark in marks:
            self.prune(mark, MARK)
        if marks:
            page[NameObject("/Annots")] = marks
        self.writer.add_page(page)

    def prune(self, top: DictionaryObject, keys: AbstractSet[str]) -> None:
        """Takes out of a page, and of all that it needs, whatever does not draw. Raises ValueError for what is missing or cut off."""
        rest: list[Part] = [(top, keys)]
        while rest:
            value, keys_here = rest.pop()
            thing = value.get_object()
            if id(thing) in self.seen:
                continue
            if thing is None or isinstance(thing, NullObject) or len(self.seen) > MOST_OBJECTS:
                raise ValueError("a part is missing, or there are more parts than a scan has")
            self.seen[id(thing)] = thing
            rest += drawing_parts(thing, keys_here)
            if isinstance(thing, StreamObject):
                self.look_at(thing)

    def look_at(self, stream: StreamObject) -> None:
        """Unpacks a stream: it must be whole; notes whether it shows something."""
        filters = stream.get("/Filter", [])
        names = [str(name) for name in (filters if isinstance(filters, ArrayObject) else [filters])]
        if names[:1] == ["/FlateDecode"]:
            self.inflate(stream._data)  # noqa: SLF001  # pypdf unpacks half a stream without a word
        if stream.get("/Subtype") == "/Image":
            if names[-1:] == ["/DCTDecode"]:
                self.are_blank &= not has_ink(read_picture(stream.get_data(), formats=["JPEG"], most_pixels=MOST_PIXELS))
            else:
                self.are_blank = self.are_blank and self.is_blank(stream)
            if names == ["/DCTDecode"]:
                stream._data = without_remarks(stream._data)  # noqa: SLF001  # pypdf packs it anew otherwise
        elif stream.get("/Subtype") == "/Form":
            self.are_blank &= not PAINTS.search(stream.get_data())

    def is_blank(self, picture: StreamObject) -> bool:
        """Whether a picture that is no JPEG is blank; one that is too large or is not read may have ink."""
        points = resolved(picture, "/Width") * resolved(picture, "/Height")
        self.looked_at += points
        if points > 2 * MOST_PIXELS or self.looked_at > MOST_UNPACKED:
            return False
        with suppress(*UNREADABLE), apply_configuration(zlib_maximum_output_length=3 * MOST_PIXELS):
            return not has_ink(picture.decode_as_image())
        return False

    def inflate(self, packed: bytes) -> None:
        unpacker = zlib.decompressobj()
        while not unpacker.eof:
            part = unpacker.decompress(packed, 1 << 20)
            packed = unpacker.unconsumed_tail
            self.unpacked += len(part)
            if not (part or packed) or self.unpacked > MOST_UNPACKED:
                raise ValueError("a stream that ends early, or never")


def opened(data: bytes) -> PdfReader:
    if data.count(b"%PDF-") > 1:
        raise forms.ValidationError(JOINED)
    if data.rfind(b"startxref") < data.rfind(b"endobj"):
        raise ValueError("breaks off, or goes on behind its end")
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise forms.ValidationError(LOCKED)
    if holds_more(reader):
        raise forms.ValidationError(MORE)
    if len({pack for pack, _place in reader.xref_objStm.values()}) > MOST_PACKS:
        raise ValueError("more packs of objects than a scan has")
    if not 1 <= len(reader.pages) == resolved(resolved(reader.root_object, "/Pages"), "/Count"):
        raise ValueError("pages are missing")
    return reader


def drawing_parts(thing: Any, keys: AbstractSet[str] | None) -> list[Part]:
    """What an array or a dictionary holds, each with the keys that it may have. Takes out of the dictionary what does not draw."""
    if isinstance(thing, ArrayObject):
        return [(item, keys) for item in thing if isinstance(item, HOLDS)]
    if not isinstance(thing, DictionaryObject):
        return []
    for key in [key for key in thing if keys is not None and key not in keys]:
        del thing[key]
    return [(thing.raw_get(key), keys_below(key, keys)) for key in thing if isinstance(thing.raw_get(key), HOLDS)]


def keys_below(key: str, keys: AbstractSet[str] | None) -> AbstractSet[str] | None:
    if key == "/Resources":
        return RESOURCES
    return None if key in BY_NAME or keys is RESOURCES else DRAWING


def holds_more(reader: PdfReader) -> bool:
    """Whether a PDF holds files, hidden layers, or a form that a program draws only when it is opened."""
    root = reader.root_object
    layers = resolved(resolved(root, "/OCProperties") or {}, "/D") or {}
    if resolved(layers, "/OFF") or layers.get("/BaseState", "/ON") != "/ON":
        return True
    return "/Collection" in root or "/EmbeddedFiles" in (resolved(root, "/Names") or {}) or "/XFA" in (resolved(root, "/AcroForm") or {})


def drawn_mark(note: DictionaryObject) -> DictionaryObject | None:
    """What is drawn of an annotation (the stroke of a pen, a field that is filled in), as a stamp that does nothing; None without.

    Raises ValidationError for one that holds more than it shows, and for one that each program would draw in its own way.
    """
    kind = note.get("/Subtype")
    if kind in SHOW_NOTHING or note.get("/F", 0) & HIDDEN:
        return None
    looks = resolved(note, "/AP")
    if kind in HOLD_MORE or (not looks and not (kind == "/Widget" and is_empty(note))):
        raise forms.ValidationError(MORE)
    look = looks and resolved(looks, "/N")
    if look and not isinstance(look, StreamObject):
        looks, state = look, note.get("/AS", "/Off")
    else:
        state = "/N"
    if not looks or state not in looks:
        return None
    return DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"),
        NameObject("/Subtype"): NameObject("/Stamp"),
        NameObject("/Rect"): note["/Rect"],
        NameObject("/F"): NumberObject(PRINTED_AND_LOCKED),
        NameObject("/AP"): DictionaryObject({NameObject("/N"): looks.raw_get(state)}),
    })  # fmt: skip


def is_empty(field: DictionaryObject) -> bool:
    """Whether nothing is filled in; a field may have its value from the one above it."""
    value = resolved(field, "/V") or resolved(resolved(field, "/Parent") or {}, "/V")
    return not value or value == "/Off"


def resolved(thing: dict[Any, Any], key: str) -> Any:
    return thing[key].get_object() if key in thing else None
