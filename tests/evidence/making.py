"""Makes logs, certificates and exports for these tests, by the product's own rules, and loads the stand-alone verifier.

The certificate is the least that WeasyPrint can make of it: a page, and the three files.
"""

import base64
import importlib.util
import io
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from weasyprint import HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.urls import URLFetcher

from declarations.evidence import merkle, signed_note
from declarations.evidence.canonical_json import Json, canon

# From memory: WeasyPrint's own way leaves this file open.
SRGB = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
TOOL = Path(__file__).resolve().parents[2] / "tools" / "aup_verify.py"
ORIGIN = "policy.trust.example/hillside"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NEW_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
BEGIN = datetime(2026, 11, 24, 10, 30, 15, 123456, UTC)


def load_verifier() -> Any:
    spec = importlib.util.spec_from_file_location("aup_verify", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["aup_verify"] = module
    spec.loader.exec_module(module)
    return module


def line_of(private: Ed25519PrivateKey, origin: str = ORIGIN) -> str:
    return signed_note.verifier_of(origin, private).line()


def declaration(name: str = "Zoë Ångström") -> dict[str, Json]:
    return {
        "kind": "declaration.signed",
        "by": {"id": 7, "name": name},
        "person": {"id": 7, "name": name, "email": "zoe@hillside.example", "title": "Teacher"},
        "reference": "7Q2M-K0TX-9D4V-HW6B",
        "typed_name": name,
        "statement": "I have read the leaflet and the policy,\nand I will comply with the policy – always.",
        "confirmations": [{"key": "read", "text": "I have read it."}, {"key": "comply", "text": "I will comply with it."}],
        "aup": {"number": 3, "title": "Acceptable Use Policy", "sha256": "ab" * 32},
        "leaflet": None,
        "signed_on": "2026-11-24",
        "time_zone": "Europe/London",
        "school_year": "2026/27",
        "lapses_on": "2027-09-01",
        "signed_in_with": "password and code",
        "signed_in_at": "2026-11-24T10:12:00.000000Z",
    }


@dataclass
class Log:
    """A log as the product keeps it: records (None once erased), leaf hashes, checkpoints."""

    origin: str = ORIGIN
    private: Ed25519PrivateKey = KEY
    records: list[bytes | None] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    checkpoints: list[str] = field(default_factory=list)

    def append(self, **facts: Json) -> int:
        position = len(self.records)
        common: dict[str, Json] = {
            "v": 1,
            "origin": self.origin,
            "position": position,
            "at": f"{BEGIN + timedelta(minutes=position):%Y-%m-%dT%H:%M:%S.%f}Z",
            "salt": f"{position * 7919 + 1:032x}",
            "school": "Hillside School",
            "by": {"id": None, "name": "command line"},
        }
        record = canon({**common, **facts})
        self.records.append(record)
        self.leaves.append(merkle.leaf_hash(record))
        return position

    def begin(self) -> "Log":
        self.append(kind="log.genesis", key=line_of(self.private, self.origin))
        return self

    def fill(self, size: int) -> "Log":
        while len(self.records) < size:
            self.append(**declaration(f"Person {len(self.records)} Ünal"))
        return self

    def erase(self, position: int, reason: str = "retention") -> None:
        self.append(kind="record.erased", erased=position, reason=reason)
        self.records[position] = None

    def rotate(self, new: Ed25519PrivateKey) -> None:
        old_line, new_line = line_of(self.private, self.origin), line_of(new, self.origin)
        text = f"{old_line}\n{new_line}\n{self.origin}\n".encode()
        signatures = [base64.b64encode(one.sign(text)).decode() for one in (self.private, new)]
        self.append(kind="key.rotated", old=old_line, new=new_line, old_signature=signatures[0], new_signature=signatures[1])
        self.private = new

    def checkpoint(self, size: int | None = None) -> str:
        size = len(self.leaves) if size is None else size
        signed = signed_note.sign(signed_note.Checkpoint(self.origin, size, merkle.root(self.leaves[:size])), self.private)
        self.checkpoints.append(signed)
        return signed

    def files(self, position: int, checkpoint: str | None = None) -> dict[bytes, bytes]:
        checkpoint = self.checkpoint() if checkpoint is None else checkpoint
        size = int(checkpoint.split("\n")[1])
        proof = signed_note.proof(position, merkle.inclusion_proof(position, self.leaves[:size]), checkpoint)
        record = self.records[position]
        assert record
        return {b"record.json": record, b"proof.txt": proof.encode(), b"checkpoint.txt": checkpoint.encode()}

    def export(self) -> bytes:
        lines = [
            b"%d\t%b\t%b\n" % (position, leaf.hex().encode(), self.records[position] or b"-") for position, leaf in enumerate(self.leaves)
        ]
        return export_of(b"".join(lines), "".join(self.checkpoints).encode())


def export_of(entries: bytes, checkpoints: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("entries.txt", entries)
        archive.writestr("checkpoints.txt", checkpoints)
        archive.writestr("keys.txt", key_file())
        archive.writestr("README.txt", "An exported log.\n")
    return out.getvalue()


def key_file(*privates: Ed25519PrivateKey, origin: str = ORIGIN) -> str:
    return "# Keys of the logs of this server\n\n" + "".join(f"{line_of(one, origin)}\n" for one in privates or (KEY,))


def certificate(three: dict[bytes, bytes], *more: tuple[str, bytes]) -> bytes:
    closed = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    attachments = [
        Attachment(string=data, name=name, description=name, created=BEGIN, modified=BEGIN, relationship="Data", url_fetcher=closed)
        for name, data in [*((name.decode(), data) for name, data in sorted(three.items())), *more]
    ]
    page = (
        '<html lang="en"><title>Declaration (7Q2M) – Zoë</title><h1 id="top">Declaration</h1>'
        '<p>Signed. <a href="https://policy.trust.example/#v">Verify</a> or <a href="#top">go back</a>.'
    )
    pdf = HTML(string=page, url_fetcher=closed).write_pdf(
        attachments=attachments,
        color_profiles={"--srgb": ColorProfile(io.BytesIO(SRGB), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))},
        output_intent="--srgb",
        pdf_variant="pdf/a-3a",
        pdf_identifier=b"0123456789abcdef",
    )
    assert isinstance(pdf, bytes)
    return pdf
