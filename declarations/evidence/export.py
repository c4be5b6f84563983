"""A school's whole evidence log as one file that the offline verifier reads."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from declarations.evidence import consistency
from declarations.evidence import log as evidence
from declarations.evidence.key_chain import public_keys
from declarations.evidence.models import Checkpoint, Entry, Log

README = """This is the evidence log of one school.

entries.txt      one line an entry: position, leaf hash (hex), record (canonical JSON, or - where it was erased)
checkpoints.txt  the signed checkpoints, one after another
keys.txt         the public keys as the log says them: check against a copy that you kept yourself

Check it: python3 aup_verify.py THIS_FILE.zip --key KEYFILE [--held FOLDER_OF_CHECKPOINTS]
"""


def export(*, log: Log, path: Path, at: dt.datetime) -> int:
    """Writes the log to a new ZIP file, up to a checkpoint made now; how many entries. Raises FileExistsError, MissingKeyError.

    Without that checkpoint nothing would cover the newest entries, an erasure among them. A log that is not signed any more is
    written without it: whoever checks the file is to see what is wrong.
    """
    with suppress(evidence.BrokenLogError):
        evidence.checkpoint(school=log.school, at=at)
    count = 0
    with path.open("xb") as file, consistency.snapshot(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        # Before the entries: none speaks of more than there are.
        checkpoints = "".join(Checkpoint.objects.filter(log=log).order_by("size").values_list("note", flat=True))
        archive.writestr("README.txt", README)
        with archive.open("entries.txt", "w", force_zip64=True) as entries:
            for line in entry_lines(log):
                entries.write(line)
                count += 1
        archive.writestr("checkpoints.txt", checkpoints)
        keys = "".join(f"{verifier.line()}\n" for verifier in public_keys(log))
        archive.writestr("keys.txt", keys)
    return count


def entry_lines(log: Log) -> Iterator[bytes]:
    entries = Entry.objects.filter(log=log).order_by("position").values_list("position", "leaf_hash", "record")
    for position, leaf_hash, record in entries.iterator(chunk_size=2000):
        yield b"%d\t%s\t%s\n" % (position, bytes(leaf_hash).hex().encode(), b"-" if record is None else bytes(record))
