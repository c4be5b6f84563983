"""Papers as scanners and others make them."""

import io

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject


def jpeg(*, size: tuple[int, int] = (40, 60), comment: bytes = b"", form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, form, **({"comment": comment} if form == "JPEG" else {}))
    return out.getvalue()


def pdf(*, pages: int = 1, password: str = "", root: dict | None = None, page: dict | None = None) -> bytes:
    """A PDF with so many pages; `root` and `page` go into the catalogue and the first page."""
    writer = PdfWriter()
    for _number in range(pages):
        writer.add_blank_page(200, 300)
    for place, more in ((writer.root_object, root), (writer.pages[0], page)):
        for name, value in (more or {}).items():
            place[NameObject(name)] = value
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(kind: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/F"): TextStringObject("x")})


def deep(thing: DictionaryObject, *, levels: int) -> ArrayObject:
    nested = ArrayObject([thing])
    for _level in range(levels):
        nested = ArrayObject([nested])
    return nested


PDF = pdf()
assert len(PdfReader(io.BytesIO(PDF)).pages) == 1
