"""The export: the log as one file, in the form that the offline verifier reads."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from declarations.evidence import canonical_json, export, merkle, signed_note
from declarations.evidence import keys as keyring
from declarations.evidence import log as evidence
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.signing.actions.erase import erase_declaration
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, ask, sign
from tests.evidence.owner import INTACT, checked, key_file, verified


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("export_evidence", *words, stdout=out)
    return out.getvalue()


def test_its_form(cast: Cast, tmp_path: Path):
    at = timezone.now()
    evidence.checkpoint(school=cast.hillside, at=at)
    erase_declaration(declaration=Declaration.objects.get(person=cast.ben), reason="asked for", at=at)
    cast.ada.full_name = "Ada\tExample\nÉ – “”\u2028"
    ask(cast.ada, "3c:22:fb:00:00:02")
    evidence.checkpoint(school=cast.hillside, at=at)
    path, log = tmp_path / "hillside.zip", Log.objects.get(school=cast.hillside)
    entries = list(Entry.objects.filter(log=log).order_by("position"))
    assert run("--school", "hillside", "--out", str(path)) == f"{path}: {len(entries)} entries of 127.0.0.1:8000/hillside.\n"
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["README.txt", "checkpoints.txt", "entries.txt", "keys.txt"]
        lines = archive.read("entries.txt").split(b"\n")
        checkpoints, keys = archive.read("checkpoints.txt").decode(), archive.read("keys.txt").decode()
        assert b"aup_verify.py" in archive.read("README.txt")
    assert lines.pop() == b""
    assert len(lines) == len(entries)
    for entry, line in zip(entries, lines, strict=True):
        position, leaf, record = line.split(b"\t")
        assert (position, leaf) == (b"%d" % entry.position, bytes(entry.leaf_hash).hex().encode())
        if entry.record is None:
            assert record == b"-"
        else:
            assert record == bytes(entry.record)
            assert canonical_json.canon(canonical_json.parse(record)) == record
            assert merkle.leaf_hash(record).hex().encode() == leaf
    assert [entry.kind for entry in entries if entry.record is None] == ["declaration.signed"]
    notes = ["".join(part) for part in zip(*[iter(checkpoints.splitlines(keepends=True))] * 5, strict=True)]
    assert notes == list(Checkpoint.objects.filter(log=log).order_by("size").values_list("note", flat=True))
    assert len(notes) == 2
    assert keys == signed_note.verifier_of(log.origin, evidence.private_key()).line() + "\n"
    assert re.fullmatch(r"127\.0\.0\.1:8000/hillside\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\n", keys)
    code, words = verified(path, key=key_file(tmp_path))
    assert code == INTACT
    assert f"{len(entries)} entries" in words


def test_each_school_has_its_own(cast: Cast, tmp_path: Path):
    evidence.checkpoint(school=cast.riverside, at=timezone.now())
    path = tmp_path / "riverside.zip"
    run("--school", "riverside", "--out", str(path))
    with zipfile.ZipFile(path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"hillside" not in content
    assert b"Hilda" not in content
    assert verified(path, key=key_file(tmp_path))[0] == INTACT


def test_nothing_is_overwritten(cast: Cast, tmp_path: Path):
    path = tmp_path / "there.zip"
    path.write_bytes(b"mine")
    with pytest.raises(CommandError, match="File exists"):
        run("--school", "hillside", "--out", str(path))
    assert path.read_bytes() == b"mine"
    with pytest.raises(CommandError, match="No such file or directory"):
        run("--school", "hillside", "--out", str(tmp_path / "nowhere" / "a.zip"))


def test_a_school_that_is_not_there(cast: Cast, tmp_path: Path):
    with pytest.raises(CommandError, match=r"“nowhere”\. There are: hillside, riverside\."):
        run("--school", "nowhere", "--out", str(tmp_path / "a.zip"))


def test_what_happens_while_it_is_written_is_no_tampering(cast: Cast, tmp_path: Path, monkeypatch):
    """Somebody signs, and a checkpoint is made, between the reading of the one and of the other."""
    evidence.checkpoint(school=cast.hillside, at=timezone.now())
    real = export.entry_lines

    def meanwhile(log: Log):
        lines = list(real(log))
        sign(cast.ada)
        evidence.newest_checkpoint(log, at=timezone.now())
        return iter(lines)

    monkeypatch.setattr(export, "entry_lines", meanwhile)
    path = tmp_path / "hillside.zip"
    run("--school", "hillside", "--out", str(path))
    assert verified(path, key=key_file(tmp_path))[0] == INTACT
    assert checked() == (0, [])
    assert keyring.key_file()
