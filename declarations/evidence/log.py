"""The evidence log of a school: append an entry, make a checkpoint, prove an entry, read it back.

Every action appends inside its own transaction, as the last thing that it does: under one lock for each school, so that
positions have no gaps and no two actions wait for each other crosswise.
"""

import datetime as dt
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.db import connection, transaction

from declarations.common.errors import NotReadyError
from declarations.evidence import canonical_json, kinds, merkle, signed_note
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

VERSION = 1


class MissingKeyError(NotReadyError):
    """There is no usable evidence key; the message says the mend."""


class ErasedRecordError(LookupError):
    """The record was erased under retention or on request."""


def private_key() -> Ed25519PrivateKey:
    """The deployment's signing key, read from the file that the environment names. Raises MissingKeyError."""
    return read_key(Path(settings.EVIDENCE_KEY_FILE))


def read_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise MissingKeyError(f"{path}: no evidence key there. Make one: manage.py evidence_key create") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise MissingKeyError(f"{path} holds another kind of key: evidence is signed with Ed25519.")
    return key


def time_text(at: dt.datetime) -> str:
    """A moment as records hold it: UTC, six digits, Z."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def nfc_text(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def nfc(value: Json) -> Json:
    match value:
        case str():
            return nfc_text(value)
        case list():
            return [nfc(item) for item in value]
        case dict():
            return {key: nfc(item) for key, item in value.items()}
        case _:
            return value


def log_of(school: School) -> Log:
    """The school's log, locked until the transaction ends; the first time it is begun, with the name that stays."""
    # Small letters only: what the verifier takes for an origin (host names and slugs mean the same in either case).
    origin = f"{urlsplit(settings.SITE_URL).netloc}/{school.slug}".lower()
    Log.objects.get_or_create(school=school, defaults={"origin": origin})
    return Log.objects.select_for_update(of=["self"]).select_related("school").get(school=school)


def append(*, school: School, kind: str, at: dt.datetime, by: Person | None, facts: Mapping[str, Json]) -> Entry:
    """One more entry at the end of the school's log; `by=None` is the server's command line.

    Must run inside the action's transaction. The entry's `at` never runs backwards, whatever the clocks of two workers say;
    what a clock that lagged said stands in the record beside it, as `clock`. Raises ValueError for a kind that no room registered.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An entry is appended inside the transaction of what it tells of.")
    if kind not in kinds.registered():
        raise ValueError(f"No room registered the kind of entry “{kind}” in its log_records.py.")
    log = log_of(school)
    last = Entry.objects.filter(log=log).order_by("-position").only("position", "at").first() or begin(log, at)
    lagged: dict[str, Json] = {"clock": time_text(at)} if at < last.at else {}
    return write(log, position=last.position + 1, kind=kind, at=max(at, last.at), by=by, facts={**facts, **lagged})


def append_about(*, school: School | None, kind: str, at: dt.datetime, by: Person | None, facts: Mapping[str, Json]) -> None:
    """One more entry in the school's log, or, for what concerns the trust and so every school, in each of them."""
    for each_school in [school] if school else School.objects.order_by("pk"):
        append(school=each_school, kind=kind, at=at, by=by, facts=facts)


def begin(log: Log, at: dt.datetime) -> Entry:
    """The first entry of a log: the key that signs its checkpoints."""
    key = signed_note.verifier_of(log.origin, private_key()).line()
    return write(log, position=0, kind="log.genesis", at=at, by=None, facts={"key": key})


def who(person: Person) -> Json:
    """A person as records name them: the number that stays, and the name as it was."""
    return {"id": person.pk, "name": person.full_name}


def day_text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def write(log: Log, *, position: int, kind: str, at: dt.datetime, by: Person | None, facts: Mapping[str, Json]) -> Entry:
    entry = new_entry(log, position=position, kind=kind, at=at, by=by, facts=facts)
    entry.save(force_insert=True)
    return entry


def new_entry(log: Log, *, position: int, kind: str, at: dt.datetime, by: Person | None, facts: Mapping[str, Json]) -> Entry:
    """The entry, not yet stored."""
    record = canonical_json.canon(
        nfc(
            {
                **facts,
                "v": VERSION,
                "kind": kind,
                "origin": log.origin,
                "position": position,
                "at": time_text(at),
                "salt": secrets.token_hex(16),
                "school": log.school.name,
                "by": who(by) if by else {"id": None, "name": "the server's command line"},
            }
        )
    )
    return Entry(log=log, position=position, kind=kind, at=at, record=record, leaf_hash=merkle.leaf_hash(record))


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read in the block is of one moment, whatever is signed meanwhile.

    PostgreSQL's ordinary transaction sees in each query what was committed by then: rows without their entry, checkpoints
    beyond the last entry. SQLite's sees one moment; its writers wait.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def leaves(log: Log, *, size: int | None = None) -> list[bytes]:
    """The leaf hashes of the log in order, all or the first `size`."""
    entries = Entry.objects.filter(log=log).order_by("position").values_list("leaf_hash", flat=True)
    return [bytes(leaf) for leaf in (entries if size is None else entries.filter(position__lt=size))]


def checkpoint(*, school: School, at: dt.datetime) -> Checkpoint | None:
    """The signed checkpoint of the log as it stands; the same one again while nothing was added. None for an empty log."""
    with transaction.atomic():
        log = log_of(school)
        size = Entry.objects.filter(log=log).count()
        existing = Checkpoint.objects.filter(log=log, size=size).first()
        if existing is not None or not size:
            return existing
        hashes = leaves(log)
        signed = signed_note.sign(signed_note.Checkpoint(log.origin, len(hashes), merkle.root(hashes)), private_key())
        return Checkpoint.objects.create(log=log, size=len(hashes), note=signed, made_at=at)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a certificate carries: the record's bytes, the proof with its checkpoint, and the facts that are printed."""

    record: bytes
    proof: str
    checkpoint: str
    position: int
    size: int
    root: bytes
    key_id: str
    origin: str


def receipt(*, entry: Entry, at: dt.datetime) -> Receipt:
    """The proof that this entry is in the log, against the first checkpoint that covers it: always the same one.

    Raises ErasedRecordError if its record is gone, MissingKeyError if no checkpoint covers it yet and none can be signed.
    """
    if entry.record is None:
        raise ErasedRecordError(f"{entry.log}, position {entry.position}")
    covering_checkpoints = Checkpoint.objects.filter(log=entry.log_id, size__gt=entry.position).order_by("size")
    if not covering_checkpoints.exists():
        checkpoint(school=entry.log.school, at=at)
    # Asked anew: somebody else may have made a smaller one in the same moment.
    covering = covering_checkpoints[0]
    head, key_id = signed_note.read(covering.note)
    return Receipt(
        record=bytes(entry.record),
        proof=signed_note.proof(
            entry.position, merkle.inclusion_proof(entry.position, leaves(entry.log, size=covering.size)), covering.note
        ),
        checkpoint=covering.note,
        position=entry.position,
        size=covering.size,
        root=head.root,
        key_id=key_id,
        origin=head.origin,
    )
