"""Says whether a certificate is genuine: whether a signed checkpoint covers the record inside it.

Neither what the pages show nor a hash in a table decides that.
"""

import datetime as dt
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.certificates.models import IssuedCertificate
from declarations.evidence import canonical_json, log, merkle, signed_note
from declarations.evidence.consistency import chain_of
from declarations.evidence.log import ErasedRecordError
from declarations.evidence.models import Entry, Log
from declarations.evidence.receipts import vouched_record
from declarations.signing.log_records import disagreement
from declarations.signing.models.declaration import Declaration

# No certificate has more. The limits stop a file that was made to take long.
MOST_STREAMS, LARGEST_STREAM = 300, 1_000_000
WHOLE_FILE = _("Record and proof were checked, and so was the whole file: it is, to the last bit, one that was issued and logged.")
STREAM = re.compile(rb"stream\r?\n")


class Outcome(models.TextChoices):
    GENUINE = "genuine", _("Genuine and in force")
    LAPSED = "lapsed", _("Genuine, but lapsed")
    ERASED = "erased", _("Genuine, and erased since")
    ALTERED = "altered", _("Altered")
    NOT_OURS = "not_ours", _("Not a certificate of ours")
    UNDECIDED = "undecided", _("Not to be decided here")


@dataclass(frozen=True, slots=True)
class Finding:
    """What we found, and which part of the file decided it; `record` is what the log's key signed, if anything."""

    outcome: Outcome
    part: str
    record: Mapping[str, Any] | None = None
    lapsed_on: dt.date | None = None

    @property
    def signed_on(self) -> dt.date | None:
        return dt.date.fromisoformat(self.record["signed_on"]) if self.record else None

    @property
    def recorded_at(self) -> dt.datetime | None:
        return dt.datetime.fromisoformat(self.record["at"]) if self.record else None


def examine(pdf: bytes, *, at: dt.datetime) -> Finding:
    """Examine a file. Its record and proof decide first; only then do we ask whether this very file was issued."""
    records, proofs = carried(pdf)
    if not records and not proofs:
        return Finding(Outcome.NOT_OURS, str(_("The file carries no record of an evidence log that could be checked.")))
    if (len(records), len(proofs)) != (1, 1):
        return Finding(
            Outcome.ALTERED, str(_("The file carries a record or a proof of one, and the other is missing, damaged, or there twice."))
        )
    return carrying(records[0], proofs[0], sha256=hashlib.sha256(pdf).hexdigest(), at=at)


def carrying(raw: bytes, proof: str, *, sha256: str, at: dt.datetime) -> Finding:
    """Examine the record and the proof from a file: does a signed checkpoint cover them, and what does this server keep?"""
    proved = what_is_proved(raw, proof)
    if isinstance(proved, Finding):
        return proved
    kept_here, record = proved
    rows = Entry.objects.filter(log=kept_here, position=record["position"], leaf_hash=merkle.leaf_hash(raw))
    entry = rows.select_related("log__school").first()
    if entry is None:
        return undecided(record, _("the log has another entry in its place"))
    issued = IssuedCertificate.objects.filter(entry=entry, sha256=sha256).select_related("logged_as__log__school").first()
    was_issued = issued is not None and is_logged(issued, at=at)
    if entry.record is None:
        if was_issued:
            return Finding(Outcome.ERASED, str(WHOLE_FILE))
        words = _("The attached record was in the log and has been erased there since; the file around it was never issued.")
        return Finding(Outcome.ALTERED, str(words))
    finding = about(entry, record, WHOLE_FILE, at=at)
    if was_issued or finding.outcome == Outcome.UNDECIDED:
        return finding
    words = _("The attached record and its proof are genuine; the file around them was never issued. Trust the record alone.")
    return Finding(Outcome.ALTERED, str(words), record)


