"""Reads pictures that people upload: whole, upright, and with eight bits for each colour."""

import io
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps, ImageSequence, UnidentifiedImageError

# In TIFF: what is no page of its own (a preview, a mask) by NewSubfileType, and grey that is written the other way round.
SUBFILE_TYPE, PREVIEW_OR_MASK = 254, 1 | 4
PHOTOMETRIC, WHITE_IS_ZERO = 262, 0
# What follows "ftyp" in a photograph that only phones read.
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# What a JPEG's decoder draws if its picture is not over yet: anything, and again behind each of the eight marks for a new start.
MORE = bytes(range(255)) + b"".join(bytes([0xFF, 0xD0 + number, *range(255)]) for number in range(8))
# Marks in a JPEG: what is no mark stands between its points. Remarks are Exif, XMP, notes of cameras and of Photoshop, comments.
JPEG_MARK = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
SCAN, END, ICC = 0xDA, 0xD9, 0xE2
REMARKS = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}
# What Pillow raises at files that are none, or are made to trouble it.
DAMAGED = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, RecursionError,
    struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip

# A scan of 25 megapixels takes some 200 MB while it is read: one at a time in each process, or a few uploads fill the machine.
READING = threading.Lock()
SECONDS_TO_WAIT = 10  # for those before: none takes so long, and whoever waits holds a thread


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Waits until no other picture is being read in this process. Raises ValidationError if that takes too long."""
    if not READING.acquire(timeout=SECONDS_TO_WAIT):
        raise forms.ValidationError(_("Other pictures are being read here. Send yours again in a minute."))
    try:
        yield
    finally:
        READING.release()


def read_picture(data: bytes, *, formats: list[str], most_pixels: int) -> Image.Image:
    """The first picture of a file, as `read_pictures` gives it."""
    return next(read_pictures(data, formats=formats, most_pixels=most_pixels))


def read_pictures(data: bytes, *, formats: list[str], most_pixels: int) -> Iterator[Image.Image]:
    """Each page of a TIFF, or the one picture of another file; turned upright, in the mode 1, L, RGB or RGBA, one at a time.

    `most_pixels` is for colours; one of black, white and eight bits of grey may be twice as large.
    Raises ValidationError for another format, what ends early, too many pixels and colours that are not read.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for everybody, as it is imported
    with refusing(data), Image.open(io.BytesIO(data), formats=formats) as image:
        image.verify()  # checks the sums of a PNG
    with refusing(data), Image.open(io.BytesIO(data), formats=formats) as image:
        if ends_early(image, data, most_pixels):
            raise OSError("the picture is over before its last row")
        for page in ImageSequence.Iterator(image) if image.format == "TIFF" else [image]:
            tags = getattr(page, "tag_v2", {})
            if tags.get(SUBFILE_TYPE, 0) & PREVIEW_OR_MASK:
                continue
            check_size(page, most_pixels)
            ImageOps.exif_transpose(page, in_place=True)
            yield in_eight_bits(page, is_negative=tags.get(PHOTOMETRIC) == WHITE_IS_ZERO)


@contextmanager
def refusing(data: bytes) -> Iterator[None]:
    """Turns what Pillow raises into one sentence."""
    try:
        yield
    except DAMAGED as error:
        if data[4:8] == b"ftyp" and data[8:12] in HEIC:
            sentence = _(
                "This is a HEIC photograph, which is not read here. On an iPhone, choose Settings → Camera → Formats → Most Compatible and "
                "photograph it again; on another phone, save it as JPEG."
            )
        elif isinstance(error, UnidentifiedImageError):
            sentence = _("This is no picture that can be read. Send a PNG or a JPEG.")
        else:
            sentence = _("This picture is damaged, or breaks off before its end. Copy the file again, or scan it again.")
        raise forms.ValidationError(sentence) from error


def check_size(picture: Image.Image, most_pixels: int) -> None:
    if picture.width * picture.height > most_pixels * (2 if picture.mode in {"1", "L"} else 1):
        raise forms.ValidationError(_("The picture has too many points: make it smaller."))


def ends_early(image: Image.Image, data: bytes, most_pixels: int) -> bool:
    """Whether a JPEG is over before its last row, which libjpeg would fill in grey without a word.

    What stands between a whole picture and its end is skipped; after half a picture it is drawn. So it is drawn both ways.
    """
    if image.format not in {"JPEG", "MPO"}:
        return False
    check_size(image, most_pixels)
    if "progressive" in image.info and lacks_passes(data, colours=len(image.getbands())):
        return True
    end = next((start for mark, start, _end in jpeg_parts(data) if mark == END), len(data))
    drawn = []
    for version in (data, data[:end] + MORE + data[end:]):
        with Image.open(io.BytesIO(version), formats=["JPEG"]) as small:
            if "progressive" not in small.info:  # its last parts are too fine to be seen in a small one
                small.draft("L", (small.width // 8, small.height // 8))
            drawn.append(small.histogram())
    return drawn[0] != drawn[1]


def jpeg_parts(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The parts of a JPEG up to its end: the mark of each, where it begins, and where it ends; the points follow a SCAN.

    A part may hold a small JPEG of its own.
    """
    at = 2
    while match := JPEG_MARK.search(data, at):
        (mark,), at = match[1], match.end()
        at += 0 if mark == END else int.from_bytes(data[at : at + 2])
        yield mark, match.start(), at
        if mark == END:
            return


def lacks_passes(data: bytes, *, colours: int) -> bool:
    """Whether a JPEG that is sent in passes, from coarse to fine, stops before the finest (ITU T.81, G.1.1.1)."""
    left_out = dict.fromkeys(((colour, place) for colour in range(colours) for place in range(64)), 1)
    numbers: list[int] = []
    for mark, start, end in jpeg_parts(data):
        if mark == SCAN:
            *pairs, first, last, bits = data[start + 5 : end]
            numbers += [number for number in pairs[::2] if number not in numbers]
            left_out |= {(numbers.index(number), place): bits & 15 for number in pairs[::2] for place in range(first, last + 1)}
    return any(left_out.values())


def without_remarks(data: bytes) -> bytes:
    """A JPEG without what says when, where and with what it was taken. What colours need stays: JFIF, ICC, Adobe."""
    kept, at = [], 0
    for mark, start, end in jpeg_parts(data):
        if mark in REMARKS or (mark == ICC and not data[start + 4 : end].startswith(b"ICC_PROFILE")):
            kept.append(data[at:start])
            at = end
    return b"".join([*kept, data[at:]])


def in_eight_bits(picture: Image.Image, *, is_negative: bool) -> Image.Image:
    """The picture in the mode 1, L, RGB or RGBA. Sixteen bits of grey are scaled, also where only ten or twelve of them are used."""
    if picture.mode in {"I", "I;16", "I;16B"}:
        deep = picture if picture.mode == "I" else picture.convert("I")
        low, high = cast("tuple[int, int]", deep.getextrema())
        if low < 0 or high > 0xFFFF:
            raise forms.ValidationError(UNUSUAL)
        shift = max(high.bit_length(), 8) - 8 if high < 1 << 12 else 8
        grey = [min(value >> shift, 255) for value in range(1 << 16)]
        return deep.point([255 - value for value in grey] if is_negative else grey, "L")
    if picture.mode in {"F", "LAB", "HSV"}:
        raise forms.ValidationError(UNUSUAL)
    mode = "RGBA" if picture.has_transparency_data else picture.mode if picture.mode in {"1", "L"} else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


UNUSUAL = _("The colours of this picture are written in a way that is not read here. Save it as a JPEG, and send that.")
