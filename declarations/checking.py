"""Does the log still say what it said, and do the tables say what the log says? Each difference in words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from declarations import evidence, keyring
from declarations.actions import publishing, signing
from declarations.models import Checkpoint, Declaration, Entry, IssuedCertificate, Log, Permission, PolicyVersion, Role, Suspension
from declarations.rules import canonical, merkle, note, text

type Record = dict[str, Any]


@dataclass
class Reading:
    """What one pass over a log gathers: its leaf hashes, and the records that the tables must match."""

    leaves: list[bytes] = field(default_factory=list)
    # The position of each entry by its number in the database: rows name their entry by that.
    positions: dict[int, int] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    erased: set[int] = field(default_factory=set)
    # How many records of each kind were erased: so many rows may lack theirs.
    erased_kinds: Counter[str] = field(default_factory=Counter)

    def of(self, *kinds: str) -> Iterator[Record]:
        return (record for record in self.records.values() if record["kind"] in kinds)


def differences(*, log: Log) -> Iterator[str]:
    """Every difference between the log, its checkpoints and the tables, as a sentence that names the place; none is well."""
    reading = Reading()
    yield from read(log, reading)
    yield from check_checkpoints(log, reading)
    yield from check_declarations(log, reading)
    yield from check_policies(log, reading)
    yield from check_permissions(log, reading)
    yield from check_roles(log, reading)
    yield from check_suspensions(log, reading)
    yield from check_certificates(log, reading)


def read(log: Log, reading: Reading) -> Iterator[str]:
    before = None
    for expected, entry in enumerate(Entry.objects.filter(log=log).order_by("position").iterator(chunk_size=2000)):
        if entry.position != expected:
            yield f"position {expected}: missing (the next entry stands at {entry.position})"
            return
        reading.leaves.append(bytes(entry.leaf_hash))
        reading.positions[entry.pk] = expected
        if before is not None and entry.at < before:
            yield f"position {expected}: its time is before that of the entry in front of it"
        before = entry.at
        if entry.record is None:
            reading.erased.add(expected)
            reading.erased_kinds[entry.kind] += 1
            continue
        yield from check_record(log, entry, reading)
    announced = {record["erased"] for record in reading.of("record.erased")}
    for position in sorted(reading.erased - announced):
        yield f"position {position}: its record is gone, and no entry says that it was erased"
    for position in sorted(announced - reading.erased):
        yield f"position {position}: an entry says that it was erased, and its record is there"


def check_record(log: Log, entry: Entry, reading: Reading) -> Iterator[str]:
    where = f"position {entry.position}"
    stored = bytes(cast("bytes", entry.record))
    if merkle.leaf_hash(stored) != bytes(entry.leaf_hash):
        yield f"{where}: the record does not match its leaf hash"
    try:
        record = canonical.parse(stored)
    except canonical.NotCanonical as trouble:
        yield f"{where}: {trouble}"
        return
    if not isinstance(record, dict):
        yield f"{where}: not a record"
        return
    reading.records[entry.position] = record
    said = (record.get("origin"), record.get("position"), record.get("kind"), record.get("at"))
    if said != (log.origin, entry.position, entry.kind, evidence.time_text(entry.at)):
        yield f"{where}: the record says another origin, position, kind or time than its row"


def check_checkpoints(log: Log, reading: Reading) -> Iterator[str]:
    verifiers = keyring.public_keys([log])[log.origin]
    roots = Roots(reading.leaves)
    for size, signed in Checkpoint.objects.filter(log=log).order_by("size").values_list("size", "note").iterator(chunk_size=2000):
        where = f"checkpoint of size {size}"
        try:
            head = note.opened(signed, verifiers)
        except note.Untrue as trouble:
            yield f"{where}: {trouble}"
            continue
        if (head.origin, head.size) != (log.origin, size):
            yield f"{where}: its note speaks of another log or size"
        elif head.size > len(reading.leaves):
            yield f"{where}: the log is shorter than that, with {len(reading.leaves)} entries"
        elif roots.at(head.size) != head.root:
            yield f"{where}: an entry before it was changed since"


class Roots:
    """The roots of growing beginnings of a log, in one pass: full subtrees only, as many as the size has binary ones."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.size = 0
        self.subtrees: list[tuple[int, bytes]] = []

    def at(self, size: int) -> bytes:
        """The root of the first `size` leaves; sizes must not fall."""
        for leaf in self.leaves[self.size : size]:
            height, here = 0, leaf
            while self.subtrees and self.subtrees[-1][0] == height:
                here = merkle.node_hash(self.subtrees.pop()[1], here)
                height += 1
            self.subtrees.append((height, here))
        self.size = size
        if not self.subtrees:
            return merkle.EMPTY_ROOT
        root = self.subtrees[-1][1]
        for _height, left in reversed(self.subtrees[:-1]):
            root = merkle.node_hash(left, root)
        return root


def compare(where: str, record: Record | None, facts: Record, *, kind: str, reading: Reading) -> Iterator[str]:
    """What the log says of a row, against the row."""
    if record is None:
        if reading.erased_kinds[kind] > 0:
            reading.erased_kinds[kind] -= 1
        else:
            yield f"{where}: it is not in the log"
        return
    wanted = cast("Record", evidence.nfc(cast("canonical.Json", facts)))
    for name in sorted(name for name in wanted if record.get(name) != wanted[name]):
        yield f"{where}: the log (position {record['position']}) says another {name.replace('_', ' ')}"


def left_over(kind: str, records: Iterable[Record], key: str, known: Iterable[object]) -> Iterator[str]:
    seen = set(known)
    for record in records:
        if record[key] not in seen:
            yield f"position {record['position']}: {kind}, but the tables hold no such row ({key} {record[key]})"


