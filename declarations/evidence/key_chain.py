"""The public keys of a log, as its own entries say them: the first, and each later one signed by the one before it."""

from collections.abc import Mapping
from typing import Any, cast

from declarations.evidence import canonical_json, signed_note
from declarations.evidence.models import Entry, Log
from declarations.evidence.signed_note import Verifier

KEY_KINDS = ("log.genesis", "key.rotated")


def key_chain(log: Log) -> list[tuple[int, Verifier]]:
    """Each key of the log with the position of the entry that brings it, oldest first; one that does not hold is left out."""
    chain: list[tuple[int, Verifier]] = []
    entries = Entry.objects.filter(log=log, kind__in=KEY_KINDS, record__isnull=False).order_by("position")
    for position, record in entries.values_list("position", "record"):
        try:
            facts = cast("dict[str, Any]", canonical_json.parse(bytes(cast("bytes", record))))
            old = chain[-1][1] if chain else None
            if not trouble_with(facts, origin=log.origin, old=old):
                chain.append((position, signed_note.verifier_of_line(facts["key"] if old is None else facts["new"])))
        except (canonical_json.NotCanonicalError, LookupError, TypeError, AttributeError):
            continue  # Somebody changed it: the check names the place, and the log can still be exported.
    return chain


def public_keys(log: Log) -> list[Verifier]:
    """The keys of the log, oldest first."""
    return [key for _position, key in key_chain(log)]


def rotation_text(origin: str, old: Verifier, new: Verifier) -> bytes:
    """What both keys sign when one takes over from the other."""
    return f"{old.line()}\n{new.line()}\n{origin}\n".encode()


def trouble_with(record: Mapping[str, Any], *, origin: str, old: Verifier | None) -> str:
    """What is wrong with the record of a first key (`old=None`) or of a change of keys; "" if nothing is."""
    if (record["kind"] == "log.genesis") != (old is None):
        return "a log has one first key, and only later others"
    try:
        new = signed_note.verifier_of_line(record["key"] if old is None else record["new"])
        if new.name != origin:
            return "the key is another log's"
        if old is not None:
            if record["old"] != old.line():
                return "the new key follows another key than the log's"
            text = rotation_text(origin, old, new)
            old.check(signed_note.unbase64(record["old_signature"]), text)
            new.check(signed_note.unbase64(record["new_signature"]), text)
    except signed_note.InvalidNoteError as error:
        return f"the key does not hold: {error}"
    return ""
