"""The evidence log's records about one person."""

from typing import Any, cast

from declarations.evidence import canonical_json
from declarations.evidence.models import Entry
from declarations.organisation.models.person import Person
from declarations.privacy import personal_data
from declarations.privacy.erasure import positions_about
from declarations.privacy.subject_access.free_text import FreeText
from declarations.privacy.subject_access.kinds import is_about
from declarations.privacy.subject_access.other_people import OtherPeople

# Keys that mean something else in a record than in a table: the person's own name and title, and what they signed word for word.
FIXED = frozenset({"name", "title", "statement"})


def log_entries(person: Person, others: OtherPeople) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The log's records about them; where nobody else stands in one, its exact bytes too, which the leaf hash proves.

    Of what they did to others, or for the school: which kind, and when.
    """
    rows, files = [], {}
    signed = Entry.objects.filter(declaration__person=person)
    references = set(signed.values_list("declaration__reference", flat=True))
    issues = Entry.objects.filter(issue__entry__declaration__person=person, record__isnull=False).select_related("log__school")
    entries = {entry.pk: entry for entry in [*positions_about(person), *issues]}
    free_keys = keys_of_free_text()
    for entry in sorted(entries.values(), key=lambda entry: (entry.log.school_id, entry.position)):
        stored = bytes(cast("bytes", entry.record))
        record = cast("dict[str, canonical_json.Json]", canonical_json.parse(stored))
        row: dict[str, Any] = {
            "log": entry.log.origin,
            "position": entry.position,
            "kind": entry.kind,
            "at": entry.at,
            "leaf_hash": bytes(entry.leaf_hash).hex(),
        }
        if is_about(record, person, references=references):
            shown = others.in_record(record)
            row["record"] = mark(shown, free_keys)
            if shown == record:
                files[f"log/{entry.log.school.slug}-{entry.position}.json"] = stored
        rows.append(row)
    return rows, files


def keys_of_free_text() -> frozenset[str]:
    """Keys of a record below which somebody typed freely: they are named as the fields of the tables are, but for a decision's note."""
    return frozenset({"note", *(name for data in personal_data.declared().values() for name in data.free_text)} - FIXED)


def mark(value: Any, free_keys: frozenset[str], key: str = "") -> Any:
    """The value with its free texts marked."""
    match value:
        case str() if value and key in free_keys:
            return FreeText(value)
        case dict():
            return {name: mark(item, free_keys, name) for name, item in value.items()}
        case list():
            return [mark(item, free_keys, key) for item in value]
    return value
