"""What proves one entry: the receipt that a certificate carries, and whether the log's key stands behind a record."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from declarations.evidence import canonical_json, consistency, merkle, signed_note
from declarations.evidence.log import BrokenLogError, ErasedRecordError, checkpoint, leaves, private_key, verified
from declarations.evidence.models import Checkpoint, Entry


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a certificate carries: the record's bytes, the proof with its checkpoint, and the facts that are printed."""

    record: bytes
    recorded_at: str  # as the record says it
    proof: str
    checkpoint: str
    position: int
    size: int
    root: bytes
    key_id: str
    origin: str


def receipt(*, entry: Entry, at: dt.datetime) -> Receipt:
    """The proof that this entry is in the log, against the first checkpoint that covers it: always the same one.

    Raises ErasedRecordError if its record is gone, MissingKeyError if no checkpoint covers it yet and none can be signed,
    BrokenLogError if the proof does not hold.
    """
    if entry.record is None:
        raise ErasedRecordError(f"{entry.log}, position {entry.position}")
    covering_checkpoints = Checkpoint.objects.filter(log=entry.log_id, size__gt=entry.position).order_by("size")
    if not covering_checkpoints.exists():
        checkpoint(school=entry.log.school, at=at)
    # Asked anew: somebody else may have made a smaller one in the same moment.
    covering = covering_checkpoints[0]
    head, record = verified(covering, entry.log), bytes(entry.record)
    try:
        path = merkle.inclusion_proof(entry.position, leaves(entry.log, size=head.size))
        root = merkle.root_of_proof(leaf=merkle.leaf_hash(record), position=entry.position, size=head.size, path=path)
    except ValueError:
        root = b""
    if head != signed_note.Checkpoint(entry.log.origin, covering.size, root):
        raise BrokenLogError(f"position {entry.position}: the checkpoint that covers it speaks of another record")
    return Receipt(
        record=record,
        recorded_at=str(cast("dict[str, Any]", canonical_json.parse(record))["at"]),
        proof=signed_note.proof(entry.position, path, covering.note),
        checkpoint=covering.note,
        position=entry.position,
        size=covering.size,
        root=head.root,
        key_id=signed_note.read(covering.note)[1],
        origin=head.origin,
    )


def vouched_record(*, entry: Entry, at: dt.datetime) -> dict[str, Any]:
    """The record of an entry behind which the server's own key stands: by the entry's signature, or, where it is older than
    signatures, by a checkpoint. Raises ErasedRecordError, MissingKeyError, BrokenLogError.
    """
    if entry.record is None or entry.signature is None:
        record = receipt(entry=entry, at=at).record
    else:
        record = bytes(entry.record)
        text = signed_note.entry_text(entry.log.origin, entry.position, merkle.leaf_hash(record))
        for _position, key in consistency.chain_of(entry.log, private_key()):
            if key.signed(bytes(entry.signature), text):
                break
        else:
            raise BrokenLogError(f"position {entry.position}: the record does not bear the signature of the log's key")
    return cast("dict[str, Any]", canonical_json.parse(record))
