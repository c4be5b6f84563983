"""The verify page takes a certificate's file: what it is, and which part of it said so."""

import datetime as dt
import tracemalloc
import zlib

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from declarations.certificates import issue, verify
from declarations.certificates.forms import LARGEST_CERTIFICATE
from declarations.certificates.verify import Outcome
from declarations.evidence import log, merkle, signed_note
from declarations.evidence.models import Entry
from declarations.signing.actions.erase import erase_declaration
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, sign

MEGABYTE = 1_000_000
once = pytest.mark.sqlite  # the bytes of the file decide, whatever a database says


@pytest.fixture(autouse=True)
def rested(db: None) -> None:
    cache.clear()


def bens(cast: Cast) -> Declaration:
    return Declaration.objects.with_texts().select_related("school", "entry__log").get(person=cast.ben)


@pytest.fixture
def pdf(cast: Cast) -> bytes:
    return issue.issue(declaration=bens(cast), by=cast.ben, at=timezone.now())


def upload(content: bytes, name: str = "certificate.pdf"):
    return Client().post("/verify/", {"certificate": SimpleUploadedFile(name, content, content_type="application/pdf")})


def outcome(content: bytes) -> str:
    """What the page says, and that it says so in its title, its heading and no other's words."""
    response = upload(content)
    assert response.status_code == 200
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    finding = response.context["finding"]
    page = response.content.decode()
    assert f"<title>{finding.outcome.label}" in page.replace("\n", "").replace("<title> ", "<title>")
    return str(finding.outcome)


def contents(pdf: bytes) -> list[tuple[bytes, bytes]]:
    """Each stream of a certificate: as it stands there, and unpacked."""
    found = []
    for part in pdf.split(b"\nstream\n")[1:]:
        raw = part.partition(b"\nendstream")[0]
        try:
            found.append((raw, zlib.decompress(raw)))
        except zlib.error:
            found.append((raw, raw))
    return found


def exchanged(pdf: bytes, start: bytes, old: bytes, new: bytes) -> bytes:
    """The certificate with other words in the one attachment that begins like this."""
    ((raw, plain),) = [(raw, plain) for raw, plain in contents(pdf) if plain.startswith(start)]
    assert plain.count(old) >= 1
    return pdf.replace(raw, zlib.compress(plain.replace(old, new, 1)))


# --- the five outcomes


def test_genuine_and_in_force(cast: Cast, pdf: bytes):
    assert outcome(pdf) == Outcome.GENUINE
    page = upload(pdf).content.decode()
    for words in (
        "Ben Example",
        bens(cast).reference,
        "Hillside School",
        "Record and proof were checked",
        "not from the picture of the page",
    ):
        assert words in page
    for fact in (cast.ben.email, "192.0.2.7", "Test browser"):
        assert fact not in page


def test_genuine_and_lapsed(cast: Cast, pdf: bytes, monkeypatch):
    lapses_on = bens(cast).lapses_on
    monkeypatch.setattr("declarations.web.middleware.timezone.now", lambda: dt.datetime.combine(lapses_on, dt.time(12), dt.UTC))
    assert outcome(pdf) == Outcome.LAPSED
    assert f"lapsed on {lapses_on.day} {lapses_on:%B %Y}" in upload(pdf).content.decode()


def test_erased(cast: Cast, pdf: bytes):
    erase_declaration(declaration=bens(cast), reason="asked for", at=timezone.now())
    assert outcome(pdf) == Outcome.ERASED
    assert "Ben Example" not in upload(pdf).content.decode()


def test_altered_after_the_erasure(cast: Cast, pdf: bytes):
    """The record's bytes are in the file, and prove that it was in the log; the page around it may say anything."""
    erase_declaration(declaration=bens(cast), reason="asked for", at=timezone.now())
    assert outcome(pdf + b"\n") == Outcome.ALTERED


def picture(pdf: bytes) -> bytes:
    """The page's own drawing: its largest stream that is no attachment, with one byte more."""
    raw, plain = max(contents(pdf), key=lambda one: len(one[1]) if b" Tf" in one[1] or b"BT" in one[1] else 0)
    return pdf.replace(raw, zlib.compress(plain + b" "))


