"""A declaration that was never saved, and ways to read what is made of it."""

import datetime as dt
import io
import subprocess

from pypdf import PdfReader

from declarations.certificates.certificate import certificate_html, certificate_pdf
from declarations.evidence.receipts import Receipt
from declarations.policies.models import PolicyVersion
from declarations.policies.text import defaults, placeholders
from declarations.signing.models.declaration import Declaration

CONFIRMATIONS = defaults.DEFAULT_CONFIRMATIONS


def version(document: str, number: int, title: str) -> PolicyVersion:
    return PolicyVersion(document=document, number=number, title=title, sha256=placeholders.sha256_of(title))


def declaration(**facts: object) -> Declaration:
    """A row that was never saved: a certificate needs no more than the row."""
    return Declaration(
        **{
            "reference": "7Q2M-K0TX-9D4V-HW6B",
            "school_name": "Hillside School",
            "person_name": "Ben Example",
            "person_email": "ben@hillside.example",
            "person_title": "teacher of mathematics",
            "aup": version("aup", 3, "Acceptable Use Policy"),
            "leaflet": version("leaflet", 2, "Phones and social media"),
            "statement": "I have read the leaflet and the policy, and I will comply with the policy.",
            "confirmations": CONFIRMATIONS,
            "typed_name": "Benjamin Example",
            "signed_at": dt.datetime(2026, 11, 24, 10, 30, 15, 123456, tzinfo=dt.UTC),
            "signed_on": dt.date(2026, 11, 24),
            "time_zone": "Europe/London",
            "school_year": 2026,
            "lapses_on": dt.date(2027, 10, 1),
            "signed_in_with": "password",
            "signed_in_at": dt.datetime(2026, 11, 24, 10, 21, 3, tzinfo=dt.UTC),
            **facts,
        }
    )


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    """All its text, on one line, as a reader of the paper sees it."""
    command = ["pdftotext", "-layout", "-", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


# A proof as a log makes it; what it proves is for the tests of the evidence.
RECEIPT = Receipt(
    record=b'{"kind":"declaration.signed","v":1}',
    recorded_at="2026-11-24T10:30:15.123456Z",
    proof="c2sp.org/tlog-proof@v1\nindex 7\n\nhillside.example/log\n9\nroot\n\n\u2014 hillside.example/log signature\n",
    checkpoint="hillside.example/log\n9\nroot\n\n\u2014 hillside.example/log signature\n",
    position=7,
    size=9,
    root=bytes(range(32)),
    key_id="0a1b2c3d",
    origin="hillside.example/log",
)


def pdf_of(signed: Declaration) -> bytes:
    return certificate_pdf(declaration=signed, receipt=RECEIPT)


def html_of(signed: Declaration) -> str:
    return certificate_html(declaration=signed, receipt=RECEIPT)
