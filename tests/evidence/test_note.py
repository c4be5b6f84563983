"""Signed checkpoints and proofs: read by openssl too, and no byte of them can be changed."""

import base64
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from declarations.evidence import signed_note
from declarations.evidence.signed_note import (
    Checkpoint,
    InvalidNoteError,
    opened,
    parts_of_proof,
    proof,
    sign,
    verifier_of,
    verifier_of_line,
)
from tests.evidence.making import KEY, NEW_KEY, ORIGIN

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

CHECKPOINT = Checkpoint(ORIGIN, 20_852, sha256(b"root").digest())
NOTE = sign(CHECKPOINT, KEY)
VERIFIER = verifier_of(ORIGIN, KEY)


def resigned(text: str, name: str = ORIGIN, private: Ed25519PrivateKey = KEY, signatures: int = 1) -> str:
    """A note over any text, with a signature that holds."""
    raw = verifier_of(name, private).key_id + private.sign(text.encode())
    return text + "\n" + f"— {name} {base64.b64encode(raw).decode()}\n" * signatures


def test_round_trip() -> None:
    assert NOTE.split("\n")[:2] == [ORIGIN, "20852"]
    assert NOTE.count("\n") == 5
    assert opened(NOTE, [verifier_of(ORIGIN, NEW_KEY), VERIFIER]) == CHECKPOINT
    assert sign(CHECKPOINT, KEY) == NOTE
    assert signed_note.read(NOTE) == (CHECKPOINT, VERIFIER.key_id.hex())


def test_the_example_of_the_specification() -> None:
    """PeterNeumann's key of Go's golang.org/x/mod/sumdb/note: its id is derived as C2SP says."""
    line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    raw = base64.b64decode(line.split("+", 2)[2])
    assert signed_note.Verifier("PeterNeumann", raw[1:]).line() == line


def test_openssl_accepts_a_checkpoint(tmp_path: Path) -> None:
    text, _, line = NOTE.rpartition("\n\n")
    (tmp_path / "text").write_bytes(text.encode() + b"\n")
    (tmp_path / "signature").write_bytes(base64.b64decode(line.split()[2])[4:])
    (tmp_path / "key.pem").write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text", "-sigfile", "signature"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / "text").write_bytes(text.encode() + b" \n")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1


def test_every_changed_byte_is_refused() -> None:
    raw = NOTE.encode()
    for position in range(len(raw)):
        others = [bytes([value]) for value in range(256) if value != raw[position]]
        for other in [b"", *others]:
            mutated = raw[:position] + other + raw[position + 1 :]
            with pytest.raises((InvalidNoteError, UnicodeDecodeError)):
                opened(mutated.decode(), [VERIFIER])


def test_every_inserted_byte_is_refused() -> None:
    raw = NOTE.encode()
    for position in range(len(raw) + 1):
        for value in {0, 9, 10, 13, 32, 48, 61, 65, 255, raw[position - 1]}:
            with pytest.raises((InvalidNoteError, UnicodeDecodeError)):
                opened((raw[:position] + bytes([value]) + raw[position:]).decode(), [VERIFIER])


ROOT = base64.b64encode(CHECKPOINT.root).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n5\n",
        f"{ORIGIN}\n5\n{ROOT}",
        f"{ORIGIN}\n5\n{ROOT}\nextension\n",
        f"{ORIGIN}\n5\n{ROOT}\n\n",
        f"{ORIGIN}\n05\n{ROOT}\n",
        f"{ORIGIN}\n-5\n{ROOT}\n",
        f"{ORIGIN}\n+5\n{ROOT}\n",
        f"{ORIGIN}\n 5\n{ROOT}\n",
        f"{ORIGIN}\n٥\n{ROOT}\n",
        f"{ORIGIN}\n{10**16}\n{ROOT}\n",
        f"{ORIGIN}\n5\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n5\n{base64.b64encode(b'short').decode()}\n",
        f"{ORIGIN}\n5\n{ROOT[:-2]}{chr(ord(ROOT[-2]) + 1)}=\n",
        f"{ORIGIN}\r\n5\r\n{ROOT}\r\n",
        f"other.example/log\n5\n{ROOT}\n",
        f"{ORIGIN} \n5\n{ROOT}\n",
    ],
)
def test_a_malformed_text_is_refused_though_signed(text: str) -> None:
    with pytest.raises(InvalidNoteError):
        opened(resigned(text), [VERIFIER])


