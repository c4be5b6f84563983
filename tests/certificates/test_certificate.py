"""The certificate: what is on it, the same bytes every time, archival, tagged, with our fonts, and nothing fetched."""

import datetime as dt
import hashlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from pypdf import PdfReader

from tests.certificates.signed import CONFIRMATIONS, declaration, html_of, pdf_of, read, version, words

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parents[2]


def test_everything_is_on_it() -> None:
    signed = declaration()
    found = words(pdf_of(signed))
    for fact in (
        "Hillside School",
        "Ben Example",
        "teacher of mathematics",
        "ben@hillside.example",
        signed.statement,
        "Benjamin Example",
        "24 November 2026, 10:30:15 GMT (Europe/London)",
        "2026-11-24 10:30:15 UTC",
        "24 November 2026, 10:21:03 GMT",
        "1 October 2027",
        "password",
        "7Q2M-K0TX-9D4V-HW6B",
        "127.0.0.1:8000/verify/7Q2M-K0TX-9D4V-HW6B/",
        "AUP, version 3",
        "leaflet, version 2",
        signed.aup.sha256,
        signed.leaflet.sha256,
        *(one["text"] for one in CONFIRMATIONS),
    ):
        assert fact in found, fact
    assert found.count("✓") == len(CONFIRMATIONS)


def test_it_says_how_new_the_address_and_the_second_factor_were_and_nothing_where_that_was_not_recorded() -> None:
    since = {"address_since": dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC), "factor_since": dt.datetime(2026, 6, 3, 9, 5, tzinfo=dt.UTC)}
    known = words(pdf_of(declaration(**since)))
    assert "e-mail address since 23 November 2026, 09:05 GMT; newest second factor since 3 June 2026, 10:05 BST" in known
    assert "newest second factor since" in words(pdf_of(declaration(factor_since=since["factor_since"])))
    assert "since" not in words(pdf_of(declaration()))
    assert pdf_of(declaration(address_since=None, factor_since=None)) == pdf_of(declaration())


def test_summer_time_and_other_zones_are_named() -> None:
    summer = dt.datetime(2027, 6, 30, 22, 59, 59, tzinfo=dt.UTC)
    assert "30 June 2027, 23:59:59 BST (Europe/London)" in words(pdf_of(declaration(signed_at=summer)))
    far = pdf_of(declaration(signed_at=summer, time_zone="Asia/Kathmandu"))
    assert "1 July 2027, 04:44:59 +0545 (Asia/Kathmandu)" in words(far)


def test_one_page_unless_the_texts_are_long() -> None:
    assert len(read(pdf_of(declaration())).pages) == 1
    longest = declaration(
        person_name="N" * 120,
        person_title="t" * 80,
        person_email="e" * 200 + "@hillside.example",
        school_name="S" * 120,
        typed_name="Ŵ" * 120,
        aup=version("aup", 4_000_000_000, "A" * 160),
        signed_in_with="p" * 80,
    )
    for signed in (longest, declaration(statement="I agree to this. " * 300)):
        pdf = pdf_of(signed)
        assert 1 <= len(read(pdf).pages) <= 3
        command = ["pdftotext", "-bbox", "-", "-"]
        boxes = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
        edges = [(float(left), float(right)) for left, right in re.findall(r'<word xMin="([\d.-]+)" .*?xMax="([\d.-]+)"', boxes)]
        assert len(edges) > 50
        assert min(left for left, _ in edges) > 50  # points: within the margins of an A4 page
        assert max(right for _, right in edges) < 595 - 50


def test_the_qr_code_leads_to_the_page_that_verifies() -> None:
    import segno

    html = html_of(declaration())
    [source] = re.findall(r'<img class="qr" src="([^"]+)"', html)
    wanted = segno.make("http://127.0.0.1:8000/verify/7Q2M-K0TX-9D4V-HW6B/", error="m", micro=False)
    assert source.startswith("data:image/svg+xml")
    assert source == wanted.svg_data_uri(border=0, dark="#14233c", svgns=True, omitsize=True)


# In a process of its own: another seed of hashes, another clock, another language, other fonts on the system.
AGAIN = """
import hashlib, django
django.setup()
from tests.certificates.signed import declaration, pdf_of
pdf_of(declaration(person_name="Somebody Else", statement="Other words " * 50))
print(hashlib.sha256(pdf_of(declaration())).hexdigest())
"""


