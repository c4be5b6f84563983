"""The check of a log against itself, its checkpoints and the tables; what each room says of its tables is registered."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import connection
from django.db.models import Case, CheckConstraint, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from declarations.evidence import canonical_json, consistency
from declarations.evidence import log as evidence
from declarations.evidence.key_chain import key_chain
from declarations.evidence.models import Checkpoint, Log
from declarations.evidence.scan import PEOPLE, LogContents, Record, check_checkpoints, check_keys, read
from declarations.organisation.models.school import School
from declarations.web import registry

# What two clocks, or a page that was open, may be apart; a day must not be.
TOLERANCE = dt.timedelta(minutes=10)


def differences(*, log: Log) -> Iterator[str]:
    """Every difference between the log, its checkpoints and the tables, as a sentence that names the place; none is well."""
    contents = LogContents()
    yield from read(log, contents)
    yield from check_keys(log, contents)
    yield from check_checkpoints(log, contents)
    chain = key_chain(log)
    yield from consistency.unsigned(log, chain)
    yield from consistency.departures(log, contents.leaves, chain)
    yield from check_times(log, contents)
    for check in registry.every(lambda capability: capability.reconcile):
        yield from check(log, contents)


def impossible_rows() -> Iterator[str]:
    """Rows of ours that no constraint would let in: the owner of the database can take one away, change a row, and put it back."""
    with connection.cursor() as cursor:
        for name, sql, parameters in impossible_queries(connection.vendor):
            cursor.execute(sql, parameters)
            for pk, constraint in cursor.fetchall():
                yield f"{name} {pk}: no row can be so ({constraint})"


@cache
def impossible_queries(vendor: str) -> list[tuple[str, str, tuple[Any, ...]]]:  # noqa: ARG001  # each database has its own SQL
    """What a row is called, and the query for number and constraint, of each table that has any; put together once."""
    queries = []
    for model in apps.get_app_config("declarations").get_models():
        about = model._meta  # noqa: SLF001  # Django documents it
        checks = [constraint for constraint in about.constraints if isinstance(constraint, CheckConstraint)]
        if checks:
            # Where a condition is neither true nor false, SQL lets the row in.
            broken = [When(Exact(Coalesce(check.condition, Value(True)), Value(False)), then=Value(check.name)) for check in checks]  # noqa: FBT003
            rows = model.objects.annotate(broken_constraint=Case(*broken, default=Value(""))).exclude(broken_constraint="")  # type: ignore[attr-defined]
            query = rows.order_by("pk").values_list("pk", "broken_constraint").query
            queries.append((str(about.verbose_name), *query.sql_with_params()))
    return queries


def check_times(log: Log, contents: LogContents) -> Iterator[str]:
    """What was claimed, against when it was recorded: clocks that lagged, and checkpoints between the entries around them."""
    for position, record in contents.records.items():
        if "clock" in record and is_apart(record["clock"], record["at"]):
            yield f"position {position}: it claims {record['clock']}, and was recorded at {record['at']}"
    for size, made_at in Checkpoint.objects.filter(log=log, size__lte=len(contents.times)).order_by("size").values_list("size", "made_at"):
        after = contents.times[size] if size < len(contents.times) else made_at
        if not contents.times[size - 1] - TOLERANCE <= made_at <= after + TOLERANCE:
            yield f"checkpoint of size {size}: it says that it was made at {made_at:%Y-%m-%d %H:%M}, and its entries say another time"


def is_apart(claimed: str, recorded: str) -> bool:
    """Whether two moments, as records hold them, are further apart than two clocks may be."""
    try:
        return abs(dt.datetime.fromisoformat(claimed) - dt.datetime.fromisoformat(recorded)) > TOLERANCE
    except (ValueError, TypeError):
        return True


def compare(
    where: str, record: Record | None, facts: Record, *, kind: str, contents: LogContents, at: dt.datetime | None = None
) -> Iterator[str]:
    """What the log says of a row, against the row; `at` is when the row says that it happened."""
    if record is None:
        if contents.erased_kinds[kind] > 0:
            contents.erased_kinds[kind] -= 1
        else:
            yield f"{where}: it is not in the log"
        return
    for name in differing(record, facts):
        yield f"{where}: the log (position {record['position']}) says another {name.replace('_', ' ')}"
    if at is not None and not contents.says_when(record, at):
        yield f"{where}: the log (position {record['position']}) says another time"


def differing(record: Record, facts: Record) -> list[str]:
    """Which of these facts the record says otherwise."""
    wanted = cast("Record", evidence.nfc(cast("canonical_json.Json", facts)))
    return sorted(name for name in wanted if record.get(name) != wanted[name])


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens to the rows of a table, and what the log says of it: the first makes a row."""

    kind: str
    word: str  # what became of the row
    at: Callable[[Any], dt.datetime | None]  # when, as the row says it; None if it did not happen
    facts: Callable[[Any], Record]  # what the row says, people by their number


def check_rows(name: str, key: str, rows: Iterable[Any], contents: LogContents, *happenings: Happening) -> Iterator[str]:
    """A table against the log, both ways; `name` is what a row is called, `key` where the records have its number."""
    logged = {happening.kind: {record[key]: by_number(record) for record in contents.of(happening.kind)} for happening in happenings}
    known = []
    for row in rows:
        known.append(row.pk)
        for number, happening in enumerate(happenings):
            record, at = logged[happening.kind].get(row.pk), happening.at(row)
            if at is not None:
                where = f"{name} {row.pk}, {happening.word}" if number else f"{name} {row.pk}"
                yield from compare(where, record, happening.facts(row), kind=happening.kind, contents=contents, at=at)
            elif record is not None:
                yield f"{name} {row.pk}: the log says that it was {happening.word}, and its row does not"
    for happening in happenings:
        yield from left_over(f"{name}, {happening.word}", contents.of(happening.kind), key, known)


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
