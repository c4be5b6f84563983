"""The check of a log against itself, its checkpoints and the tables; what each room says of its tables is registered."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import cast

from declarations.evidence import canonical_json
from declarations.evidence import log as evidence
from declarations.evidence.models import Log
from declarations.evidence.scan import PEOPLE, Reading, Record, check_checkpoints, check_keys, read
from declarations.organisation.models.school import School
from declarations.web import registry


def differences(*, log: Log) -> Iterator[str]:
    """Every difference between the log, its checkpoints and the tables, as a sentence that names the place; none is well."""
    reading = Reading()
    yield from read(log, reading)
    yield from check_keys(log, reading)
    yield from check_checkpoints(log, reading)
    for check in registry.every(lambda capability: capability.reconcile):
        yield from check(log, reading)


def compare(
    where: str, record: Record | None, facts: Record, *, kind: str, reading: Reading, at: dt.datetime | None = None
) -> Iterator[str]:
    """What the log says of a row, against the row; `at` is when the row says that it happened."""
    if record is None:
        if reading.erased_kinds[kind] > 0:
            reading.erased_kinds[kind] -= 1
        else:
            yield f"{where}: it is not in the log"
        return
    wanted = cast("Record", evidence.nfc(cast("canonical_json.Json", facts)))
    for name in sorted(name for name in wanted if record.get(name) != wanted[name]):
        yield f"{where}: the log (position {record['position']}) says another {name.replace('_', ' ')}"
    if at is not None and not reading.says_when(record, at):
        yield f"{where}: the log (position {record['position']}) says another time"


def left_over(event: str, records: Iterable[Record], key: str, known: Iterable[object]) -> Iterator[str]:
    """Records of rows that are not there; `known` are the keys of the rows that are."""
    rows = set(known)
    for record in records:
        if record[key] not in rows:
            yield f"position {record['position']}: {event}, but the tables hold no such row ({key} {record[key]})"


def by_number(record: Record | None) -> Record | None:
    """The record with people's numbers in the place of number and name."""
    return record and record | {name: record[name]["id"] for name in PEOPLE if isinstance(record.get(name), dict)}


def without_log(*, school: School) -> Iterator[str]:
    """What is wrong with a school that has no log: nothing, unless something was done that a log would record."""
    if any(is_logged(school) for is_logged in registry.every(lambda capability: capability.needs_log)):
        yield "there is no evidence log, although texts were published or roles granted"
