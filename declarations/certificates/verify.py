"""Is this file a certificate that left this house? The attached record counts, not the picture of the page."""

import datetime as dt
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.certificates.models import IssuedCertificate
from declarations.evidence import canonical_json, keys, merkle, signed_note
from declarations.evidence.models import Entry, Log
from declarations.signing.models.declaration import Declaration

# More than any certificate has; a file that was made to be slow stops here.
MOST_STREAMS, LARGEST_STREAM = 300, 1_000_000
STREAM = re.compile(rb"stream\r?\n")


class Outcome(models.TextChoices):
    GENUINE = "genuine", _("Genuine and in force")
    LAPSED = "lapsed", _("Genuine, but lapsed")
    ERASED = "erased", _("Genuine, and erased since")
    ALTERED = "altered", _("Altered")
    NOT_OURS = "not_ours", _("Not a certificate of ours")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, which part decided it, and the declaration in question where it is still kept."""

    outcome: Outcome
    part: str
    declaration: Declaration | None = None
    lapsed_on: dt.date | None = None


def examine(pdf: bytes, *, at: dt.datetime) -> Finding:
    """Compares a file with those that were issued; failing that, looks at the record and proof that it carries."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    issued = IssuedCertificate.objects.select_related("entry").filter(sha256=sha256).first()
    if issued is not None:
        return about(issued.entry, _("The whole file was checked: it is, to the last bit, one that was issued and logged."), at=at)
    records, proofs = carried(pdf)
    if not records and not proofs:
        return Finding(Outcome.NOT_OURS, str(_("The file carries no record of an evidence log that could be checked.")))
    if (len(records), len(proofs)) != (1, 1):
        return Finding(
            Outcome.ALTERED, str(_("The file carries a record or a proof of one, and the other is missing, damaged, or there twice."))
        )
    return carrying(records[0], proofs[0])


def carrying(record: bytes, proof: str) -> Finding:
    """A file that was never issued, with a record and a proof inside: what is wrong with it."""
    try:
        facts = canonical_json.parse(record)
        position, path, checkpoint = signed_note.parts_of_proof(proof)
        claimed, _key = signed_note.read(checkpoint)
    except (canonical_json.NotCanonicalError, signed_note.InvalidNoteError):
        return Finding(Outcome.ALTERED, str(_("The attached record or its proof was changed.")))
    log = Log.objects.filter(origin=claimed.origin).first()
    if log is None or not isinstance(facts, dict):
        return Finding(Outcome.NOT_OURS, str(_("The record belongs to a log that is not kept here.")))
    try:
        head = signed_note.opened(checkpoint, keys.public_keys([log])[log.origin])
        root = merkle.root_of_proof(leaf=merkle.leaf_hash(record), position=position, size=head.size, path=path)
    except (signed_note.InvalidNoteError, ValueError):
        return Finding(Outcome.ALTERED, str(_("The attached proof was changed: its checkpoint is not signed by this log's key.")))
    if root != head.root or (facts.get("origin"), facts.get("position")) != (head.origin, position):
        return Finding(Outcome.ALTERED, str(_("The attached record was changed: the proof does not lead to it.")))
    entry = Entry.objects.filter(log=log, position=position, leaf_hash=merkle.leaf_hash(record)).first()
    if entry is not None and entry.record is None:
        return Finding(
            Outcome.ALTERED,
            str(_("The attached record was in the log and has been erased there since; the file around it was never issued.")),
        )
    return Finding(
        Outcome.ALTERED,
        str(_("The attached record and its proof are genuine; the file around them was never issued. Trust the record alone.")),
        Declaration.objects.with_texts().filter(entry=entry).first() if entry else None,
    )


def about(entry: Entry, part: Any, *, at: dt.datetime) -> Finding:
    declaration = Declaration.objects.with_texts().select_related("school").filter(entry=entry).first()
    if entry.record is None or declaration is None:
        return Finding(Outcome.ERASED, str(part))
    today = declaration.school.day_of(at)
    lapsed_on = declaration.lapsed_on(on=today)
    return Finding(Outcome.LAPSED if lapsed_on else Outcome.GENUINE, str(part), declaration, lapsed_on)


def carried(pdf: bytes) -> tuple[list[bytes], list[str]]:
    """The records and proofs that a PDF carries, at most two of each: a certificate has one, and a hostile file hundreds."""
    records: list[bytes] = []
    proofs: list[str] = []
    for content in streams(pdf):
        if content.startswith(b"{") and b'"kind":"declaration.signed"' in content:
            records = [*records, content][:2]
        elif content.startswith(signed_note.PROOF_HEADER.encode()):
            proofs = [*proofs, content.decode("utf-8", "replace")][:2]
    return records, proofs


def streams(pdf: bytes) -> Iterator[bytes]:
    """The contents of a PDF's streams, each up to a limit, whatever the file says of itself."""
    for count, stream in enumerate(STREAM.finditer(pdf)):
        if count >= MOST_STREAMS:
            return
        end = pdf.find(b"endstream", stream.end())
        raw = pdf[stream.end() : end if end >= 0 else len(pdf)]
        try:
            yield zlib.decompressobj().decompress(raw, LARGEST_STREAM)
        except zlib.error:
            yield raw[:LARGEST_STREAM].rstrip(b"\r\n")