ALTERED = {
    "the picture": picture,
    "a byte at the end": lambda pdf: pdf + b"\n",
    "the record's name": lambda pdf: exchanged(pdf, b'{"a', b"Ben Example", b"Ken Example"),
    "the record's position": lambda pdf: exchanged(pdf, b'{"a', b'"position":', b'"position":1'),
    "the record's form": lambda pdf: exchanged(pdf, b'{"a', b'{"', b'{ "'),
    "the record is no JSON": lambda pdf: exchanged(pdf, b'{"a', b'"}', b'"'),
    "the proof's position": lambda pdf: exchanged(pdf, b"c2sp.org/", b"\nindex ", b"\nindex 1"),
    "the proof's path": lambda pdf: exchanged(pdf, b"c2sp.org/", b"=\n", b"=\n" + b"A" * 43 + b"=\n"),
    "the proof's checkpoint": lambda pdf: exchanged(pdf, b"c2sp.org/", b"/hillside\n", b"/hillside\n1"),
    "the proof's signature": lambda pdf: exchanged(pdf, b"c2sp.org/", "— ".encode(), "— x".encode()),
    "the checkpoint": lambda pdf: exchanged(pdf, b"127.0.0.1:8000/hillside", b"/hillside\n", b"/hillside\n1"),
    "no proof": lambda pdf: exchanged(pdf, b"c2sp.org/", b"c2sp.org/", b"d2sp.org/"),
    "no record": lambda pdf: exchanged(pdf, b'{"a', b'"declaration.signed"', b'"declaration.other"'),
    "two records": lambda pdf: pdf + b"\nstream\n" + next(raw for raw, plain in contents(pdf) if plain[:3] == b'{"a') + b"\nendstream",
    "two of each": lambda pdf: pdf + pdf,
}


@once
@pytest.mark.parametrize("what", ALTERED)
def test_altered(cast: Cast, pdf: bytes, what):
    other = ALTERED[what](pdf)
    assert other != pdf
    assert outcome(other) == Outcome.ALTERED
    page = upload(other).content.decode()
    assert "not to be trusted" in page
    # Only where record and proof hold is the record believed, and its words shown.
    believed = what in {"the picture", "a byte at the end", "the checkpoint"}
    assert ("Trust the record alone" in page) is ("Hillside School" in page) is believed


def test_another_key_signed_the_proof(cast: Cast, pdf: bytes, tmp_path):
    """A whole certificate of one's own making, under our log's name."""
    from declarations.evidence import keys

    thief = keys.make(tmp_path / "thief.key")
    record = bytes(bens(cast).entry.record).replace(b"Ben Example", b"Ken Example")
    head = signed_note.Checkpoint("127.0.0.1:8000/hillside", 1, merkle.leaf_hash(record))
    proof = signed_note.proof(0, [], signed_note.sign(head, thief)).encode()
    forged = b"%PDF-1.7\n" + b"".join(b"\nstream\n" + zlib.compress(one) + b"\nendstream" for one in (record, proof))
    assert outcome(forged) == Outcome.ALTERED


def test_the_record_alone_is_believed(cast: Cast, pdf: bytes):
    """Where record and proof hold, the page says what the record says, whatever the picture does."""
    page = upload(picture(pdf)).content.decode()
    assert "Trust the record alone" in page
    assert "Ben Example" in page


@once
@pytest.mark.parametrize(
    "content",
    [b"hello", b"%PDF-1.7\n%%EOF\n", b"\x00" * 1000, b"PK\x03\x04", b"stream\n", b"stream\r\nendstream", "– “text”".encode()],
    ids=repr,
)
def test_not_ours(cast: Cast, content: bytes):
    assert outcome(content) == Outcome.NOT_OURS


def test_another_schools_server_made_it(cast: Cast, pdf: bytes, settings):
    other = pdf
    for start in (b'{"a', b"c2sp.org/"):
        other = exchanged(other, start, b"127.0.0.1:8000/hillside", b"elsewhere.example/hillside")
    assert outcome(other) == Outcome.NOT_OURS


# --- what people send


@once
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose the file of a certificate first."),
        ({"certificate": "words"}, "Choose the file of a certificate first."),
        ({"certificate": SimpleUploadedFile("empty.pdf", b"")}, "This file is empty."),
        ({"certificate": SimpleUploadedFile("large.pdf", b"%PDF" + b"x" * LARGEST_CERTIFICATE)}, "at most 5 MB"),
    ],
    ids=["nothing", "words", "empty", "large"],
)
def test_a_sentence_beside_the_field(cast: Cast, fields, words):
    response = Client().post("/verify/", fields)
    page = response.content.decode()
    assert response.status_code == 200
    assert words in page
    assert "Error:" in page


@once
def test_five_megabytes_are_examined(cast: Cast):
    assert outcome(b"x" * LARGEST_CERTIFICATE) == Outcome.NOT_OURS


def stream(content: bytes) -> bytes:
    return b"\nstream\n" + content + b"\nendstream"


