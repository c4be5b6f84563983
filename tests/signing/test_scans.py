"""Scans that people send: what can be seen on pages and pictures is kept, whole and upright, and nothing else."""

import io
import struct
import zlib
from contextlib import suppress
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFile
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DecodedStreamObject, FloatObject, NameObject, NumberObject, RectangleObject, TextStringObject

from declarations.common.images import jpeg_parts
from declarations.signing.forms.scan import MOST_BYTES, scan_from
from tests.signing.papers import FILES, PDF, action, deep, jpeg, names, pdf, picture, saved, signed_page, stream


def kept(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(scan_from(data)[0]))


def difference(one: Image.Image, other: Image.Image) -> int:
    """By how many of 256 steps two pictures differ where they differ most."""
    return max(high for _low, high in ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getextrema())


# Pictures
@pytest.mark.parametrize(
    "data",
    [
        *(picture("PNG", mode) for mode in ("1", "L", "P", "RGB", "RGBA", "LA")),
        *(picture("TIFF", mode, compression=how) for mode, how in product(("L", "RGB", "CMYK"), ("raw", "tiff_lzw", "tiff_adobe_deflate"))),
        picture("TIFF", "1", compression="group4"),
        picture("TIFF", "1", compression="group3"),
        picture("TIFF", "P"),
        picture("TIFF", "RGBA"),
    ],
)
def test_a_picture_is_kept_as_it_looks(data):
    assert scan_from(data)[1] == "image/png"
    assert difference(kept(data), Image.open(io.BytesIO(data))) <= 1


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
def test_a_jpeg_is_kept_as_it_looks(mode, how):
    sent = jpeg(mode=mode, size=(400, 600), quality=95, **how)
    assert scan_from(sent)[1] == "image/jpeg"
    assert difference(kept(sent), Image.open(io.BytesIO(sent))) <= 40  # it is packed anew


def sixteen_bits(top: int) -> Image.Image:
    return signed_page("I").point(lambda grey: grey * (top / 255)).convert("I;16")


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("top", [65535, 4095, 1023, 255])
def test_sixteen_bits_of_grey_are_scaled(form, top):
    """Also where a scanner uses only ten or twelve of them."""
    assert difference(kept(saved(sixteen_bits(top), form)), signed_page()) <= 1


def test_the_scan_of_sixteen_bits_that_was_kept_as_white():
    grey = kept((FILES / "grey-16-bits.png").read_bytes())
    assert (grey.size, grey.getextrema()) == ((1240, 1754), (60, 245))


def tiff(*, photometric: int, samples: int = 1, order: str = "<") -> bytes:
    """A TIFF of 8 x 8 points with 16 bits for each colour, from black to white along each row, in bytes of either order."""
    row = struct.pack(f"{order}{8 * samples}H", *(number * 65535 // 7 for number in range(8) for _sample in range(samples)))
    tags = {
        256: (3, 8),
        257: (3, 8),
        258: (3, 16),
        259: (3, 1),
        262: (3, photometric),
        273: (4, 200),
        277: (3, samples),
        279: (4, 8 * len(row)),
    }
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(tags))
    for tag, (kind, value) in tags.items():
        many = samples if tag == 258 else 1
        field = (
            struct.pack(f"{order}I", 180)
            if many > 2
            else struct.pack(f"{order}HH", value, 0)
            if kind == 3
            else struct.pack(f"{order}I", value)
        )
        head += struct.pack(f"{order}HHI", tag, kind, many) + field
    return head.ljust(180, b"\0") + struct.pack(f"{order}3H", 16, 16, 16).ljust(20, b"\0") + row * 8


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("photometric", "samples", "ends"), [(1, 1, (0, 255)), (2, 3, ((0, 0, 0), (255, 255, 255)))])
def test_sixteen_bits_of_a_tiff_in_either_order(order, photometric, samples, ends):
    drawn = kept(tiff(photometric=photometric, samples=samples, order=order))
    assert (drawn.getpixel((0, 3)), drawn.getpixel((7, 3))) == ends


