"""Files that are sent while they are made: rows for a spreadsheet, and an archive of certificates."""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from declarations.certificates import issue
from declarations.common.spreadsheets.write_csv import line
from declarations.organisation.models.person import Person
from declarations.register.register import Permitted, Register
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.paper import PaperSignature

type Parts = Iterable[bytes]
CERTIFICATES_AT_ONCE = 20
INDEX, MANIFEST = "index.csv", "MANIFEST.sha256"


def register_lines(register: Register) -> Iterator[bytes]:
    """The register as CSV: UTF-8 with a BOM, dd/mm/yyyy, CRLF."""
    yield line(
        [
            _("Name"), _("E-mail"), _("Title"), _("Category"), _("State"), _("Reference"), _("Signed on"), _("Lapses on"), _("AUP version"),
            _("Leaflet version"), _("Devices permitted"), _("Devices that could connect"), _("What is left to do"),
            _("Signed on paper"), _("E-mail address since"), _("Second factor since"),
        ],
        first=True,
    )  # fmt: skip
    for row in register.rows:
        yield line(
            [
                *(row.name, row.email, row.title, row.category_label, row.declaration_status_label),
                *(facts_of(row.declaration) if row.declaration else [""] * 5),
                "; ".join(device_words(device) for device in row.devices),
                sum(not device.why_not for device in row.devices),
                row.signing_status_label,
                on_paper(row.paper),
                *(day(at and register.school.day_of(at)) for at in known_since(row.declaration)),
            ]
        )


def facts_of(signed: Declaration) -> list[object]:
    return [signed.reference, day(signed.signed_on), day(signed.lapses_on), signed.aup.number, signed.leaflet.number]


def known_since(signed: Declaration | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    return (signed.address_since, signed.factor_since) if signed else (None, None)


def device_words(device: Permitted) -> str:
    permission = device.permission
    return _("%(device)s (%(kind)s), until %(until)s, by %(by)s on %(decided_on)s%(condition)s%(trouble)s") % {
        "device": permission.device,
        "kind": permission.device.get_kind_display(),
        "until": day(permission.until),
        "by": permission.decided_by,
        "decided_on": day(device.decided_on),
        "condition": f", {permission.conditions}" if permission.conditions else "",
        "trouble": f" – {device.why_not}" if device.why_not else "",
    }


def on_paper(paper: PaperSignature | None) -> str:
    if paper is None:
        return ""
    return _("sighted by %(who)s, filed: %(where)s") % {"who": paper.sighted_by, "where": paper.filed_where}


def archive(declarations: Sequence[int], *, on: dt.date, by: Person | None, at: dt.datetime) -> Iterator[bytes]:
    """A ZIP of certificates, each `<reference>.pdf`, with an index and a manifest that `sha256sum -c` reads.

    The same declarations give the same bytes: entries carry the time of signing. In memory are a few certificates at a time.
    """
    pipe = Pipe()
    headings = [
        _("Reference"), _("Name"), _("E-mail"), _("Signed on"), _("Lapses on"), _("AUP version"), _("Leaflet version"), _("File"),
        _("Signed on paper"),
    ]  # fmt: skip
    index = [line(headings, first=True)]
    manifest: list[bytes] = []
    with zipfile.ZipFile(pipe, "w") as archive_file:
        for start in range(0, len(declarations), CERTIFICATES_AT_ONCE):
            some = declarations[start : start + CERTIFICATES_AT_ONCE]
            batch = Declaration.objects.with_texts().select_related("school", "entry__log").in_bulk(some)
            for signed in (batch[pk] for pk in some):
                name = f"{signed.reference}.pdf"
                pdf = issue.issue(declaration=signed, by=by, at=at)
                add(archive_file, name, pdf, signed.signed_on)
                manifest.append(manifest_line(name, pdf))
                reference, *facts = facts_of(signed)
                paper = on_paper(getattr(signed, "paper", None))
                index.append(line([reference, signed.person_name, signed.person_email, *facts, name, paper]))
                yield pipe.emptied()
        rows = b"".join(index)
        add(archive_file, INDEX, rows, on)
        add(archive_file, MANIFEST, b"".join([*manifest, manifest_line(INDEX, rows)]), on)
    yield pipe.emptied()


class Pipe(io.RawIOBase):
    """Where a ZIP file is written to that nobody can wind back: what has been written can be taken out at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []

    def write(self, part: Any) -> int:
        self.parts.append(bytes(part))
        return len(part)

    def emptied(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


def add(archive_file: zipfile.ZipFile, name: str, content: bytes, on: dt.date) -> None:
    entry = zipfile.ZipInfo(name, date_time=(on.year, on.month, on.day, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # Unix, also where it is made on something else
    # A PDF is compressed already.
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".pdf") else zipfile.ZIP_DEFLATED
    archive_file.writestr(entry, content)


def manifest_line(name: str, content: bytes) -> bytes:
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()


def day(on: dt.date | None) -> str:
    return f"{on:%d/%m/%Y}" if on else ""
