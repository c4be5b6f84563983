"""Papers as scanners and others make them."""

import io
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, PdfObject, TextStringObject

FILES = Path(__file__).parent / "scans"


def signed_page(mode: str = "RGB", *, size: tuple[int, int] = (40, 60)) -> Image.Image:
    """A white page with a signature: a line in black that goes up and down, darker on the left."""
    paper = Image.new("L", size, "white")
    width, height = size
    points = [(width * step // 12, height * (3 + step % 2) // 5) for step in range(1, 12)]
    for number, stroke in enumerate(pairwise(points)):
        ImageDraw.Draw(paper).line(stroke, fill=number * 9, width=max(width // 40, 2))
    return paper.convert("RGB").convert(mode)


def picture(form: str = "PNG", mode: str = "RGB", *, size: tuple[int, int] = (40, 60), **how) -> bytes:
    return saved(signed_page(mode, size=size), form, **how)


def saved(image: Image.Image, form: str, **how) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def jpeg(**how) -> bytes:
    return picture("JPEG", **how)


def pdf(*, pages: int = 1, drawn: bytes = b"10 10 m 90 90 l S", root: dict | None = None, page: dict | None = None, **lock) -> bytes:
    """A PDF with so many pages on which this is drawn; `root` and `page` go into the catalogue and the first page."""
    writer = PdfWriter()
    for _number in range(pages):
        writer.add_blank_page(200, 300)[NameObject("/Contents")] = stream(drawn)
    for place, more in ((writer.root_object, root), (writer.pages[0], page)):
        for name, value in (more or {}).items():
            place[NameObject(name)] = value
    if lock:
        writer.encrypt(**lock)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stream(data: bytes, **keys: PdfObject) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    made.update(names(**keys))
    return made


def names(**values: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def action(kind: str) -> DictionaryObject:
    return names(S=NameObject(kind), F=TextStringObject("x"))


def deep(dictionary: DictionaryObject, *, levels: int) -> ArrayObject:
    nested = ArrayObject([dictionary])
    for _level in range(levels):
        nested = ArrayObject([nested])
    return nested


PDF = pdf()
assert len(PdfReader(io.BytesIO(PDF)).pages) == 1
