"""The keys of the evidence logs: made, shown and changed; the private one lives in a file outside the database."""

import base64
import datetime as dt
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import connection, transaction

from declarations.evidence import log as evidence
from declarations.evidence import signed_note
from declarations.evidence.key_chain import public_keys, rotation_text
from declarations.evidence.models import Log

DEMO_MARK = b"# demo key: it proves nothing\n"


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


def logs_here() -> list[Log]:
    """The logs of the database; none before its tables are made. Raises OperationalError where it cannot be asked."""
    is_there = Log._meta.db_table in connection.introspection.table_names()  # noqa: SLF001  # Django's public name for it
    return list(Log.objects.order_by("origin")) if is_there else []


def key_file() -> str:
    """What the well-known address serves: every log's public keys, a line each, as `aup_verify.py --key` reads them."""
    lines = [
        "# Public keys of the evidence logs kept on this server: origin+id+key, oldest first.",
        "# Keep a copy elsewhere: whoever owns this server could change this page, but not your copy.",
    ]
    for log in Log.objects.order_by("origin"):
        lines += [key.line() for key in public_keys(log)]
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
        for log in logs:
            before, after = signed_note.verifier_of(log.origin, old), signed_note.verifier_of(log.origin, new)
            newest = public_keys(log)[-1:]
            if newest == [after]:
                continue
            if newest not in ([], [before]):
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