@pytest.mark.parametrize(
    "made",
    [
        "",
        "\n\n",
        CHECKPOINT.text(),
        CHECKPOINT.text() + "\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE + NOTE.rpartition("\n\n")[2],
        NOTE.replace("—", "-"),
        NOTE.replace("— ", "—  "),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace(ORIGIN, "\ud800"),
        resigned(CHECKPOINT.text(), private=NEW_KEY),
        resigned(CHECKPOINT.text(), signatures=2),
        resigned(CHECKPOINT.text(), name="policy.trust.example/oakfield"),
    ],
)
def test_a_malformed_note_is_refused(made: str) -> None:
    with pytest.raises(InvalidNoteError):
        opened(made, [VERIFIER, verifier_of("policy.trust.example/oakfield", KEY)])


def test_the_key_of_one_school_does_not_sign_for_another() -> None:
    """Both keys are trusted, each for its own log."""
    other = verifier_of("policy.trust.example/oakfield", NEW_KEY)
    made = resigned(CHECKPOINT.text(), name=other.name, private=NEW_KEY)
    with pytest.raises(InvalidNoteError, match="another log"):
        opened(made, [VERIFIER, other])


@pytest.mark.parametrize(
    "checkpoint", [Checkpoint("Bad Origin", 1, bytes(32)), Checkpoint(ORIGIN, -1, bytes(32)), Checkpoint(ORIGIN, 1, b"")]
)
def test_what_nobody_could_read_is_not_signed(checkpoint: Checkpoint) -> None:
    with pytest.raises(InvalidNoteError):
        sign(checkpoint, KEY)


def test_key_lines() -> None:
    assert verifier_of_line(VERIFIER.line()) == VERIFIER
    assert verifier_of_line(f" {VERIFIER.line()}\n") == VERIFIER
    name, key_id, key = VERIFIER.line().split("+", 2)
    wrong_type = base64.b64encode(b"\x02" + VERIFIER.key).decode()
    short = base64.b64encode(b"\x01" + VERIFIER.key[:-1]).decode()
    for line in [
        "",
        name,
        f"{name}+{key_id}",
        f"{name}+{key_id}+",
        f"+{key_id}+{key}",
        f"{name}+00000000+{key}",
        f"{name}+{key_id.upper()}+{key}" if key_id.upper() != key_id else f"{name}+{key_id}0+{key}",
        f"{name}x+{key_id}+{key}",
        f"{name}+{key_id}+{key[:-1]}",
        f"{name}+{key_id}+{key}A",
        f"{name}+{key_id}+{wrong_type}",
        f"{name}+{key_id}+{short}",
        f"a b+{signed_note.Verifier('a b', VERIFIER.key).key_id.hex()}+{key}",
        f"\ud800+{key_id}+{key}",
    ]:
        with pytest.raises(InvalidNoteError):
            verifier_of_line(line)


def test_proofs() -> None:
    path = [sha256(bytes([one])).digest() for one in range(3)]
    assert parts_of_proof(proof(5, path, NOTE)) == (5, path, NOTE)
    assert parts_of_proof(proof(0, [], NOTE)) == (0, [], NOTE)
    good = proof(5, path, NOTE)
    for bad in [
        "",
        NOTE,
        good.replace("@v1", "@v2"),
        good.replace("index 5", "index 05"),
        good.replace("index 5", "index -5"),
        good.replace("index 5\n", ""),
        good.replace("index 5", "extra YQ==\nindex 5"),
        good.replace(base64.b64encode(path[0]).decode(), "AAAA"),
        good.replace("\n", "\r\n"),
        good.partition("\n\n")[0],
    ]:
        with pytest.raises(InvalidNoteError):
            parts_of_proof(bad)