def check_declarations(log: Log, reading: Reading) -> Iterator[str]:
    # The texts once, and not beside each of thousands of rows.
    versions = PolicyVersion.objects.in_bulk()
    known = []
    for row in Declaration.objects.filter(school=log.school_id).order_by("pk").iterator(chunk_size=500):
        known.append(row.reference)
        row.aup, row.leaflet = versions[row.aup_id], versions[row.leaflet_id]
        position = reading.positions.get(row.entry_id)
        if position in reading.erased:
            yield f"declaration {row.reference}: its record was erased, and the declaration is still there"
            continue
        record = None if position is None else reading.records.get(position)
        yield from compare(f"declaration {row.reference}", record, signing.facts_of(row), kind="declaration.signed", reading=reading)
    yield from left_over("a declaration was signed", reading.of("declaration.signed"), "reference", known)


def check_policies(log: Log, reading: Reading) -> Iterator[str]:
    logged = {record["policy"]: record for record in reading.of("policy.published")}
    rows = PolicyVersion.objects.published().filter(school=log.school_id)
    for row in rows:
        where = f"{row.get_document_display()} version {row.number}"
        yield from compare(where, logged.get(row.pk), publishing.facts_of(row), kind="policy.published", reading=reading)
        if text.sha256_of(row.body) != row.sha256:
            yield f"{where}: the text does not match its SHA-256"
    yield from left_over("a text was published", logged.values(), "policy", rows.values_list("pk", flat=True))


def check_permissions(log: Log, reading: Reading) -> Iterator[str]:
    by_kind: dict[str, dict[int, Record]] = {
        kind: {record["permission"]: record for record in reading.of(f"permission.{kind}")}
        for kind in ("asked", "approved", "declined", "withdrawn", "revoked")
    }
    rows = Permission.objects.filter(school=log.school_id).select_related("device")
    for row in rows.order_by("pk").iterator(chunk_size=500):
        where = f"permission {row.pk}"
        happened: dict[str, Record] = {"asked": {"by": row.asked_by_id, "reason": row.reason}}
        if row.approved is not None:
            happened["approved" if row.approved else "declined"] = {
                "by": row.decided_by_id,
                "until": evidence.day_text(row.until),
                "conditions": row.conditions,
                "note": row.decision_note,
            }
        if row.ended_because:
            happened[row.ended_because] = {"by": row.ended_by_id} | ({"note": row.ended_note} if row.ended_note else {})
        for kind, facts in happened.items():
            yield from compare(f"{where}, {kind}", by_number(by_kind[kind].get(row.pk)), facts, kind=f"permission.{kind}", reading=reading)
        for kind in by_kind.keys() - happened.keys():
            if row.pk in by_kind[kind]:
                yield f"position {by_kind[kind][row.pk]['position']}: {where} was {kind}, but its row does not say so"
    known = set(rows.values_list("pk", flat=True))
    for kind, records in by_kind.items():
        yield from left_over(f"a permission was {kind}", records.values(), "permission", known)


def by_number(record: Record | None) -> Record | None:
    """The record with the number of who did it in the place of number and name."""
    return record and record | {"by": record["by"]["id"]}


def check_roles(log: Log, reading: Reading) -> Iterator[str]:
    """Roles of the school's people; those of the trust's people stand in the log of every school that there was by then."""
    granted = {record["role"]: by_number(record) for record in reading.of("role.granted")}
    removed = {record["role"]: by_number(record) for record in reading.of("role.removed")}
    for role in Role.objects.filter(person__school=log.school_id).order_by("pk"):
        facts: Record = {"by": role.granted_by_id, "name": role.name, "ends_on": evidence.day_text(role.ends_on)}
        yield from compare(f"role {role.pk}", granted.get(role.pk), facts, kind="role.granted", reading=reading)
        if role.removed_at is not None:
            facts = {"by": role.removed_by_id}
            yield from compare(f"role {role.pk}, removed", removed.get(role.pk), facts, kind="role.removed", reading=reading)
        elif role.pk in removed:
            yield f"role {role.pk}: the log says that it was removed, and its row does not"
    known = set(Role.objects.values_list("pk", flat=True))
    yield from left_over("a role was granted", reading.of("role.granted"), "role", known)


def check_suspensions(log: Log, reading: Reading) -> Iterator[str]:
    suspended = {record["suspension"]: by_number(record) for record in reading.of("device.suspended")}
    lifted = {record["suspension"]: by_number(record) for record in reading.of("device.lifted")}
    rows = Suspension.objects.filter(device__school=log.school_id).order_by("pk")
    for row in rows:
        where = f"suspension {row.pk}"
        facts: Record = {"by": row.suspended_by_id}
        yield from compare(where, suspended.get(row.pk), facts, kind="device.suspended", reading=reading)
        if row.lifted_at is not None:
            facts = {"by": row.lifted_by_id}
            yield from compare(f"{where}, lifted", lifted.get(row.pk), facts, kind="device.lifted", reading=reading)
        elif row.pk in lifted:
            yield f"suspension {row.pk}: the log says that it was lifted, and its row does not"
    known = rows.values_list("pk", flat=True)
    yield from left_over("a device was suspended", reading.of("device.suspended"), "suspension", known)


def check_certificates(log: Log, reading: Reading) -> Iterator[str]:
    rows = list(IssuedCertificate.objects.filter(entry__log=log).values_list("sha256", "logged_as__position"))
    for sha256, position in rows:
        where = f"issued certificate {sha256}"
        yield from compare(where, reading.records.get(position), {"pdf_sha256": sha256}, kind="certificate.issued", reading=reading)
    known = [sha256 for sha256, _position in rows]
    yield from left_over("a certificate was issued", reading.of("certificate.issued"), "pdf_sha256", known)
