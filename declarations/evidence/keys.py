"""The keys of the evidence logs: made, shown and changed; the private one lives in a file outside the database."""

import base64
import datetime as dt
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import transaction

from declarations.evidence import canonical_json, signed_note
from declarations.evidence import log as evidence
from declarations.evidence.models import Entry, Log

DEMO_MARK = b"# demo key: it proves nothing\n"
KEY_KINDS = ("log.genesis", "key.rotated")


def make(path: Path, *, demo: bool = False) -> Ed25519PrivateKey:
    """A new private key in a new file, for its owner's eyes only (mode 0600). Raises FileExistsError."""
    private = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(DEMO_MARK if demo else b"")
        file.write(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    return private


def public_keys(logs: Iterable[Log]) -> dict[str, list[signed_note.Verifier]]:
    """The keys that each log says it is signed with, by origin, oldest first."""
    verifiers: dict[str, list[signed_note.Verifier]] = {log.origin: [] for log in logs}
    entries = Entry.objects.filter(log__origin__in=verifiers, kind__in=KEY_KINDS, record__isnull=False)
    for origin, record in entries.order_by("log", "position").values_list("log__origin", "record"):
        try:
            facts = cast("dict[str, str]", canonical_json.parse(bytes(cast("bytes", record))))
            line = facts["key"] if facts["kind"] == "log.genesis" else facts["new"]
            verifiers[origin].append(signed_note.verifier_of_line(line))
        except (canonical_json.NotCanonicalError, signed_note.InvalidNoteError, LookupError, TypeError, AttributeError):
            continue  # Somebody changed it: the check names the place, and the log can still be exported.
    return verifiers


def key_file() -> str:
    """What the well-known address serves: every log's public keys, a line each, as `aup_verify.py --key` reads them."""
    lines = [
        "# Public keys of the evidence logs kept on this server: origin+id+key, oldest first.",
        "# Keep a copy elsewhere: whoever owns this server could change this page, but not your copy.",
    ]
    for verifiers in public_keys(Log.objects.order_by("origin")).values():
        lines += [verifier.line() for verifier in verifiers]
    return "\n".join(lines) + "\n"


def rotate(path: Path, *, at: dt.datetime) -> int:
    """Puts a new key in the place of the old one, with an entry in each log that both sign; in how many logs.

    Interrupted, it is finished by being run again: the new key waits in `<path>.new` until every log knows it.
    Raises evidence.MissingKeyError.
    """
    old = evidence.private_key()
    waiting = path.with_name(path.name + ".new")
    new = evidence.read_key(waiting) if waiting.exists() else make(waiting)
    with transaction.atomic():
        # Locked in the order in which a role of the trust is logged; a second rotation waits, and finds it done.
        logs = list(Log.objects.select_for_update(of=["self"]).select_related("school").order_by("school_id"))
        known = public_keys(logs)
        for log in logs:
            before, after = signed_note.verifier_of(log.origin, old), signed_note.verifier_of(log.origin, new)
            if known[log.origin] and known[log.origin][-1] == after:
                continue
            if known[log.origin] and known[log.origin][-1] != before:
                raise evidence.MissingKeyError(
                    f"The log {log.origin} is signed with another key than {settings.EVIDENCE_KEY_FILE}: put that one back."
                )
            text = rotation_text(log.origin, before, after)
            evidence.append(
                school=log.school,
                kind="key.rotated",
                at=at,
                by=None,
                facts={
                    "old": before.line(),
                    "new": after.line(),
                    "old_signature": base64.b64encode(old.sign(text)).decode(),
                    "new_signature": base64.b64encode(new.sign(text)).decode(),
                },
            )
    waiting.replace(path)
    return len(logs)


def rotation_text(origin: str, old: signed_note.Verifier, new: signed_note.Verifier) -> bytes:
    """What both keys sign when one takes over from the other."""
    return f"{old.line()}\n{new.line()}\n{origin}\n".encode()


def trouble_with(record: Mapping[str, Any], *, origin: str, old: signed_note.Verifier | None) -> str:
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
