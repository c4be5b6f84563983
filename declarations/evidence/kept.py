"""What is kept of each log beside the key, where the owner of the database does not reach: how far the log had come.

A folder for each log in EVIDENCE_CHECKPOINTS_DIR holds its newest signed checkpoint, its newest entry, and, while the server refuses
to sign the log, why.
"""

import base64
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import quote, unquote

from django.conf import settings

COMING, CHECKPOINT, ENTRY, REFUSED = "coming-checkpoint", "newest-checkpoint", "newest-entry", "refused"
type KeptCheckpoint = tuple[str, int, bool]
type Kept = tuple[KeptCheckpoint | None, tuple[int, bytes] | None]
read_before: ContextVar[dict[str, Kept] | None] = ContextVar("read_before", default=None)


def folder(origin: str) -> Path:
    return Path(settings.EVIDENCE_CHECKPOINTS_DIR) / quote(origin, safe="")


def keep_checkpoint(origin: str, note: str, *, count: int) -> None:
    """Keeps a log's newest signed checkpoint, whole or not at all; `count` is how many the log has by now. Raises OSError.

    It is a coming one until `settle`: only then is it in the database for good.
    """
    replace(folder(origin) / COMING, f"{count} checkpoints\n{note}")


def checkpoint(origin: str) -> KeptCheckpoint | None:
    """The newest signed checkpoint, how many there were, and whether it is a coming one; None before the first.

    Raises OSError, ValueError if damaged.
    """
    for name in (COMING, CHECKPOINT):
        with suppress(FileNotFoundError):
            count, _newline, note = (folder(origin) / name).read_text(encoding="utf-8").partition("\n")
            return note, int(count.removesuffix(" checkpoints")), name == COMING
    return None


def keep_entry(origin: str, position: int, leaf_hash: bytes) -> None:
    """Keeps which entry was appended last. Not forced to the disk: after a power cut an older one stands there, and is true as well."""
    before = entry(origin)
    if before is not None and before[0] >= position:
        return  # Another worker was quicker; or the log went back, and this is the witness of it.
    path = folder(origin) / ENTRY
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"{position:012d} {base64.b64encode(leaf_hash).decode()}\n"
    # In its place, and always as long: no moment in which it is half there.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb", buffering=0) as file:
        file.write(line.encode())


def entry(origin: str) -> tuple[int, bytes] | None:
    """Position and leaf hash of the entry that was appended last. Raises OSError, ValueError if damaged."""
    try:
        position, leaf_hash = (folder(origin) / ENTRY).read_text(encoding="ascii").split()
    except FileNotFoundError:
        return None
    return int(position), base64.b64decode(leaf_hash)


def of(origin: str) -> Kept:
    """The newest checkpoint and the newest entry. Raises OSError, ValueError if damaged."""
    return (read_before.get() or {}).get(origin) or (checkpoint(origin), entry(origin))


@contextmanager
def as_of_now() -> Iterator[None]:
    """In the block `of` says what is kept now: a log that is read at one moment cannot have what is appended after it."""
    at_the_start: dict[str, Kept] = {}
    for path in Path(settings.EVIDENCE_CHECKPOINTS_DIR).glob("*/"):
        origin = unquote(path.name)
        with suppress(OSError, ValueError):  # `of` reads it again, and its caller says what is wrong
            at_the_start[origin] = (checkpoint(origin), entry(origin))
    token = read_before.set(at_the_start)
    try:
        yield
    finally:
        read_before.reset(token)


def refuse(origin: str, sentence: str) -> None:
    """Notes why the log is signed no longer: health check and dashboard say it until it is signed again."""
    replace(folder(origin) / REFUSED, sentence)


def refusal(origin: str) -> str:
    """Why the log is not signed; "" if nothing is in the way."""
    try:
        return (folder(origin) / REFUSED).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def refused() -> Iterator[Path]:
    """The notes of all logs that are not signed."""
    return Path(settings.EVIDENCE_CHECKPOINTS_DIR).glob(f"*/{REFUSED}")


def settle(origin: str, note: str) -> None:
    """The log was signed, and the database has this newest checkpoint for good: nothing is in the way any more."""
    newest = checkpoint(origin)
    if newest is not None and newest[0] == note and newest[2]:  # otherwise another process was quicker
        (folder(origin) / COMING).rename(folder(origin) / CHECKPOINT)
    (folder(origin) / REFUSED).unlink(missing_ok=True)


def give_up(origin: str) -> None:
    """Lays aside what was kept, for a log that is taken up again from a backup. The files stay, under other names."""
    for name in (COMING, CHECKPOINT, ENTRY):
        path = folder(origin) / name
        if path.exists():
            numbered = (path.with_name(f"{name}.{number}") for number in range(1, 1_000_000))
            path.rename(next(other for other in numbered if not other.exists()))


def replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