def test_a_tiff_in_which_zero_is_white():
    drawn = kept(tiff(photometric=0))
    assert (drawn.getpixel((0, 3)), drawn.getpixel((7, 3))) == (255, 0)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_a_picture_is_turned_upright(form, turn):
    """Where the first row and column of the file are, by EXIF's Orientation."""
    exif = Image.Exif()
    exif[0x0112] = turn
    sent = Image.new("L", (64, 32), "white")
    sent.paste(0, (0, 0, 16, 8))  # first rows, first columns
    drawn = kept(saved(sent, form, exif=exif))
    width, height = drawn.size
    dark = {
        corner
        for corner in product("tb", "lr")
        if drawn.getpixel((8 if corner[1] == "l" else width - 8, 4 if corner[0] == "t" else height - 4)) < 9
    }
    if turn >= 5:
        dark = {
            corner
            for corner in product("tb", "lr")
            if drawn.getpixel((4 if corner[1] == "l" else width - 4, 8 if corner[0] == "t" else height - 8)) < 9
        }
    assert drawn.size == ((64, 32) if turn < 5 else (32, 64))
    assert dark == {
        {1: ("t", "l"), 2: ("t", "r"), 3: ("b", "r"), 4: ("b", "l"), 5: ("t", "l"), 6: ("t", "r"), 7: ("b", "r"), 8: ("b", "l")}[turn]
    }
    assert not drawn.getexif()


def test_of_a_photograph_with_a_second_one_inside_the_first_is_kept():
    sent = picture("MPO", size=(400, 600), save_all=True, append_images=[Image.new("RGB", (40, 60))])
    assert difference(kept(sent), signed_page(size=(400, 600))) <= 90


def test_several_pages_of_a_tiff_become_a_pdf():
    pages = [signed_page(mode, size=(400, 600)) for mode in ("1", "L", "RGB")]
    made, kind = scan_from(saved(pages[0], "TIFF", save_all=True, append_images=[*pages[1:], Image.new("L", (400, 600), "white")]))
    assert kind == "application/pdf"
    images = [page.images[0].image for page in PdfReader(io.BytesIO(made)).pages]
    assert [difference(image, page) <= 40 for image, page in zip(images, pages, strict=False)] == [True, True, True]
    assert len(images) == 4  # the empty back of a page belongs to it
    with pytest.raises(ValidationError, match="signed pages only"):
        scan_from(saved(pages[0], "TIFF", compression="group4", save_all=True, append_images=[pages[0]] * 30))


def test_a_preview_is_no_page():
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    preview = ImageFileDirectory_v2()
    preview[254] = 1
    with pytest.raises(ValidationError, match="small preview"):
        scan_from(picture("TIFF", tiffinfo=preview))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_is_drawn_anew_without_what_it_carried(form):
    sent = picture(form, **({"comment": b"51.5N 0.1W"} if form == "JPEG" else {})) + b"<script>after the end</script>"
    drawn, kind = scan_from(sent)
    assert kind == f"image/{form.lower()}"
    assert (b"51.5N" in drawn, b"script" in drawn) == (False, False)


def test_what_can_be_seen_through_is_white():
    see_through = signed_page("RGBA")
    see_through.putalpha(ImageChops.invert(see_through.convert("L")))
    assert kept(saved(see_through, "PNG")).getpixel((0, 0)) == (255, 255, 255)


def pdf_of_picture(data: bytes, *, how: str = "/DCTDecode") -> bytes:
    keys = {"Type": NameObject("/XObject"), "Subtype": NameObject("/Image"), "Width": NumberObject(400), "Height": NumberObject(600),
            "ColorSpace": NameObject("/DeviceRGB"), "BitsPerComponent": NumberObject(8), "Filter": NameObject(how)}  # fmt: skip
    return pdf(drawn=b"200 0 0 300 0 0 cm /Im0 Do", page={"/Resources": names(XObject=names(Im0=stream(data, **keys)))})


