"""Erasure in the log: the record and its salt go, the leaf hash stays, and another entry says that it happened."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import cast

from declarations.evidence import canonical_json, log
from declarations.evidence.models import Entry
from declarations.organisation.models.school import School


def erase_records(entries: Iterable[Entry], *, reason: str, at: dt.datetime) -> None:
    """Empties these entries; one that is empty already is left out."""
    for entry in entries:
        # Salt and body go together, so that nobody can find the leaf hash again from a list of names.
        if Entry.objects.filter(pk=entry.pk, record__isnull=False).update(record=None):
            facts: dict[str, canonical_json.Json] = {"erased": entry.position, "reason": reason}
            log.append(school=entry.log.school, kind="record.erased", at=at, by=None, facts=facts)


def erase_records_of(key: str, numbers: Collection[int], *, school: School | None, at: dt.datetime) -> None:
    """Empties what the log says of rows that are disposed of: their numbers stand below this key of the records."""
    entries = Entry.objects.filter(log__school=school, kind__startswith=f"{key}.", record__isnull=False)
    old = []
    for entry in entries.select_related("log__school").order_by("position"):
        record = cast("dict[str, object]", canonical_json.parse(bytes(cast("bytes", entry.record))))
        if record.get(key) in numbers:
            old.append(entry)
    erase_records(old, reason="retention", at=at)
