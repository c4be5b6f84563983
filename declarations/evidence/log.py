"""The evidence log of a school: append an entry, make a checkpoint, prove an entry, read it back.

Every action appends inside its own transaction, as the last thing that it does: under one lock for each school, so that
positions have no gaps and no two actions wait for each other crosswise.
"""

import datetime as dt
import logging
import secrets
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.db import connection, transaction

from declarations.common.errors import NotReadyError
from declarations.evidence import canonical_json, consistency, kept, kinds, merkle, signed_note
from declarations.evidence.canonical_json import Json
from declarations.evidence.key_chain import public_keys
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

VERSION = 1
logger = logging.getLogger(__name__)


class MissingKeyError(NotReadyError):
    """There is no usable evidence key; the message says the mend."""


class BrokenLogError(NotReadyError):
    """The log is not what was signed of it, so nothing more of it is signed; the message says where it departs."""


class ErasedRecordError(LookupError):
    """The record was erased under retention or on request."""


def private_key() -> Ed25519PrivateKey:
    """The deployment's signing key, read from the file that the environment names. Raises MissingKeyError."""
    path = Path(settings.EVIDENCE_KEY_FILE)
    try:
        facts = path.stat()
    except OSError:
        return read_key(path)  # which says the mend
    return read_once(path, facts.st_ino, facts.st_mtime_ns)


@lru_cache(maxsize=2)
def read_once(path: Path, *_which: int) -> Ed25519PrivateKey:
    """The key in this very file; one that was put in its place is another."""
    return read_key(path)


def read_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise MissingKeyError(f"{path}: no evidence key there. Make one: manage.py evidence_key create") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise MissingKeyError(f"{path} holds another kind of key: evidence is signed with Ed25519.")
    return key


def check_key(log: Log) -> None:
    """Raises MissingKeyError unless the server's key is there, and is the log's newest: nobody believes what another signs."""
    key = private_key()
    newest = newest_key(log.pk, log.origin, key)
    if newest == signed_note.verifier_of(log.origin, key):
        return
    newest_key.cache_clear()  # The log's key may be put back, or the change of keys be finished.
    if newest is not None:
        raise MissingKeyError(
            f"{settings.EVIDENCE_KEY_FILE} holds another key than the log {log.origin} is signed with. Put that one back from the backup; "
            "or, if a change of keys was interrupted: manage.py evidence_key rotate"
        )


@lru_cache(maxsize=256)
def newest_key(log: int, origin: str, _own: Ed25519PrivateKey) -> signed_note.Verifier | None:
    """The newest key of the log, None before its first entry: it takes a look at every entry, so once for each key of the server."""
    return next(reversed(public_keys(Log(pk=log, origin=origin))), None)


def refusal(log: Log) -> str:
    """Why nothing of the log is signed at the moment, in words; "" if nothing is in the way."""
    try:
        check_key(log)
    except MissingKeyError as error:
        return str(error)
    return kept.refusal(log.origin)


def time_text(at: dt.datetime) -> str:
    """A moment as records hold it: UTC, six digits, Z."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moments(**at: dt.datetime | None) -> dict[str, Json]:
    """Moments under their names, as records hold them; None stays None."""
    return {name: time_text(moment) if moment else None for name, moment in at.items()}


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
    what a clock that lagged said stands in the record beside it, as `clock`. Raises ValueError for a kind that no room registered,
    MissingKeyError without the log's key: no entry goes unsigned.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An entry is appended inside the transaction of what it tells of.")
    if kind not in kinds.registered():
        raise ValueError(f"No room registered the kind of entry “{kind}” in its log_records.py.")
    log = log_of(school)
    last = Entry.objects.filter(log=log).order_by("-position").only("position", "kind", "at", "signature").first() or begin(log, at)
    if last.signature is None and not Entry.objects.filter(log=log, signature__isnull=False).exists():
        last = begin_signing(log, at=max(at, last.at))
    if last.kind == "key.rotated":
        newest_key.cache_clear()
    check_key(log)
    lagged: dict[str, Json] = {"clock": time_text(at)} if at < last.at else {}
    return write(log, position=last.position + 1, kind=kind, at=max(at, last.at), by=by, facts={**facts, **lagged})


def append_about(*, school: School | None, kind: str, at: dt.datetime, by: Person | None, facts: Mapping[str, Json]) -> None:
    """One more entry in the school's log, or, for what concerns the trust and so every school, in each of them."""
    for each_school in [school] if school else School.objects.order_by("pk"):
        append(school=each_school, kind=kind, at=at, by=by, facts=facts)


def begin(log: Log, at: dt.datetime) -> Entry:
    """The first entry of a log: the key that signs it, and that each entry is signed."""
    key = signed_note.verifier_of(log.origin, private_key()).line()
    return write(log, position=0, kind="log.genesis", at=at, by=None, facts={"key": key, "signed_from": 0})


def begin_signing(log: Log, *, at: dt.datetime) -> Entry:
    """Where signatures begin in a log from before each entry had one, with the root over all that came before."""
    before = leaves(log)
    facts: dict[str, Json] = {"signed_from": len(before), "root": merkle.root(before).hex()}
    return write(log, position=len(before), kind="log.signed", at=at, by=None, facts=facts)