def what_is_proved(raw: bytes, proof: str) -> tuple[Log, dict[str, Any]] | Finding:
    """Return the log and the record, if a checkpoint that the log's key signed covers it; else a Finding that says what is wrong."""
    try:
        record = canonical_json.parse(raw)
        position, path, checkpoint = signed_note.parts_of_proof(proof)
        claimed, _key = signed_note.read(checkpoint)
    except (canonical_json.NotCanonicalError, signed_note.InvalidNoteError):
        return Finding(Outcome.ALTERED, str(_("The attached record or its proof was changed.")))
    kept_here = Log.objects.filter(origin=claimed.origin).first()
    if kept_here is None or not isinstance(record, dict):
        return Finding(Outcome.NOT_OURS, str(_("The record belongs to a log that is not kept here.")))
    try:
        head = signed_note.opened(checkpoint, [key for _at, key in chain_of(kept_here, log.private_key())])
        root = merkle.root_of_proof(leaf=merkle.leaf_hash(raw), position=position, size=head.size, path=path)
    except (signed_note.InvalidNoteError, ValueError):
        return Finding(Outcome.ALTERED, str(_("The attached proof was changed: its checkpoint is not signed by this log's key.")))
    if root != head.root or (record.get("origin"), record.get("position")) != (head.origin, position):
        return Finding(Outcome.ALTERED, str(_("The attached record was changed: the proof does not lead to it.")))
    return kept_here, dict(record)


def is_logged(issued: IssuedCertificate, *, at: dt.datetime) -> bool:
    """Whether the log agrees with this row. If the record has been erased with its declaration, only its kind can be compared."""
    try:
        record = vouched_record(entry=issued.logged_as, at=at)
    except ErasedRecordError:
        return issued.logged_as.kind == "certificate.issued"
    except log.BrokenLogError:
        return False
    return (record["kind"], record.get("pdf_sha256")) == ("certificate.issued", issued.sha256)


def about(entry: Entry, record: Mapping[str, Any], part: Any, *, at: dt.datetime) -> Finding:
    """Judge a proved record: do the tables agree with it, and is the declaration in force?"""
    declaration = Declaration.objects.with_texts().select_related("school", "entry__log").filter(entry=entry).first()
    if declaration is None:
        return undecided(record, _("the declaration itself is gone"))
    if words := disagreement(declaration, record):
        return undecided(record, words)
    lapsed_on = declaration.lapsed_on(on=declaration.school.day_of(at))
    return Finding(Outcome.LAPSED if lapsed_on else Outcome.GENUINE, str(part), record, lapsed_on)


def undecided(record: Mapping[str, Any] | None, words: Any) -> Finding:
    """Say that this server's own data contradict each other, and show what is proved, if anything is."""
    part = _("What is kept on this server is not as it was signed: %(what)s. Tell the school; the file itself can be verified without it.")
    return Finding(Outcome.UNDECIDED, part % {"what": words}, record if record and record.get("kind") == "declaration.signed" else None)


def by_reference(declaration: Declaration, *, at: dt.datetime) -> Finding:
    """Judge a declaration that somebody looks up by its reference."""
    try:
        record = vouched_record(entry=declaration.entry, at=at)
    except (log.BrokenLogError, ErasedRecordError) as error:
        return undecided(None, error)
    return about(declaration.entry, record, "", at=at)


def carried(pdf: bytes) -> tuple[list[bytes], list[str]]:
    """Return the records and proofs inside a PDF, at most two of each: a certificate has one, a hostile file may have hundreds."""
    records: list[bytes] = []
    proofs: list[str] = []
    for content in streams(pdf):
        if content.startswith(b"{") and b'"kind":"declaration.signed"' in content:
            records = [*records, content][:2]
        elif content.startswith(signed_note.PROOF_HEADER.encode()):
            proofs = [*proofs, content.decode("utf-8", "replace")][:2]
    return records, proofs


def streams(pdf: bytes) -> Iterator[bytes]:
    """Return the contents of a PDF's streams, each cut at a limit; what the file says about their lengths is ignored."""
    for count, stream in enumerate(STREAM.finditer(pdf)):
        if count >= MOST_STREAMS:
            return
        end = pdf.find(b"endstream", stream.end())
        raw = pdf[stream.end() : end if end >= 0 else len(pdf)]
        try:
            yield zlib.decompressobj().decompress(raw, LARGEST_STREAM)
        except zlib.error:
            yield raw[:LARGEST_STREAM].rstrip(b"\r\n")
