"""The keys: made once, for their owner's eyes, changed with both signatures, and shown to everybody."""

import base64
import io
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core import checks
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.utils import timezone

from declarations.evidence import key_chain, keys, signed_note
from declarations.evidence import log as evidence
from declarations.evidence.models import Entry, Log
from tests.cast import Cast, ask
from tests.evidence.owner import INTACT, TAMPERED, checked, exported, facts_of, verified


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("evidence_key", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def path(tmp_path: Path, settings, db: None) -> Path:
    settings.EVIDENCE_KEY_FILE = tmp_path / "keys" / "evidence.key"
    return settings.EVIDENCE_KEY_FILE


@pytest.fixture
def own_key(cast: Cast, tmp_path: Path, settings) -> Path:
    """The key that the cast's logs began with, in a file that may change."""
    mine = tmp_path / "evidence.key"
    mine.write_bytes(Path(settings.EVIDENCE_KEY_FILE).read_bytes())
    mine.chmod(0o600)
    settings.EVIDENCE_KEY_FILE = mine
    return mine


def test_a_key_is_for_its_owners_eyes(path: Path):
    said = command("create")
    assert str(path) in said
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert evidence.private_key().public_key()
    assert "PRIVATE" not in said


def test_a_key_is_never_overwritten(path: Path):
    command("create")
    before = path.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        command("create")
    assert path.read_bytes() == before


@pytest.mark.parametrize("words", [("show",), ("rotate",)])
@pytest.mark.django_db
def test_without_a_key_the_mend_is_said(path: Path, words):
    with pytest.raises(CommandError, match="evidence_key create"):
        command(*words)
    path.parent.mkdir()
    path.write_bytes(b"nonsense")
    with pytest.raises(CommandError, match="evidence_key create"):
        command(*words)
    path.write_bytes(generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(CommandError, match="another kind of key"):
        command(*words)
    assert not Entry.objects.exists()


def test_where_no_key_can_be_written(path: Path):
    path.parent.write_bytes(b"a file where the folder should be")
    with pytest.raises(CommandError, match=r"evidence\.key"):
        command("create")


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_well_known_address(cast: Cast):
    response = Client().get("/.well-known/aup-evidence.txt")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    assert text == keys.key_file() == command("show")
    expected = [signed_note.verifier_of(log.origin, evidence.private_key()).line() for log in Log.objects.order_by("origin")]
    assert lines_of(text) == expected
    assert len(expected) == 2


def test_a_change_is_signed_by_both_keys(cast: Cast, own_key: Path):
    old = evidence.private_key()
    sizes = {log: log.entries.count() for log in Log.objects.all()}
    assert "2 log(s)" in command("rotate")
    new = evidence.private_key()
    assert stat.S_IMODE(own_key.stat().st_mode) == 0o600
    assert not own_key.with_name("evidence.key.new").exists()
    assert new.public_key() != old.public_key()
    for log, size in sizes.items():
        entry = log.entries.latest("position")
        facts = facts_of(entry)
        before, after = signed_note.verifier_of(log.origin, old), signed_note.verifier_of(log.origin, new)
        assert (entry.position, entry.kind, facts["old"], facts["new"]) == (size, "key.rotated", before.line(), after.line())
        text = f"{before.line()}\n{after.line()}\n{log.origin}\n".encode()
        old.public_key().verify(base64.b64decode(facts["old_signature"]), text)
        new.public_key().verify(base64.b64decode(facts["new_signature"]), text)
        assert key_chain.public_keys(log) == [before, after]


def test_both_keys_checkpoints_hold_after_a_change(cast: Cast, own_key: Path, tmp_path: Path):
    log, at = Log.objects.get(school=cast.hillside), timezone.now()
    evidence.checkpoint(school=cast.hillside, at=at)
    kept_before = tmp_path / "before.txt"
    kept_before.write_text(keys.key_file())
    command("rotate")
    ask(cast.ada, "3c:22:fb:00:00:02")
    evidence.checkpoint(school=cast.hillside, at=at)
    command("rotate")
    evidence.checkpoint(school=cast.hillside, at=at)
    assert checked() == (0, [])
    kept = tmp_path / "kept.txt"
    kept.write_text(Client().get("/.well-known/aup-evidence.txt").content.decode())
    assert len(lines_of(kept.read_text())) == 6
    zipped = exported(log, tmp_path)
    assert verified(zipped, key=kept)[0] == INTACT
    # Who kept only the first key does not believe the later ones by themselves.
    assert verified(zipped, key=kept_before)[0] == TAMPERED


def test_a_change_that_was_interrupted_is_finished_by_the_next(cast: Cast, own_key: Path, monkeypatch):
    """The power fails when the logs know the new key and the file does not hold it yet."""

    def power_cut(self: Path, target: Path) -> None:
        raise OSError(5, "Input/output error")

    old = evidence.private_key().public_key()
    with monkeypatch.context() as failing:
        failing.setattr(Path, "replace", power_cut)
        with pytest.raises(CommandError, match="Input/output error"):
            command("rotate")
    assert evidence.private_key().public_key() == old
    assert Entry.objects.filter(kind="key.rotated").count() == 2
    # Until then what the old key signs still holds.
    evidence.checkpoint(school=cast.hillside, at=timezone.now())
    waiting = evidence.read_key(own_key.with_name("evidence.key.new")).public_key()
    command("rotate")
    assert evidence.private_key().public_key() == waiting
    assert Entry.objects.filter(kind="key.rotated").count() == 2
    assert checked() == (0, [])


def test_a_change_that_was_interrupted_before_the_logs_is_finished_by_the_next(cast: Cast, own_key: Path):
    """… or when the new key is made and no log knows it."""
    waiting = keys.make(own_key.with_name("evidence.key.new")).public_key()
    command("rotate")
    assert evidence.private_key().public_key() == waiting
    assert Entry.objects.filter(kind="key.rotated").count() == 2
    assert checked() == (0, [])


def test_a_key_that_no_log_knows_is_not_changed_from(cast: Cast, path: Path):
    """Somebody made a new key instead of changing it: the logs' own key is not there to sign."""
    keys.make(path)
    with pytest.raises(CommandError, match="another key"):
        command("rotate")
    assert not Entry.objects.filter(kind="key.rotated").exists()


def test_no_second_key_is_made_beside_the_one_that_signs_the_logs(cast: Cast, path: Path):
    """After a restore without the key's file, the hint to make one led to certificates that nobody believes."""
    with pytest.raises(CommandError, match="another key signs"):
        command("create")
    assert not path.exists()


@pytest.fixture
def another_key(cast: Cast, own_key: Path) -> Path:
    """A key that somebody made by hand lies where the logs' own should; that one is in the file beside it, `right`."""
    own_key.rename(own_key.with_name("right"))
    keys.make(own_key)
    return own_key


def test_another_key_than_the_logs_records_nothing_and_everybody_is_told(cast: Cast, another_key: Path, signed_in):
    entries = Entry.objects.count()
    with pytest.raises(evidence.MissingKeyError, match="holds another key than the log"):
        ask(cast.ada, "3c:22:fb:00:00:02")
    assert Entry.objects.count() == entries
    [message] = [one for one in checks.run_checks(databases=["default"], tags=[checks.Tags.database]) if one.id == "declarations.E014"]
    assert message.level == checks.ERROR
    assert Client().get("/healthz").json() == {"database": "ok", "evidence": "refused"}
    assert "holds another key than the log" in signed_in(cast.hilda).get("/admin/").text
    with pytest.raises(SystemCheckError, match="holds another key than the log"):
        call_command("migrate", check_unapplied=True, verbosity=0, skip_checks=False)
    # Put back, all goes on, and nothing that happened meanwhile is in its way.
    another_key.with_name("right").rename(another_key)
    ask(cast.ada, "3c:22:fb:00:00:02")
    assert Client().get("/healthz").json() == {"database": "ok", "evidence": "ok"}
    assert checks.run_checks(databases=["default"], tags=[checks.Tags.database]) == []
    assert checked() == (0, [])


def test_a_key_from_before_a_change_of_keys_records_nothing(cast: Cast, own_key: Path):
    before = own_key.read_bytes()
    command("rotate")
    ask(cast.ada, "3c:22:fb:00:00:02")
    own_key.unlink()
    own_key.write_bytes(before)
    with pytest.raises(evidence.MissingKeyError, match="holds another key than the log"):
        ask(cast.ada, "3c:22:fb:00:00:03")


def test_a_missing_key_is_said_where_the_logs_are(cast: Cast, path: Path, signed_in):
    assert Client().get("/healthz").json()["evidence"] == "refused"
    assert "no evidence key there" in signed_in(cast.hilda).get("/admin/").text


def test_a_demo_key_says_so(path: Path):
    keys.make(path, demo=True)
    assert path.read_bytes().startswith(b"# demo key")
    assert evidence.private_key()