def bombs() -> dict[str, tuple[bytes, str]]:
    """Files that were made to be slow or large; each unpacks to hundreds of megabytes if it is let."""
    zeros = zlib.compress(b"\0" * 50 * MEGABYTE, 9)
    record = zlib.compress(b'{"kind":"declaration.signed"' + b" " * 20 * MEGABYTE, 9)
    proof = zlib.compress(b"c2sp.org/tlog-proof@v1\nindex 0\n" + b"A" * 20 * MEGABYTE, 9)
    deep = zlib.compress(b'{"a":' * 100_000 + b'"kind":"declaration.signed"', 9)
    good = zlib.compress(b"c2sp.org/tlog-proof@v1\nindex 0\n\nx\n", 9)
    return {
        "zeros": (b"%PDF" + stream(zeros) * 90, Outcome.NOT_OURS),
        "records": (b"%PDF" + stream(record) * 200, Outcome.ALTERED),
        "proofs": (b"%PDF" + stream(proof) * 200, Outcome.ALTERED),
        "one record and one proof": (b"%PDF" + stream(record) + stream(proof), Outcome.ALTERED),
        "deep": (b"%PDF" + stream(deep) + stream(good), Outcome.ALTERED),
        "beginnings": (b"stream\n" * 700_000, Outcome.NOT_OURS),
    }


@once
@pytest.mark.parametrize("name", ["zeros", "records", "proofs", "one record and one proof", "deep", "beginnings"])
def test_a_file_that_was_made_to_be_large(cast: Cast, name):
    content, expected = bombs()[name]
    assert len(content) <= LARGEST_CERTIFICATE
    tracemalloc.start()
    finding = verify.examine(content, at=timezone.now())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert finding.outcome == expected
    # A file of 5 MB and a few copies of parts of it; not the hundreds of megabytes that it unpacks to.
    assert peak < 40 * MEGABYTE


def proof_of(origin: str, *, size: str = "1", key_id: bytes = b"1234") -> bytes:
    import base64

    root, signature = base64.b64encode(b"r" * 32).decode(), base64.b64encode(key_id + b"s" * 64).decode()
    return f"c2sp.org/tlog-proof@v1\nindex 0\n\n{origin}\n{size}\n{root}\n\n— {origin or 'x'} {signature}\n".encode()


@pytest.mark.parametrize(
    "proof",
    [
        proof_of("nul\0name"),
        proof_of("127.0.0.1:8000/hillside"),
        proof_of("127.0.0.1:8000/hillside", size="9999999999999999"),
        proof_of("127.0.0.1:8000/hillside", size="99999999999999999"),
        proof_of("x" * 5000),
        proof_of(""),
        proof_of("\ud7ff\U0010ffff"),
        b"c2sp.org/tlog-proof@v1\nindex 0\n\n\xff\xfe\n",
        b"c2sp.org/tlog-proof@v1",
        b"c2sp.org/tlog-proof@v1\nindex " + b"9" * 5000 + b"\n\n",
    ],
)
@pytest.mark.parametrize("record", [b'{"kind":"declaration.signed"}', b'{"kind":"declaration.signed","position":"\\u0000"}', None])
def test_a_hostile_proof_is_only_altered(cast: Cast, proof: bytes, record):
    """No question to the database that it cannot answer, and nothing falls over."""
    record = record or bytes(bens(cast).entry.record)
    assert outcome(b"%PDF" + stream(record) + stream(proof)) in {Outcome.ALTERED, Outcome.NOT_OURS}


@once
@pytest.mark.parametrize(
    "name", ["nul\0name.pdf", "../../etc/passwd", "x" * 5000 + ".pdf", "“näme”.pdf", "new\nline.pdf", ".pdf", '"; x="']
)
def test_a_files_name_is_nothing_to_us(cast: Cast, name):
    head = f'--b\r\nContent-Disposition: form-data; name="certificate"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
    response = Client().post("/verify/", head.encode() + b"hello\r\n--b--\r\n", content_type="multipart/form-data; boundary=b")
    assert response.status_code in {200, 400}
    assert b"passwd" not in response.content


def test_not_too_often(cast: Cast, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"verify": "3/m/ip"}
    assert [upload(b"hello").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_only_from_our_own_page(cast: Cast):
    """A form on another site cannot send it."""
    outside = Client(enforce_csrf_checks=True)
    assert outside.post("/verify/", {"certificate": SimpleUploadedFile("a.pdf", b"hello")}).status_code == 403


def test_the_page_asks_for_the_file_and_offers_the_verifier(cast: Cast):
    page = Client().get("/verify/").content.decode()
    for part in ('enctype="multipart/form-data"', 'name="csrfmiddlewaretoken"', 'type="file"', 'href="/verify/aup_verify.py"'):
        assert part in page
    response = Client().get("/verify/aup_verify.py")
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="aup_verify.py"'
    compile(response.content, "aup_verify.py", "exec")


@once
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_other_method(cast: Cast, method):
    assert getattr(Client(), method)("/verify/").status_code == 405


def test_examining_changes_nothing(cast: Cast, pdf: bytes):
    before = Entry.objects.count()
    upload(pdf)
    upload(pdf + b"\n")
    assert Entry.objects.count() == before


def test_the_same_file_after_much_else(cast: Cast, pdf: bytes):
    sign(cast.ada)
    log.checkpoint(school=cast.hillside, at=timezone.now())
    assert outcome(pdf) == Outcome.GENUINE