BLANK = {
    "white": saved(Image.new("RGB", (80, 120), "white"), "JPEG"),
    "grey": saved(Image.new("L", (80, 120), 200), "PNG"),
    "black": saved(Image.new("1", (80, 120)), "TIFF"),
    "the noise of a scanner": saved(Image.effect_noise((80, 120), 2).point(lambda grey: grey + 110), "PNG"),
    "white on nothing": saved(Image.new("LA", (80, 120), (255, 0)), "PNG"),
    "white in 16 bits": saved(Image.new("I;16", (80, 120), 60000), "PNG"),
    "two pages": saved(Image.new("L", (80, 120), "white"), "TIFF", save_all=True, append_images=[Image.new("L", (80, 120), "white")]),
    "a PDF of an empty picture": saved(Image.new("L", (80, 120), "white"), "PDF"),
    "a fax of an empty page": saved(Image.new("1", (800, 1200), 1), "PDF"),
    "a PDF of an empty picture without loss": pdf_of_picture(zlib.compress(bytes([240]) * 400 * 600 * 3), how="/FlateDecode"),
    "a PDF without anything": pdf(drawn=b"", pages=3),
    "a PDF that only makes room": pdf(drawn=b"q 0 0 200 300 re W n Q"),
}


@pytest.mark.parametrize("data", BLANK.values(), ids=BLANK)
def test_empty_paper_is_no_scan(data):
    with pytest.raises(ValidationError, match="nothing to be seen"):
        scan_from(data)


def test_a_thin_signature_in_pencil_is_enough():
    page = Image.new("L", (1240, 1754), 245)
    page.paste(200, (300, 1500, 500, 1502))
    assert kept(saved(page, "JPEG")).size == page.size


