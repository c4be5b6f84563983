"""One pass over a log: is every record what its hash, its keys and its checkpoints say? Each difference in words."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from declarations.evidence import canonical_json, key_chain, kinds, merkle, signed_note
from declarations.evidence import log as evidence
from declarations.evidence.models import Checkpoint, Entry, Log

type Record = dict[str, Any]

# The keys of a record below which a person stands, with number and name.
PEOPLE = ("by", "person", "owner")


@dataclass
class LogContents:
    """What one pass over a log gathers: its leaf hashes, and the records that the tables must match."""

    leaves: list[bytes] = field(default_factory=list)
    times: list[dt.datetime] = field(default_factory=list)
    # The position of each entry by its number in the database: rows name their entry by that.
    positions: dict[int, int] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    keys: list[signed_note.Verifier] = field(default_factory=list)
    erased: set[int] = field(default_factory=set)
    # How many records of each kind were erased: so many rows may lack theirs.
    erased_kinds: Counter[str] = field(default_factory=Counter)
    # What a record of each kind must have; one that has it not is named, and not looked at further.
    needs: dict[str, Mapping[str, type]] = field(default_factory=kinds.needs)

    def of(self, *names: str) -> Iterator[Record]:
        """The records of these kinds, in the order of the log."""
        return (record for record in self.records.values() if record["kind"] in names)

    def says_when(self, record: Record, at: dt.datetime) -> bool:
        """Whether a row of this moment has this record; where the clock lagged, the row may say what it said, or later."""
        moment = evidence.time_text(at)
        clock: str = record.get("clock") or record["at"]
        return clock <= moment <= str(record["at"])


def read(log: Log, contents: LogContents) -> Iterator[str]:
    before = None
    for expected, entry in enumerate(Entry.objects.filter(log=log).order_by("position").iterator(chunk_size=2000)):
        if entry.position != expected:
            yield f"position {expected}: missing (the next entry stands at {entry.position})"
            return
        contents.leaves.append(bytes(entry.leaf_hash))
        contents.positions[entry.pk] = expected
        contents.times.append(entry.at)
        if before is not None and entry.at < before:
            yield f"position {expected}: its time is before that of the entry in front of it"
        before = entry.at
        if entry.record is None:
            contents.erased.add(expected)
            contents.erased_kinds[entry.kind] += 1
            continue
        yield from check_record(log, entry, contents)
    announced = {record["erased"] for record in contents.of("record.erased")}
    for position in sorted(contents.erased - announced):
        yield f"position {position}: its record is gone, and no entry says that it was erased"
    for position in sorted(announced - contents.erased):
        yield f"position {position}: an entry says that it was erased, and its record is there"


def check_record(log: Log, entry: Entry, contents: LogContents) -> Iterator[str]:
    where = f"position {entry.position}"
    stored = bytes(cast("bytes", entry.record))
    if merkle.leaf_hash(stored) != bytes(entry.leaf_hash):
        yield f"{where}: the record does not match its leaf hash"
    try:
        record = canonical_json.parse(stored)
    except canonical_json.NotCanonicalError as error:
        yield f"{where}: {error}"
        return
    if not isinstance(record, dict):
        yield f"{where}: not a record"
        return
    claims = (record.get("origin"), record.get("position"), record.get("kind"), record.get("at"))
    if claims != (log.origin, entry.position, entry.kind, evidence.time_text(entry.at)):
        yield f"{where}: the record says another origin, position, kind or time than its row"
    elif not is_complete(record, contents):
        yield f"{where}: the record lacks what every {entry.kind} has"
    else:
        contents.records[entry.position] = record


def is_complete(record: Record, contents: LogContents) -> bool:
    needed = {"by": dict, **contents.needs.get(record["kind"], {})}
    people = [record[name] for name in PEOPLE if isinstance(record.get(name), dict)]
    return (
        isinstance(record.get("clock", ""), str)
        and all(isinstance(record.get(name), needed_type) for name, needed_type in needed.items())
        and all("id" in person for person in people)
    )


def check_keys(log: Log, contents: LogContents) -> Iterator[str]:
    for record in contents.of(*key_chain.KEY_KINDS):
        old = contents.keys[-1] if contents.keys else None
        error = key_chain.trouble_with(record, origin=log.origin, old=old)
        if error:
            yield f"position {record['position']}: {error}"
        else:
            contents.keys.append(signed_note.verifier_of_line(record["key"] if old is None else record["new"]))
    try:
        own = signed_note.verifier_of(log.origin, evidence.private_key())
    except evidence.MissingKeyError:
        return  # The check may run where no key is.
    if contents.keys[-1:] != [own]:
        yield "the key file holds another key than the log's newest: checkpoints made with it will not be believed"


def check_checkpoints(log: Log, contents: LogContents) -> Iterator[str]:
    verifiers = contents.keys
    roots = merkle.Roots(contents.leaves)
    for checkpoint in Checkpoint.objects.filter(log=log).order_by("size").iterator(chunk_size=2000):
        where = f"checkpoint of size {checkpoint.size}"
        try:
            head = signed_note.opened(checkpoint.note, verifiers)
        except signed_note.InvalidNoteError as error:
            yield f"{where}: {error}"
            continue
        if (head.origin, head.size) != (log.origin, checkpoint.size):
            yield f"{where}: its note speaks of another log or size"
        elif head.size > len(contents.leaves):
            yield f"{where}: the log is shorter than that, with {len(contents.leaves)} entries"
        elif roots.at(head.size) != head.root:
            yield f"{where}: an entry before it was changed since"
