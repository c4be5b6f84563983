"""Does a log still extend what was signed of it? Its entries' signatures, and what is kept of it beside the key."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from declarations.evidence import canonical_json, kept, merkle, signed_note
from declarations.evidence.kept import KeptCheckpoint
from declarations.evidence.key_chain import key_chain
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.evidence.signed_note import InvalidNoteError, Verifier

SIGNED_FROM_KINDS = ("log.genesis", "log.signed")
type Chain = list[tuple[int, Verifier]]


def chain_of(log: Log, own: Ed25519PrivateKey) -> Chain:
    """The log's keys with their positions; none if the server's own is not among them: then they are somebody else's."""
    chain = key_chain(log)
    return chain if signed_note.verifier_of(log.origin, own) in [key for _position, key in chain] else []


def signed_from(log: Log) -> int | None:
    """The position from which on each entry is signed, as the log itself says it; None for a log from before that."""
    for position, record in (
        Entry.objects.filter(log=log, kind__in=SIGNED_FROM_KINDS, record__isnull=False)
        .order_by("position")
        .values_list("position", "record")
    ):
        try:
            facts = canonical_json.parse(bytes(record or b""))
        except canonical_json.NotCanonicalError:
            continue  # The check names it.
        if isinstance(facts, dict) and facts.get("signed_from") == position:
            return int(position)
    return None


def unsigned(log: Log, chain: Chain, *, start: int = 0) -> Iterator[str]:
    """Entries from `start` on that lack the signature of the log's key of their time, each in words."""
    begins = signed_from(log)
    bounds = [*chain, (2**53, chain[-1][1])] if chain else []
    for (_at, key), (until, _next) in pairwise(bounds):
        # A key signs up to the entry that brings the next one, that entry too.
        entries = Entry.objects.filter(log=log, position__gte=start, position__lte=until).order_by("position")
        for position, leaf_hash, signature in entries.values_list("position", "leaf_hash", "signature").iterator(chunk_size=2000):
            if signature is None and (begins is None or position < begins):
                continue
            if not key.signed(bytes(signature or b""), signed_note.entry_text(log.origin, position, bytes(leaf_hash))):
                yield f"position {position}: the entry does not bear the signature of the log's key"
        start = max(start, until + 1)


def departures(log: Log, leaves: Sequence[bytes], chain: Chain) -> Iterator[str]:
    """How the log departs from what is kept of it beside the key, each in words; none is well.

    The consistency proof of RFC 9162, 2.1.4, with the whole log at hand: the root of its beginning is worked out anew.
    """
    try:
        checkpoint, entry = kept.of(log.origin)
    except (OSError, ValueError) as error:
        yield f"what is kept beside the key cannot be read: {error}"
        return
    if checkpoint is not None:
        yield from departs_from_checkpoint(log, leaves, chain, checkpoint)
    elif (begins := signed_from(log)) is not None and Checkpoint.objects.filter(log=log, size__gt=begins).exists():
        yield "its newest checkpoint is not kept beside the key"
    if entry is not None and leaves[entry[0] : entry[0] + 1] != [entry[1]]:
        yield f"position {entry[0]}: the entry that was appended last is gone or changed: the log was cut off, or went back"


def departs_from_checkpoint(log: Log, leaves: Sequence[bytes], chain: Chain, checkpoint: KeptCheckpoint) -> Iterator[str]:
    note, count, is_coming = checkpoint
    try:
        head = signed_note.opened(note, [key for _position, key in chain])
    except InvalidNoteError as error:
        yield f"the checkpoint that is kept beside the key does not hold: {error}"
        return
    if len(leaves) < head.size:
        yield f"the log went back: a checkpoint over {head.size} entries is kept beside the key, and here are {len(leaves)}"
    elif merkle.root(leaves[: head.size]) != head.root:
        yield f"the first {head.size} entries are not those of the checkpoint that is kept beside the key"
    rows = Checkpoint.objects.filter(log=log, size__lte=head.size)
    there, notes = rows.count(), list(rows.filter(size=head.size).values_list("note", flat=True))
    # A coming one may be missing: the database gets it a moment later, or the server fell over in that moment.
    if (there, notes) != (count, [note]) and not (is_coming and (there, notes) == (count - 1, [])):
        yield f"checkpoints are missing, changed or made up: up to size {head.size} there were {count}"
    oldest_unsigned = Entry.objects.filter(log=log, position__gte=head.size, signature__isnull=True).order_by("position").first()
    if oldest_unsigned is not None and signed_from(log) is None:
        yield f"position {oldest_unsigned.position}: added without a signature"


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read in the block is of one moment, whatever is signed meanwhile.

    PostgreSQL's ordinary transaction sees in each query what was committed by then: rows without their entry, checkpoints
    beyond the last entry. SQLite's sees one moment; its writers wait.
    """
    outermost = not connection.in_atomic_block
    with kept.as_of_now(), transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
