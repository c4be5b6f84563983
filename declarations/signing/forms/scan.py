"""The scan of a signed paper: a picture is drawn anew, a PDF is written anew from its pages; nothing else of the file is kept."""

import io

from django import forms
from django.utils.translation import gettext_lazy as _
from PIL import Image

from declarations.common.images import one_at_a_time, read_pictures
from declarations.signing.forms.scan_pdf import MOST_PAGES, MOST_PIXELS, TOO_LONG, Pages, has_ink
from declarations.signing.models.paper import PaperSignature

MOST_BYTES = 5 * 1024 * 1024
PICTURES = (b"\x89PNG", b"\xff\xd8", b"II", b"MM")
A4_WIDTH = 8.27  # inches
HEAD_WITHIN = 1024  # printers put lines of their own before a PDF, and some programs a byte order mark

TOO_BIG = _("The scan is too big: at most 5 MB are possible.")
BLANK = _("There is nothing to be seen on it but empty paper. Scan the signed side.")


@one_at_a_time()
def scan_from(data: bytes) -> tuple[bytes, str]:
    """The scan as it is kept, and its type. Raises ValidationError for what is no PDF, PNG, JPEG or TIFF, is not whole, or is blank."""
    if len(data) > MOST_BYTES:
        raise forms.ValidationError(TOO_BIG)
    head = -1 if data.startswith(PICTURES) else data.find(b"%PDF-", 0, HEAD_WITHIN)
    kept, kind = drawn_anew(data) if head < 0 else written_anew(data[head:])
    if len(kept) > MOST_BYTES:
        raise forms.ValidationError(TOO_BIG)
    return kept, kind.value


def written_anew(*pdfs: bytes) -> tuple[bytes, PaperSignature.ScanType]:
    """The pages of these PDFs as one."""
    pages = Pages()
    for pdf in pdfs:
        pages.add(pdf)
    if pages.are_blank:
        raise forms.ValidationError(BLANK)
    return pages.written(), PaperSignature.ScanType.PDF


def drawn_anew(data: bytes) -> tuple[bytes, PaperSignature.ScanType]:
    """The picture alone: where and with what it was taken, and whatever hid behind it, stays out. Several pages become a PDF."""
    drawn: list[tuple[bytes, PaperSignature.ScanType]] = []
    for picture in read_pictures(data, formats=["PNG", "JPEG", "TIFF"], most_pixels=MOST_PIXELS):
        if len(drawn) == MOST_PAGES:
            raise forms.ValidationError(TOO_LONG)
        drawn.append(drawn_on_paper(picture, is_jpeg=data.startswith(b"\xff\xd8")))
    if not drawn:
        raise forms.ValidationError(_("This file holds only a small preview of its picture. Save the picture as a JPEG, and send that."))
    if len(drawn) > 1:
        return written_anew(*(as_pdf(page) for page, _kind in drawn))
    kept, kind = drawn[0]
    with Image.open(io.BytesIO(kept)) as picture:  # looks at what is kept, and not at what came
        picture.draft("L", (picture.width // 2, picture.height // 2))
        if not has_ink(picture):
            raise forms.ValidationError(BLANK)
    return kept, kind


def drawn_on_paper(picture: Image.Image, *, is_jpeg: bool) -> tuple[bytes, PaperSignature.ScanType]:
    """The picture as a file: what can be seen through is white. A PNG that would be too big becomes a JPEG."""
    if picture.mode == "RGBA":
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        picture = paper
    picture.info = {}  # comments and the like, which Pillow would write down again
    out = io.BytesIO()
    if not is_jpeg:
        picture.save(out, "PNG")
    if out.tell() and out.tell() <= MOST_BYTES:
        return out.getvalue(), PaperSignature.ScanType.PNG
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue(), PaperSignature.ScanType.JPEG


def as_pdf(page: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(page)) as picture:
        quality = {} if picture.mode == "1" else {"quality": 85}  # black and white is packed without loss
        picture.save(out, "PDF", resolution=picture.width / A4_WIDTH, **quality)
    return out.getvalue()
