"""Signed notes, checkpoints and proofs, in the formats of C2SP: signed-note, tlog-checkpoint, tlog-proof."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
ENTRY_HEADER = "aup-evidence entry v1"
ORIGIN = re.compile(r"[a-z0-9][a-z0-9.:_/-]{0,118}")
SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")


class InvalidNoteError(ValueError):
    """The note, checkpoint or proof is malformed, or nobody who is trusted signed it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under the name of one log."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    def signed(self, signature: bytes, text: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except InvalidSignature:
            return False
        return True

    def check(self, signature: bytes, text: bytes) -> None:
        """Raises InvalidNoteError unless this key signed the text."""
        if not self.signed(signature, text):
            raise InvalidNoteError("the signature does not match")

    def line(self) -> str:
        """The key as one line: `name+keyid+base64`, the form that Go's note package and others read."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"


def verifier_of_line(line: str) -> Verifier:
    """Reads what Verifier.line writes. Raises InvalidNoteError."""
    name, plus, rest = line.strip().partition("+")
    key_id, plus_too, encoded = rest.partition("+")
    raw = unbase64(encoded)
    if not (plus and plus_too) or not ORIGIN.fullmatch(name) or raw[:1] != ED25519 or len(raw) != 33:
        raise InvalidNoteError("not an Ed25519 key line")
    verifier = Verifier(name, raw[1:])
    if verifier.key_id.hex() != key_id:
        raise InvalidNoteError("the key's id does not belong to it")
    return verifier


def verifier_of(name: str, private: Ed25519PrivateKey) -> Verifier:
    return Verifier(name, private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> str:
    """The checkpoint as a signed note: the same key and checkpoint give the same bytes (RFC 8032).

    Raises InvalidNoteError if nobody could read it back: a malformed origin, size or root never leaves with a signature.
    """
    text, verifier = checkpoint.text(), verifier_of(checkpoint.origin, private)
    signature = verifier.key_id + private.sign(text.encode())
    note = f"{text}\n— {checkpoint.origin} {base64.b64encode(signature).decode()}\n"
    opened(note, [verifier])
    return note


def opened(note: str, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint of a note with one signature, by one of these keys, in the name of its origin.

    Raises InvalidNoteError. Every byte of the note counts; so a second signature line, which C2SP would have ignored, is refused.
    """
    text, separator, line = note.rpartition("\n\n")
    text += "\n"
    match = SIGNATURE_LINE.fullmatch(line[:-1])
    raw = unbase64(match[2]) if match else b""
    if not separator or not match or len(raw) != 68 or line[-1] != "\n":
        raise InvalidNoteError("not a note with one signature")
    checkpoint = checkpoint_of(text)
    if match[1] != checkpoint.origin:
        raise InvalidNoteError("signed in another log's name")
    for verifier in verifiers:
        if (verifier.name, verifier.key_id) == (match[1], raw[:4]):
            break
    else:
        raise InvalidNoteError("signed by a key that is not known")
    verifier.check(raw[4:], text.encode())
    return checkpoint


def read(note: str) -> tuple[Checkpoint, str]:
    """The checkpoint and the key id (hex) of a note, unverified: for what is printed beside the proof. Raises InvalidNoteError."""
    text, separator, line = note.rpartition("\n\n")
    match = SIGNATURE_LINE.fullmatch(line.removesuffix("\n"))
    if not separator or match is None:
        raise InvalidNoteError("not a signed note")
    return checkpoint_of(f"{text}\n"), unbase64(match[2])[:4].hex()


def checkpoint_of(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not ORIGIN.fullmatch(lines[0]) or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]):
        raise InvalidNoteError("not a checkpoint")
    root = unbase64(lines[2])
    if len(root) != 32:
        raise InvalidNoteError("not a root")
    return Checkpoint(lines[0], int(lines[1]), root)


def entry_text(origin: str, position: int, leaf_hash: bytes) -> bytes:
    """What is signed of an entry. Its first line keeps it from being read as a checkpoint, whose form is the same three lines."""
    return f"{ENTRY_HEADER}\n{origin}\n{position}\n{base64.b64encode(leaf_hash).decode()}\n".encode()


def proof(position: int, path: Sequence[bytes], checkpoint: str) -> str:
    """A tlog-proof: where the entry stands, its audit path, and the signed checkpoint that it leads to."""
    hashes = "".join(f"{base64.b64encode(node).decode()}\n" for node in path)
    return f"{PROOF_HEADER}\nindex {position}\n{hashes}\n{checkpoint}"


def parts_of_proof(text: str) -> tuple[int, list[bytes], str]:
    """The position, the audit path and the signed checkpoint of a tlog-proof. Raises InvalidNoteError."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != PROOF_HEADER or len(lines) < 2:
        raise InvalidNoteError("not a proof")
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[1])
    path = [unbase64(line) for line in lines[2:]]
    if index is None or any(len(node) != 32 for node in path):
        raise InvalidNoteError("not a proof")
    return int(index[1]), path, checkpoint


def unbase64(text: str) -> bytes:
    """Standard base64 (RFC 4648, 4), in its one canonical form. Raises InvalidNoteError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as bad:
        raise InvalidNoteError("not base64") from bad
    if base64.b64encode(raw).decode() != text:
        raise InvalidNoteError("base64 with stray bits")
    return raw