def who(person: Person) -> Json:
    """A person as records name them: the number that stays, and the name as it was."""
    return {"id": person.pk, "name": person.full_name}


def day_text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def write(log: Log, *, position: int, kind: str, at: dt.datetime, by: Person | None, facts: Mapping[str, Json]) -> Entry:
    entry = new_entry(log, position=position, kind=kind, at=at, by=by, facts=facts)
    entry.save(force_insert=True)
    # Only what is in the database for good; if it cannot be kept, that is logged, and the next checkpoint cannot be kept either.
    transaction.on_commit(lambda: kept.keep_entry(log.origin, position, bytes(entry.leaf_hash)), robust=True)
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
    leaf_hash = merkle.leaf_hash(record)
    signature = private_key().sign(signed_note.entry_text(log.origin, position, leaf_hash))
    return Entry(log=log, position=position, kind=kind, at=at, record=record, leaf_hash=leaf_hash, signature=signature)


def leaves(log: Log, *, size: int | None = None) -> list[bytes]:
    """The leaf hashes of the log in order, all or the first `size`."""
    entries = Entry.objects.filter(log=log).order_by("position").values_list("leaf_hash", flat=True)
    return [bytes(leaf) for leaf in (entries if size is None else entries.filter(position__lt=size))]


def checkpoint(*, school: School, at: dt.datetime) -> Checkpoint | None:
    """The signed checkpoint of the log as it stands; the same one again while nothing was added. None for an empty log.

    It is kept beside the key before it counts. Never inside another transaction: what it covers must be in the database for good.
    Each time the log is checked against what is kept, also if nothing was added.
    Raises MissingKeyError, and BrokenLogError if the log does not extend what was signed of it.
    """
    try:
        with transaction.atomic(durable=True):
            log = log_of(school)
            lost = put_back_coming(log)
            newest = lost or (newest_checkpoint(log, at=at) if Entry.objects.filter(log=log).exists() else None)
        if newest is not None:
            kept.settle(log.origin, newest.note)
        # One at a time, so that no more than one is ever missing.
        return checkpoint(school=school, at=at) if lost else newest
    except BrokenLogError as broken:
        logger.critical("Evidence: nothing more is signed of the log of %s: %s", school.slug, broken)
        with suppress(OSError):  # the folder itself may be what is wrong
            kept.refuse(log.origin, str(broken))
        raise
    except OSError as error:
        raise MissingKeyError(f"Checkpoints cannot be kept in {settings.EVIDENCE_CHECKPOINTS_DIR}: {error.strerror}") from error


def newest_checkpoint(log: Log, *, at: dt.datetime) -> Checkpoint:
    """The checkpoint over all that is in the log, made if it is not there, and kept. Raises BrokenLogError."""
    head = checked_head(log)
    newest = Checkpoint.objects.filter(log=log, size=head.size).first()
    if newest is None:
        newest = Checkpoint.objects.create(log=log, size=head.size, note=signed_note.sign(head, private_key()), made_at=at)
    elif verified(newest, log) != head:
        raise BrokenLogError(f"the checkpoint over {head.size} entries speaks of others")
    kept.keep_checkpoint(log.origin, newest.note, count=log.checkpoints.count())
    return newest


def put_back_coming(log: Log) -> Checkpoint | None:
    """Puts the checkpoint that was signed and kept, just before the server fell over, into the database; None if it is there.

    Raises BrokenLogError if the log does not extend it, or lacks anything else.
    """
    covered = None
    with suppress(OSError, ValueError):  # what cannot be read is named with the rest
        covered = kept.checkpoint(log.origin)
    if covered is None or not covered[2]:
        return None
    checked_head(log)
    size = signed_note.read(covered[0])[0].size
    if Checkpoint.objects.filter(log=log, size=size).exists():
        return None
    # When it was made was lost with the row: not before its last entry.
    return Checkpoint.objects.create(log=log, size=size, note=covered[0], made_at=Entry.objects.get(log=log, position=size - 1).at)


def checked_head(log: Log) -> signed_note.Checkpoint:
    """Size and root of a log that extends what was signed of it. Raises BrokenLogError."""
    hashes, chain = leaves(log), consistency.chain_of(log, private_key())
    if not chain:
        raise BrokenLogError("the log is signed with another key than the server's")
    for departure in consistency.departures(log, hashes, chain):
        raise BrokenLogError(departure)
    covered = kept.checkpoint(log.origin)
    start = signed_note.read(covered[0])[0].size if covered else 0
    for departure in consistency.unsigned(log, chain, start=start):
        raise BrokenLogError(departure)
    return signed_note.Checkpoint(log.origin, len(hashes), merkle.root(hashes))


def verified(checkpoint: Checkpoint, log: Log) -> signed_note.Checkpoint:
    """What a checkpoint says, if the log's key signed it. Raises BrokenLogError."""
    try:
        return signed_note.opened(checkpoint.note, public_keys(log))
    except signed_note.InvalidNoteError as error:
        raise BrokenLogError(f"checkpoint of size {checkpoint.size}: {error}") from error