# What ends early
@pytest.fixture(autouse=True)
def as_after_weasyprint(monkeypatch):
    """WeasyPrint, as it is imported, has Pillow fill up what is missing."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)


WHOLE = {
    "PNG": picture("PNG", size=(400, 600)),
    "JPEG": jpeg(size=(400, 600)),
    "JPEG in passes": jpeg(size=(400, 600), progressive=True),
    "JPEG that starts anew": jpeg(size=(400, 600), mode="L", restart_marker_rows=2),
    "TIFF": picture("TIFF", size=(400, 600)),
    "TIFF, packed": picture("TIFF", size=(400, 600), compression="tiff_lzw"),
    "fax": picture("TIFF", "1", size=(400, 600), compression="group4"),
    "PDF": picture("PDF", size=(400, 600)),
    "PDF of lines": pdf(drawn=b"10 10 m 90 90 l S " * 400),
}


@pytest.mark.parametrize("form", WHOLE)
@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
def test_what_breaks_off_is_refused(form, share):
    with pytest.raises(ValidationError, match=r"damaged|no picture"):
        scan_from(WHOLE[form][: int(len(WHOLE[form]) * share)])


@pytest.mark.parametrize("share", [share / 20 + 0.01 for share in range(6, 19)])
@pytest.mark.parametrize("form", ["JPEG", "JPEG in passes", "JPEG that starts anew"])
def test_half_a_jpeg_with_its_end_put_on_is_refused(form, share):
    """libjpeg would fill the rest with grey; the signature is at the bottom of the page."""
    with pytest.raises(ValidationError, match="breaks off"):
        scan_from(WHOLE[form][: int(len(WHOLE[form]) * share)].rstrip(b"\xff") + b"\xff\xd9")


def test_half_a_picture_inside_a_pdf_is_refused():
    half = WHOLE["JPEG"][: len(WHOLE["JPEG"]) // 2] + b"\xff\xd9"
    with pytest.raises(ValidationError, match="breaks off"):
        scan_from(pdf_of_picture(half))
    assert len(PdfReader(io.BytesIO(scan_from(pdf_of_picture(WHOLE["JPEG"]))[0])).pages[0].images) == 1


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_that_stops_between_two_passes_is_refused(mode):
    """It is a whole JPEG to every program, only coarse: a signature in it is a smear."""
    whole = jpeg(mode=mode, size=(400, 600), progressive=True)
    passes = [start for mark, start, _end in jpeg_parts(whole) if mark == 0xDA]
    assert len(passes) > 5
    assert scan_from(whole)
    for sent in (whole[:start] + b"\xff\xd9" for start in passes[1:]):
        with pytest.raises(ValidationError, match="breaks off"):
            scan_from(sent)


def test_where_a_photograph_was_taken_is_not_kept_inside_a_pdf():
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 29: "somewhere"}
    photograph = jpeg(size=(400, 600), exif=exif, comment=b"at home", icc_profile=b"colours", quality=95)
    assert (b"somewhere" in photograph, b"at home" in photograph) == (True, True)
    made = scan_from(pdf_of_picture(photograph))[0]
    assert (b"somewhere" in made, b"at home" in made, b"colours" in made) == (False, False, True)
    [shown] = PdfReader(io.BytesIO(made)).pages[0].images
    assert difference(shown.image, Image.open(io.BytesIO(photograph))) <= 40


# PDFs
def test_the_pages_of_a_pdf_are_kept_and_nothing_else():
    made, kind = scan_from(pdf(pages=30, root={"/Lang": TextStringObject("en")}))
    assert kind == "application/pdf"
    reader = PdfReader(io.BytesIO(made))
    assert [page.get_contents().get_data().strip() for page in reader.pages] == [b"10 10 m 90 90 l S"] * 30
    assert reader.root_object.keys() == {"/Type", "/Pages"}
    assert not reader.metadata
    assert scan_from(made) == (made, kind)


SCRIPT = names(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert('hello')"))
TAKEN_OUT = {
    "script": pdf(root={"/OpenAction": SCRIPT}),
    "launches": pdf(root={"/OpenAction": action("/Launch")}),
    "two keys, and a reader takes the one or the other": pdf().replace(
        b"/Type /Catalog", b"/Type /Catalog\n/OpenAction << /S /JavaScript /JS (app.alert) >>\n/OpenAction [ 4 0 R ]"
    ),
    "runs when shown": pdf(page={"/AA": names(O=SCRIPT)}),
    "sends itself": pdf(root={"/OpenAction": action("/SubmitForm")}),
    "leads elsewhere": pdf(page={"/Annots": ArrayObject([names(Subtype=NameObject("/Link"), A=action("/URI"))])}),
    "deep down": pdf(root={"/Odd": deep(SCRIPT, levels=30)}),
    "in what a page draws with": pdf(page={"/Resources": names(Font=names(F0=names(Type=NameObject("/Font"), A=SCRIPT)))}),
    "spelled otherwise": pdf(root={"/OpenAction": SCRIPT}).replace(b"/JavaScript", b"/J#61vaScript"),
    "behind the end": PDF + b"<script>app.alert</script>",
    "a printer's lines around it": b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n" + PDF + b"\x1b%-12345X",
    "about people": pdf(root={"/Metadata": stream(b"<x>Ada</x>")}, page={"/PieceInfo": action("/Launch")}),
}  # fmt: skip


@pytest.mark.parametrize("data", TAKEN_OUT.values(), ids=TAKEN_OUT)
def test_what_could_run_is_not_carried_over(data):
    made = scan_from(data)[0]
    assert [page.get_contents().get_data().strip() for page in PdfReader(io.BytesIO(made)).pages] == [b"10 10 m 90 90 l S"]
    assert not [word for word in (b"Script", b"/JS", b"alert", b"Launch", b"URI", b"Submit", b"PJL", b"Ada", b"Metadata") if word in made]


@pytest.mark.parametrize("name", ["bom-before.pdf", "font-named-aa.pdf", "owner-password.pdf"])
def test_pdfs_that_were_refused_with_wrong_sentences(name):
    before = (FILES / name).read_bytes()
    reader = PdfReader(io.BytesIO(before.removeprefix(b"\xef\xbb\xbf")))
    [page] = PdfReader(io.BytesIO(scan_from(before)[0])).pages
    assert difference(page.images[0].image, reader.pages[0].images[0].image) == 0
    assert ("/Font" in page["/Resources"]) is (name == "font-named-aa.pdf")


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_is_locked_only_against_changes_is_taken(algorithm):
    made = scan_from(pdf(user_password="", owner_password="secret", algorithm=algorithm))[0]
    assert not PdfReader(io.BytesIO(made)).is_encrypted
    with pytest.raises(ValidationError, match="opens only with a password"):
        scan_from(pdf(user_password="secret", algorithm=algorithm))


def note(kind: str, *, look: DecodedStreamObject | None = None, **keys) -> bytes:
    """A PDF with something that lies on its page."""
    on_page = names(Subtype=NameObject(kind), Rect=RectangleObject((10, 10, 60, 30)))
    on_page.update({NameObject(f"/{name}"): value for name, value in keys.items()})
    if look is not None:
        on_page[NameObject("/AP")] = names(N=look)
    return pdf(drawn=b"", page={"/Annots": ArrayObject([on_page])})


LOOK = {"Type": NameObject("/XObject"), "Subtype": NameObject("/Form"), "BBox": RectangleObject((0, 0, 50, 20))}


@pytest.mark.parametrize("kind", ["/Ink", "/Stamp", "/FreeText", "/Widget"])
def test_what_is_drawn_on_a_page_is_kept_as_a_stamp(kind):
    """The strokes of a pen on a tablet, and a form that is filled in."""
    sent = note(kind, look=stream(b"0 0 m 50 20 l S", **LOOK), A=SCRIPT, V=TextStringObject("Ada"), F=NumberObject(4))
    [page] = PdfReader(io.BytesIO(scan_from(sent)[0])).pages
    [mark] = page["/Annots"]
    assert mark["/AP"]["/N"].get_data() == b"0 0 m 50 20 l S"
    assert mark.keys() == {"/Type", "/Subtype", "/Rect", "/F", "/AP"}
    assert mark["/Subtype"] == "/Stamp"


def test_layers_that_are_all_shown_are_taken():
    assert scan_from(pdf(root={"/OCProperties": names(OCGs=ArrayObject([names()]), D=names(OFF=ArrayObject()))}))


def test_a_tick_in_a_form_is_kept_and_an_empty_field_is_none():
    def ticked(state: str) -> bytes:
        states = names(Yes=stream(b"0 0 m 9 9 l S", **LOOK))
        field = names(Subtype=NameObject("/Widget"), Rect=RectangleObject((10, 10, 20, 20)),
                                  AS=NameObject(state), AP=names(N=states))  # fmt: skip
        empty = names(Subtype=NameObject("/Widget"), Rect=RectangleObject((10, 10, 20, 20)))
        return pdf(page={"/Annots": ArrayObject([field, empty])})

    marks = [PdfReader(io.BytesIO(scan_from(ticked(state))[0])).pages[0].get("/Annots", []) for state in ("/Yes", "/Off")]
    assert [len(of_page) for of_page in marks] == [1, 0]


HOLDS_MORE = {
    "a file inside": pdf(root={"/Names": names(EmbeddedFiles=names())}),
    "a portfolio": pdf(root={"/Collection": names()}),
    "a hidden layer": pdf(root={"/OCProperties": names(D=names(OFF=ArrayObject([names()])))}),
    "layers that are hidden unless named": pdf(root={"/OCProperties": names(D=names(BaseState=NameObject("/OFF")))}),
    "a form that a program draws": pdf(root={"/AcroForm": names(XFA=NameObject("/x"))}),
    "an attachment": note("/FileAttachment", look=stream(b"f", **LOOK)),
    "a note": note("/Text", Contents=TextStringObject("signed, but see my letter")),
    "strokes that nobody has drawn yet": note("/Ink", InkList=ArrayObject([ArrayObject([FloatObject(1), FloatObject(2)])])),
    "a field that nobody has drawn yet": note("/Widget", V=TextStringObject("Ada Example")),
}


@pytest.mark.parametrize("data", HOLDS_MORE.values(), ids=HOLDS_MORE)
def test_a_pdf_whose_pages_do_not_show_all_is_refused(data):
    with pytest.raises(ValidationError, match="more than its pages show"):
        scan_from(data)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (PDF + PDF, "Several PDFs are joined"),
        (pdf(pages=31), "signed pages only"),
        (b"%PDF-", "damaged"),
        (PDF[:200], "damaged"),
        (PDF + b"9 0 obj\n<< /S /JavaScript >>\nendobj\n", "damaged"),
        (PDF.replace(b"/Pages", b"/Pag\x00s"), "damaged"),
        (PDF.replace(b"/Count 1", b"/Count 2"), "damaged"),
        (b"", "no picture"),
        (b"<script>", "no picture"),
        (b"\x89PNG\r\n\x1a\n", "no picture"),
        (jpeg()[:100], "breaks off"),
        (picture("GIF"), "no picture"),
        (picture("WEBP"), "no picture"),
        (picture("TIFF", "F"), "colours"),
        (saved(Image.new("LAB", (8, 8)), "TIFF"), "colours"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200), "Most Compatible"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heif" + bytes(200), "Most Compatible"),
        (b"%PDF-" + b"x" * MOST_BYTES, "too big"),
    ],
)
def test_what_is_no_scan(data, sentence):
    with pytest.raises(ValidationError, match=sentence):
        scan_from(data)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_bomb_is_not_unpacked(form):
    sent = saved(Image.new("RGB", (6000, 6000)), form, **({"compression": "tiff_adobe_deflate"} if form == "TIFF" else {}))
    with pytest.raises(ValidationError, match="too many points"):
        scan_from(sent)


def test_a_pdf_that_unpacks_without_end_is_refused():
    huge = stream(bytes(120_000_000)).flate_encode()
    with pytest.raises(ValidationError, match="damaged"):
        scan_from(pdf(root={}, page={"/Contents": ArrayObject([huge] * 3)}))


def packed_objects(*, packs: int, size: int) -> bytes:
    """A PDF whose page needs a picture out of each of so many packs of objects, each of so many bytes."""
    numbers = [100 + number for number in range(packs)]
    drawing = b"".join(b"/X%d %d 0 R " % (number, 1000 + number) for number in numbers)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<<" + drawing + b">>>>>>",
        4: b"<</Length 13>>stream\n0 0 m 9 9 l S\nendstream",
    }
    for number in numbers:
        pack = zlib.compress((b"%d 0 <<>>" % (1000 + number)).ljust(size))
        head = b"<</Type/ObjStm/N 1/First 7/Filter/FlateDecode/Length %d>>stream\n" % len(pack)
        objects[number] = head + pack + b"\nendstream"
    file, places = b"%PDF-1.5\n", {1000 + number: (2, number) for number in numbers}
    for number, thing in objects.items():
        places[number] = (1, len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, thing)
    table = b"".join(struct.pack(">BIB", *places.get(number, (0, 0)), 0) for number in range(1000 + max(numbers) + 1))
    head = b"<</Type/XRef/Size %d/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % (len(table) // 6, len(table))
    return file + b"5 0 obj\n%b%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, table, len(file))


@pytest.mark.parametrize(("packs", "size", "is_taken"), [(20, 1000, True), (21, 1000, False), (1, 5_000_000, False)])
def test_packs_of_objects_are_bounded(packs, size, is_taken):
    """They stay in memory, and are read letter by letter."""
    if is_taken:
        assert len(PdfReader(io.BytesIO(scan_from(packed_objects(packs=packs, size=size))[0])).pages) == 1
    else:
        with pytest.raises(ValidationError, match="damaged"):
            scan_from(packed_objects(packs=packs, size=size))


def test_a_page_that_leads_back_to_itself_is_taken():
    """Letters that are drawn with what the page is drawn with: the font stands in its own resources."""
    sent = pdf(page={"/Resources": names(Font=names(F0=names()))})
    round_about = sent.replace(b"/F0 <<\n>>", b"/F0 << /Resources 4 0 R >>")
    assert b"4 0 R >>" in round_about
    assert len(PdfReader(io.BytesIO(scan_from(round_about)[0])).pages) == 1


# Anything
@given(at=st.integers(0, len(PDF) - 1), byte=st.integers(0, 255), cut=st.integers(0, 60))
def test_a_damaged_pdf_is_kept_or_refused_and_never_a_fault(at, byte, cut):
    with suppress(ValidationError):
        made, kind = scan_from(PDF[:at] + bytes([byte]) + PDF[at + 1 + cut :])
        assert (kind, len(PdfReader(io.BytesIO(made)).pages)) == ("application/pdf", 1)


SMALL = [picture("PNG"), picture("PNG", "P"), jpeg(), jpeg(progressive=True), picture("TIFF"), picture("TIFF", "1", compression="group4")]


@given(data=st.sampled_from(SMALL), at=st.floats(0, 1), bytes_there=st.binary(max_size=6), cut=st.integers(0, 40))
def test_a_damaged_picture_is_kept_or_refused_and_never_a_fault(data, at, bytes_there, cut):
    place = int(at * len(data))
    with suppress(ValidationError):
        drawn = kept(data[:place] + bytes_there + data[place + cut :])
        drawn.load()
        low, high = drawn.convert("L").getextrema()
        assert high - low >= 24