def test_the_same_bytes_every_time() -> None:
    once = pdf_of(declaration())
    pdf_of(declaration(person_name="Łucja Ψωμάς"))
    with translation.override("de"):
        assert pdf_of(declaration()) == once
    for seed, zone in (("1", "Pacific/Kiritimati"), ("4711", "America/St_Johns")):
        done = subprocess.run(
            [sys.executable, "-c", AGAIN],
            cwd=ROOT,
            env=os.environ
            | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "HOME": "/nonexistent", "DJANGO_SETTINGS_MODULE": "tests.settings"}
            | {"FONTCONFIG_FILE": "/dev/null", "DATABASE_URL": "sqlite:///:memory:"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == hashlib.sha256(once).hexdigest()


def test_threads_do_not_get_into_each_others_way() -> None:
    names = [f"Person {number}" for number in range(6)]
    alone = {name: pdf_of(declaration(person_name=name)) for name in names}
    together: dict[str, bytes] = {}

    def make(name: str) -> None:
        together[name] = pdf_of(declaration(person_name=name))

    threads = [threading.Thread(target=make, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_another_declaration_is_another_file() -> None:
    one, other = (read(pdf_of(declaration(person_name=name))) for name in ("Ada Example", "Ben Example"))
    assert one.trailer["/ID"][0] != other.trailer["/ID"][0]


def test_archival_and_tagged() -> None:
    reader = read(pdf_of(declaration()))
    catalogue = reader.root_object
    xmp = catalogue["/Metadata"].get_object().get_data().decode()
    assert re.search(r'pdfaid:part="3"', xmp)
    assert re.search(r'pdfaid:conformance="A"', xmp)
    assert "2026-11-24T10:30:15Z" in xmp
    assert catalogue["/MarkInfo"]["/Marked"].value is True
    assert catalogue["/Lang"] == settings.LANGUAGE_CODE
    assert catalogue["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of declaration: Ben Example, Hillside School"
    assert reader.metadata.creation_date == dt.datetime(2026, 11, 24, 10, 30, 15, tzinfo=dt.UTC)
    tags = list(structure(catalogue["/StructTreeRoot"]))
    kinds = [kind for kind, _alt in tags]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == 5
    assert kinds.count("/Figure") == 1
    assert [alt for kind, alt in tags if kind == "/Figure"] == ["QR code: http://127.0.0.1:8000/verify/7Q2M-K0TX-9D4V-HW6B/"]
    assert {"/Table", "/TH", "/L", "/LI"} <= set(kinds)


def structure(node: object) -> Iterator[tuple[str, str | None]]:
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from structure(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"], node.get("/Alt")
        if "/K" in node:
            yield from structure(node["/K"])


def fonts(reader: PdfReader) -> dict[str, bool]:
    """The name of each font, and whether it is in the file."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            [inner] = font.get_object()["/DescendantFonts"]
            facts = inner.get_object()["/FontDescriptor"]
            found[str(font.get_object()["/BaseFont"]).partition("+")[2]] = bool({"/FontFile2", "/FontFile3"} & set(facts))
    return found


def test_only_our_fonts_and_all_in_the_file() -> None:
    signed = declaration(person_name="Ŵyn Ŷ. Łukasiewicz Αθηνά Привет Ğüneş Đặng", typed_name="اسم שם 名前 😀")
    found = fonts(read(pdf_of(signed)))
    assert found
    assert all(found.values())
    assert {re.sub(r"-(Medium|Semi-Bold|Italic|Regular).*", "", name) for name in found} == {"Fira-Sans", "IBM-Plex-Serif"}


@pytest.mark.parametrize(
    "name",
    ["Ŵyn Ŷnys", "Łucja Żółć", "Αθηνά Παπαδοπούλου", "Привет Їжак", "Ğüneş Ş. İnan", "Đặng Thị Hồng", "O’Neill–Bevan", "Ștefan Țîru"],
)
def test_names_in_latin_greek_and_cyrillic(name: str, caplog: pytest.LogCaptureFixture) -> None:
    found = words(pdf_of(declaration(person_name=name, typed_name=name, school_name=name)))
    assert found.count(name) == 3
    assert "notdef" not in caplog.text
