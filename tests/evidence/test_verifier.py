"""The stand-alone verifier: a second implementation that agrees with the rules, and a set of attempts to get past it."""

import base64
import io
import json
import os
import random
import re
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from declarations.evidence import merkle, signed_note
from declarations.evidence.canonical_json import canon, parse
from tests.evidence.making import KEY, NEW_KEY, ORIGIN, TOOL, Log, certificate, declaration, export_of, key_file, line_of, load_verifier

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

verifier = load_verifier()
VERIFIER = signed_note.verifier_of(ORIGIN, KEY)
KEYS = {f"{ORIGIN}+{VERIFIER.key_id.hex()}": VERIFIER.key, VERIFIER.line(): VERIFIER.key}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """`run(bytes of a certificate or an export)`: the exit code, and what it prints."""

    def verify(data: bytes, *, keys: str | None = None, held: bytes | Path | None = None) -> tuple[int, str]:
        (tmp_path / "file").write_bytes(data)
        (tmp_path / "keys.txt").write_text(key_file() if keys is None else keys)
        more: list[str] = []
        if held is not None:
            if isinstance(held, bytes):
                (tmp_path / "held").write_bytes(held)
            more = ["--held", str(tmp_path / "held" if isinstance(held, bytes) else held)]
        code = verifier.main([str(tmp_path / "file"), "--key", str(tmp_path / "keys.txt"), *more])
        return code, capsys.readouterr().out

    return verify


# --- Ed25519

VECTORS = [  # RFC 8032, section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_vectors_of_rfc_8032(key: str, message: str, signature: str) -> None:
    one = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    assert verifier.signatures_hold([one])
    assert verifier.signatures_hold([one, one])
    assert not verifier.signatures_hold([(one[0], one[1] + b"!", one[2])])


def by_cryptography(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_agrees_with_cryptography() -> None:
    chance = random.Random(8032)
    for _ in range(40):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        key, message = private.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(200))
        signature = private.sign(message)
        assert verifier.signatures_hold([(key, message, signature)])
        for _ in range(3):
            bit = chance.randrange(512)
            wrong = bytearray(signature)
            wrong[bit // 8] ^= 1 << bit % 8
            assert not by_cryptography(key, message, bytes(wrong))
            assert not verifier.signatures_hold([(key, message, bytes(wrong))])
            assert not verifier.signatures_hold([(key, message, signature), (key, message, bytes(wrong))])


def test_only_canonical_encodings() -> None:
    key, message = VERIFIER.key, b"text"
    signature = KEY.sign(message)
    larger = signature[:32] + (int.from_bytes(signature[32:], "little") + verifier.ORDER).to_bytes(32, "little")
    for wrong in [larger, b"", signature[:-1], signature + b"\0", bytes(64), b"\xff" * 64]:
        assert not verifier.signatures_hold([(key, message, wrong)])
        assert not by_cryptography(key, message, wrong)
    p = verifier.P
    for y in [p, p + 1, p - 1 | 1 << 255, 1 | 1 << 255, 2**255 - 1, 2]:
        assert verifier.point(y.to_bytes(32, "little")) is None
    assert verifier.point((1).to_bytes(32, "little")) == (0, 1, 1, 0)
    assert verifier.point(b"") is None
    assert not verifier.signatures_hold([(b"short", message, signature)])


def test_names_the_one_false_signature_among_many(run: Any) -> None:
    log = Log().begin().fill(40)
    for size in range(1, 41):
        log.checkpoint(size)
    wrong = signed_note.sign(signed_note.Checkpoint(ORIGIN, 17, bytes(32)), KEY).rpartition("\n\n")[2]
    log.checkpoints[16] = log.checkpoints[16].rpartition("\n\n")[0] + "\n\n" + wrong
    code, said = run(log.export())
    assert code == 1
    assert "checkpoints.txt, line 81: the signature does not hold" in said


# --- Agreement with the rules


def test_every_size_up_to_70_and_every_position() -> None:
    chance = random.Random(70)
    log = Log().begin()
    for size in range(1, 71):
        log.fill(size)
        checkpoint = log.checkpoint()
        signed = verifier.checkpoint_of(checkpoint, KEYS, "here")
        assert signed_note.opened(checkpoint, [VERIFIER]) == signed_note.Checkpoint(signed.origin, signed.size, signed.root)
        for position in range(size):
            files = log.files(position, checkpoint)
            index, path, inner = signed_note.parts_of_proof(files[b"proof.txt"].decode())
            assert (index, inner) == (position, checkpoint)
            assert verifier.root_of_path(log.leaves[position], position, size, path) == signed.root
        record, whole = verifier.check_certificate(log.files(chance.randrange(size), checkpoint), KEYS)
        assert record == parse(canon(record))
        assert whole.signature == signed.signature
    walked = verifier.Log(ORIGIN, KEYS, set(range(71)))
    for line in zipfile.ZipFile(io.BytesIO(log.export())).read("entries.txt").splitlines(keepends=True):
        walked.take(line)
    assert walked.roots == {size: merkle.root(log.leaves[:size]) for size in range(71)}


def test_an_empty_log_has_the_empty_root(run: Any) -> None:
    log = Log()
    log.checkpoint()
    assert run(log.export())[0] == 0


# --- Certificates

LOG = Log().begin().fill(13)
FILES = LOG.files(12)
PDF = certificate(FILES)


def test_a_certificate_in_words(run: Any) -> None:
    code, said = run(PDF)
    assert code == 0
    for words in [
        "INTACT",
        "Trust these words, not the picture of the page",
        f"position 12 of the log {ORIGIN}",
        "statement: I have read the leaflet and the policy,\n      | and I will comply with the policy – always.",
        "text: I will comply with it.",
        "name: Person 12 Ünal",
        "at: 2026-11-24 10:42:15 UTC",
        "Checkpoint: 13 entries",
        VERIFIER.key_id.hex(),
        sha256(PDF).hexdigest(),
        "Not checked",
    ]:
        assert words in said


def test_the_same_certificate_byte_for_byte() -> None:
    assert certificate(FILES) == PDF


def test_what_could_steer_a_terminal_is_shown_as_its_code(run: Any) -> None:
    log = Log().begin()
    log.append(**{**declaration("\x1b[2J\u202eevil\r"), "statement": "one\nINTACT: two\x07"})
    code, said = run(certificate(log.files(1)))
    assert code == 0
    assert "\\x1b[2J\\u202eevil\\r" in said
    assert "      | INTACT: two\\x07" in said
    assert not re.search(r"[^\n -\uffff]|[\x7f-\x9f\u202e]", said)


def mutations(data: bytes) -> Iterator[bytes]:
    """Every flipped bit, every byte left out, and bytes put in at every place."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        yield data[:at] + data[at + 1 :]
    for at in range(len(data) + 1):
        for byte in (b"\0", b"\n", b" ", b"A", b"=", b"\xff"):
            yield data[:at] + byte + data[at:]


def detected(files: dict[bytes, bytes]) -> bool:
    try:
        verifier.check_certificate(files, KEYS)
    except verifier.Tampered:
        return True
    return False


def detected_by_the_rules(files: dict[bytes, bytes]) -> bool:
    """The checks of the product's own verify page, in its own code."""
    try:
        position, path, checkpoint = signed_note.parts_of_proof(files[b"proof.txt"].decode())
        signed = signed_note.opened(checkpoint, [VERIFIER])
        parse(files[b"record.json"])
        leaf = merkle.leaf_hash(files[b"record.json"])
        right = merkle.root_of_proof(leaf=leaf, position=position, size=signed.size, path=path) == signed.root
    except ValueError:
        return True
    return not right or checkpoint.encode() != files[b"checkpoint.txt"]


def embedded_files(number: int) -> dict[bytes, bytes]:
    """Two real certificates: of one log's last entry, and of one in the middle of a larger log, with a longer path."""
    if number:
        log = Log().begin().fill(50)
        return dict(verifier.embedded(certificate(log.files(21))))
    return dict(verifier.embedded(PDF))


@pytest.mark.parametrize("number", [0, 1])
def test_every_mutation_is_detected(number: int) -> None:
    """In one of the three files; and in the checkpoint in both of its places, so that only its signature is left to tell."""
    files = embedded_files(number)
    assert not detected(files)
    assert not detected_by_the_rules(files)
    count, began = 0, time.perf_counter()
    for name in files:
        for mutated in mutations(files[name]):
            count += 1
            assert detected({**files, name: mutated}), (name, mutated)
            assert detected_by_the_rules({**files, name: mutated}), (name, mutated)
    head, checkpoint = files[b"proof.txt"].split(b"\n\n", 1)
    for mutated in mutations(checkpoint):
        count += 1
        both = {**files, b"proof.txt": head + b"\n\n" + mutated, b"checkpoint.txt": mutated}
        assert detected(both), mutated
        assert detected_by_the_rules(both), mutated
    sys.stdout.write(f"certificate {number}: {count} mutations, all detected, {time.perf_counter() - began:.1f} s\n")
    assert count > 24_900


def test_no_changed_byte_of_a_pdf_shows_another_record() -> None:
    """A change may spoil the picture, which is not what is trusted; the record is the same one, or the file is refused."""
    chance, good = random.Random(1), verifier.embedded(PDF)
    for at in [*chance.sample(range(len(PDF)), 1500), *range(len(PDF) - 300, len(PDF))]:
        for mutated in (
            PDF[:at] + bytes([PDF[at] ^ 1 << chance.randrange(8)]) + PDF[at + 1 :],
            PDF[:at] + PDF[at + 1 :],
            PDF[:at] + PDF[at : at + 1] + PDF[at:],
            PDF[:at],
        ):
            try:
                files = verifier.embedded(mutated)
            except (verifier.Unreadable, verifier.Tampered):
                continue
            assert files == good or detected(files)


def test_bytes_after_the_end(run: Any) -> None:
    for more in [b"\n", b"x", b"\n1 0 obj\n<</Type /Catalog>>\nendobj\nstartxref\n0\n%%EOF\n", PDF]:
        code, said = run(PDF + more)
        assert code == 1
        assert "bytes were added" in said


@pytest.mark.parametrize("more", [("record.json", FILES[b"record.json"]), ("other.txt", b"x"), ("record.json", b"{}")])
def test_a_fourth_attachment(run: Any, more: tuple[str, bytes]) -> None:
    code, said = run(certificate(FILES, more))
    assert code == 1
    assert "not exactly one" in said


def test_attachments_that_are_missing_or_of_others(run: Any) -> None:
    assert run(certificate({b"record.json": FILES[b"record.json"]}))[0] == 1
    assert run(certificate({}))[0] == 2
    other = LOG.files(11, LOG.checkpoints[0])
    for name in FILES:
        code, said = run(certificate({**FILES, name: other[name]}))
        assert (code, name) == (1 if other[name] != FILES[name] else 0, name), said


def test_a_certificate_of_another_key_or_log(run: Any) -> None:
    assert run(PDF, keys=key_file(NEW_KEY))[0] == 1
    assert run(PDF, keys=key_file(KEY, origin="policy.trust.example/oakfield"))[0] == 1
    assert run(PDF, keys=key_file(NEW_KEY) + key_file())[0] == 0
    forged = Log(private=NEW_KEY).begin().fill(13)
    assert run(certificate(forged.files(12)))[0] == 1
    # A record of another log, or of another position, put into this one.
    log = Log().begin()
    for facts in [
        {"origin": "policy.trust.example/oakfield"},
        {"position": 7},
        {"v": True},
        {"salt": "00"},
        {"at": "2026-13-01T00:00:00.000000Z"},
    ]:
        log.append(**{**declaration(), **facts})
        code, said = run(certificate(log.files(len(log.records) - 1)))
        assert code == 1, said
    log.append(**{**declaration(), "v": 2})
    assert run(certificate(log.files(len(log.records) - 1)))[0] == 2


SIGNED = {"signed_at": "2026-11-24T10:31:15.123456Z", "signed_on": "2026-11-24"}  # a minute before it was recorded
PAPER: dict[str, Any] = {"paper": {"entered_by": 7}}


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        (SIGNED, 0),
        (SIGNED | {"signed_on": "2026-11-25"}, 0),  # already tomorrow, east of us
        (SIGNED | {"signed_on": "2026-11-23"}, 0),
        (SIGNED | {"signed_on": "2026-11-22"}, 1),
        (SIGNED | {"signed_on": "2026-11-26"}, 1),
        (SIGNED | PAPER | {"signed_on": "2026-09-01"}, 0),
        (SIGNED | PAPER | {"signed_on": "2026-11-26"}, 1),
        (SIGNED | {"signed_at": "2026-09-01T10:31:15.123456Z", "signed_on": "2026-09-01"}, 1),
        (SIGNED | PAPER | {"signed_at": "2026-09-01T10:31:15.123456Z", "signed_on": "2026-09-01"}, 1),
        (SIGNED | {"signed_at": "2026-11-24T10:43:15.123456Z"}, 1),
        (SIGNED | {"signed_at": "2026-11-24T10:43:15.123456Z", "clock": "2026-11-24T10:43:15.123456Z"}, 0),
        (SIGNED | {"signed_at": "yesterday"}, 1),
        (SIGNED | {"signed_on": 7}, 1),
    ],
)
def test_a_declaration_that_claims_another_time_than_it_was_recorded(run: Any, claims: dict[str, Any], code: int) -> None:
    log = Log().begin()
    log.append(**{**declaration(), **claims})
    for data in (certificate(log.files(1)), log.export()):
        found, said = run(data)
        assert found == code, said
        assert ("it claims; recorded at 2026-11-24 10:31:15 UTC" in said) is bool(code)


def test_a_certificate_with_held_checkpoints(run: Any) -> None:
    code, said = run(PDF, held=LOG.checkpoints[0].encode())
    assert code == 0
    assert "1 of 1 checkpoints kept elsewhere have the same size" in said
    rewritten = Log().begin()
    rewritten.append(**declaration("Somebody Else"))
    rewritten.fill(13)
    code, said = run(PDF, held=rewritten.checkpoint().encode())
    assert code == 1
    assert "two different logs were signed" in said


# --- Exports


def exported() -> Log:
    log = Log().begin().fill(10)
    log.checkpoint()
    log.erase(3, "retention")
    log.fill(15)
    log.checkpoint()
    log.rotate(NEW_KEY)
    log.fill(20)
    log.checkpoint()
    return log


BOTH_KEYS = key_file(KEY, NEW_KEY)


def test_an_export(run: Any) -> None:
    code, said = run(exported().export(), keys=BOTH_KEYS)
    assert code == 0
    assert "of its 20 entries, the first 20 are those that were signed" in said
    assert "position 3: present, erased on 2026-11-24 10:40:15 UTC (position 10): retention" in said
    assert "Checkpoints: 3" in said
    assert "the last 0 entries" in said


def entries_of(log: Log) -> list[bytes]:
    return zipfile.ZipFile(io.BytesIO(log.export())).read("entries.txt").splitlines(keepends=True)


def test_every_damage_to_an_export_is_named(run: Any) -> None:
    log = exported()
    lines, notes = entries_of(log), "".join(log.checkpoints).encode()

    def result(changed: list[bytes], checkpoints: bytes = notes) -> str:
        code, said = run(export_of(b"".join(changed), checkpoints), keys=BOTH_KEYS)
        assert code == 1, said
        return said

    def replaced(at: int, line: bytes) -> list[bytes]:
        return [*lines[:at], line, *lines[at + 1 :]]

    edited = lines[5].replace(b"Person 5", b"Person 6")
    assert "position 5: the record is not the one" in result(replaced(5, edited))
    record = edited.split(b"\t")[2][:-1]
    rehashed = b"5\t%b\t%b\n" % (merkle.leaf_hash(record).hex().encode(), record)
    assert "line 1: the first 10 entries" in result(replaced(5, rehashed))
    assert "position 5: its line" in result([*lines[:5], *lines[6:]])
    assert "position 6: its line" in result([*lines[:6], lines[5], *lines[6:]])
    assert "position 5: its line" in result([*lines[:5], lines[6], lines[5], *lines[7:]])
    assert "here are 19" in result(lines[:-1])
    assert "here are 0" in result([])
    hidden = lines[5].split(b"\t")
    assert "position 5: the record is missing" in result(replaced(5, b"\t".join([*hidden[:2], b"-\n"])))
    assert "position 0" in result(replaced(0, b"\t".join([*lines[0].split(b"\t")[:2], b"-\n"])))
    for bad in [
        b"",
        b"\n",
        b"5\n",
        b"05" + lines[5][1:],
        lines[5].replace(b"\t", b" "),
        lines[5][:-1] + b"\r\n",
        b"5\t" + b"x" * 2_000_000 + b"\n",
    ]:
        result(replaced(5, bad))
    assert "line 1: not a checkpoint" in result(lines, b"")
    assert "not a checkpoint" in result(lines, notes[:-1])
    assert "not a checkpoint" in result(lines, notes + b"\n")
    assert "not in the key file" in run(log.export())[1]  # the old key file


def test_a_log_that_contradicts_itself_though_signed(run: Any) -> None:
    def result(build: Callable[[Log], object]) -> str:
        log = Log().begin().fill(5)
        build(log)
        log.checkpoint()
        code, said = run(log.export(), keys=BOTH_KEYS)
        assert code == 1, said
        return said

    assert "position 5: the time runs backwards" in result(lambda log: log.append(**{**declaration(), "at": "2025-01-01T00:00:00.000000Z"}))
    assert "position 5: the time" in result(lambda log: log.append(kind="log.genesis", key=line_of(KEY)))
    line = line_of(KEY)
    unsigned: dict[str, Any] = {"kind": "key.rotated", "old": line, "new": line_of(NEW_KEY)}
    good = base64.b64encode(KEY.sign(b"something else")).decode()
    for old, new in [("", ""), (good, good), ("A", "B"), (None, 5)]:
        assert "not signed by" in result(lambda log, old=old, new=new: log.append(**unsigned, old_signature=old, new_signature=new))
    for facts in [{"new": "x"}, {"new": 5}, {"new": line_of(KEY, "policy.trust.example/oakfield")}, {"new": line.rpartition("+")[0]}]:
        assert "not in the key file" in result(lambda log, facts=facts: log.append(**{**unsigned, **facts}))
    assert "not in the key file" in run(Log(private=NEW_KEY).begin().fill(3).checkpoint() and forged_export())[1]
    # Erased by an entry that came before, or that erases itself.
    early = Log().begin().fill(5)
    early.append(kind="record.erased", erased=6, reason="in advance")
    early.fill(8)
    early.records[6] = None
    early.checkpoint()
    assert "position 6: the record is missing" in run(early.export())[1]


def forged_export() -> bytes:
    log = Log(private=NEW_KEY).begin().fill(3)
    log.checkpoint()
    return log.export()


def test_what_no_checkpoint_covers_proves_nothing(run: Any) -> None:
    """Neither of itself, nor that a record before it was erased: anybody could have put it there, without the key."""
    log = Log().begin().fill(10)
    log.checkpoint()
    log.fill(12)
    code, said = run(log.export())
    assert code == 0
    assert "of its 12 entries, the first 10 are those that were signed" in said
    assert "nothing is known of them: the last 2 entries" in said
    log.erase(5, "made up")
    code, said = run(log.export())
    assert code == 1
    assert "position 5: the record is missing" in said
    assert run(log.export(), held=log.checkpoint().encode())[0] == 0


def test_held_checkpoints(run: Any, tmp_path: Path) -> None:
    log = exported()
    data, kept = log.export(), log.checkpoints[1]
    assert "1 agree, the largest over 15 entries" in run(data, keys=BOTH_KEYS, held=kept.encode())[1]
    # Rewritten by somebody who has the key: only what was kept elsewhere tells.
    rewritten = Log().begin()
    rewritten.append(**declaration("Somebody Else"))
    rewritten.fill(20)
    rewritten.checkpoint()
    assert run(rewritten.export(), keys=BOTH_KEYS)[0] == 0
    code, said = run(rewritten.export(), keys=BOTH_KEYS, held=kept.encode())
    assert code == 1
    assert "the first 15 entries are not those" in said
    # The end cut off: the same.
    short = Log().begin().fill(10)
    short.checkpoint()
    assert run(short.export(), keys=BOTH_KEYS)[0] == 0
    code, said = run(short.export(), keys=BOTH_KEYS, held=kept.encode())
    assert code == 1
    assert "15 entries" in said
    # Kept, but altered where it was kept; or not of this log; or nothing at all.
    assert run(data, keys=BOTH_KEYS, held=kept.replace("\n15\n", "\n14\n").encode())[0] == 1
    other = Log(origin="policy.trust.example/oakfield").begin()
    for nothing in [b"", b"no checkpoint\n", other.checkpoint().encode()]:
        code, said = run(data, keys=BOTH_KEYS, held=nothing)
        assert code == 2
        assert "nothing could be compared" in said
    assert run(data, keys=BOTH_KEYS, held=tmp_path / "nowhere")[0] == 2


def test_held_checkpoints_in_mail_and_in_certificates(run: Any, tmp_path: Path) -> None:
    log = exported()
    data, kept = log.export(), log.checkpoints[1]
    text = f"Dear chair,\r\n\r\nplease keep this:\r\n\r\n{kept}\r\nThank you.\n"
    quoted = "".join(f"> > {line}\r\n" for line in kept.split("\n"))
    wrapped = re.sub("(?m)^(— \\S+) ", "\\1\n", quoted.replace("> > ", ">> "))
    folder = tmp_path / "kept"
    (folder / "deeper").mkdir(parents=True)
    mails = {"8bit": "plain", "quoted-printable": "qp", "base64": "b64"}
    for encoding, name in mails.items():
        mail = EmailMessage()
        mail["Subject"] = "Checkpoint"
        mail.set_content(text, cte=encoding)
        if encoding == "base64":
            mail.add_attachment(certificate(log.files(12, log.checkpoints[1])), maintype="application", subtype="pdf")
        assert run(data, keys=BOTH_KEYS, held=mail.as_bytes())[0] == 0, name
        (folder / "deeper" / f"{name}.eml").write_bytes(mail.as_bytes())
    for held in [text, quoted, wrapped]:
        code, said = run(data, keys=BOTH_KEYS, held=held.encode())
        assert code == 0, held
        assert "1 agree" in said
    (folder / "certificate.pdf").write_bytes(certificate(log.files(2, log.checkpoints[0])))
    (folder / "another.pdf").write_bytes(b"%PDF-1.7\nnot one of ours\n")
    code, said = run(data, keys=BOTH_KEYS, held=folder)
    assert code == 0, said
    assert "4 agree, the largest over 15 entries" in said


# --- Whatever a hostile file does


def hostile() -> Iterator[tuple[str, bytes]]:
    yield from {
        "empty": b"",
        "text": b"hello",
        "pdf": b"%PDF",
        "header": b"%PDF-1.7\n%\n",
        "zip": b"PK\x03\x04",
        "end": b"PK\5\6" + bytes(18),
    }.items()
    yield "stream", b"%PDF-1.7\n%abcd\n1 0 obj\n<</Length 99999999>>\nstream\n"
    yield (
        "objects",
        b"%PDF-1.7\n%abcd\n" + b"".join(b"%d 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\n" % number for number in range(1, 3000)),
    )
    bomb = zlib.compress(bytes(300 << 20), 9)
    yield (
        "pdf bomb",
        b"%PDF-1.7\n%abcd\n"
        + b"".join(
            b"%d 0 obj\n<</Type /ObjStm/N 1/First 1/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, len(bomb), bomb)
            for number in (1,)
        ),
    )
    yield "nesting", b"%PDF-1.7\n%abcd\n1 0 obj\n" + b"<<" * 1_000_000
    deep = b"[" * 500_000
    yield "deep JSON", export_of(b"0\t%b\t%b\n" % (merkle.leaf_hash(deep).hex().encode(), deep), Log().begin().checkpoint().encode())
    yield "zip bomb", export_of(bytes(300 << 20), Log().begin().checkpoint().encode())
    yield "many lines", export_of(b"\n" * (50 << 20), Log().begin().checkpoint().encode())
    yield "checkpoint bomb", export_of(b"", bytes(300 << 20))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}", b"")
    yield "many files", out.getvalue()
    good = exported().export()
    for name in (b"entries.txt", b"checkpoints.txt"):
        yield f"no {name!r}", good.replace(name, name.upper())
    claims = bytearray(good)
    at = good.rindex(b"entries.txt") - 22
    claims[at : at + 4] = (2**32 - 2).to_bytes(4, "little")
    yield "claims 4 GB", bytes(claims)
    encrypted = bytearray(good)
    encrypted[good.rindex(b"entries.txt") - 38] |= 1
    yield "encrypted", bytes(encrypted)
    method = bytearray(good)
    method[good.rindex(b"entries.txt") - 36] = 99
    yield "unknown compression", bytes(method)
    chance = random.Random(4)
    for number in range(300):
        damaged = bytearray(good)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        yield f"damaged {number}", bytes(damaged)


def test_hostile_files_get_an_answer(run: Any) -> None:
    for name, data in hostile():
        began = time.perf_counter()
        code, said = run(data, keys=BOTH_KEYS)
        assert code in {1, 2} or (name.startswith("damaged") and code == 0), name
        assert said.startswith(("TAMPERED: ", "UNREADABLE: ")) or code == 0
        if time.perf_counter() - began > 2:
            sys.stdout.write(f"{name}: {time.perf_counter() - began:.1f} s, {said}")


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "# only a comment\n",
        "nonsense\n",
        "\0",
        line_of(KEY)[:-1],
        line_of(KEY) + "A",
        line_of(KEY).replace("+", "-"),
        "\ud7ff",
        "x" * 2_000_000,
    ],
)
def test_a_malformed_key_file(run: Any, keys: str) -> None:
    code, said = run(PDF, keys=keys)
    assert code == 2
    assert "key" in said or "MB" in said


def test_key_files_as_they_come(run: Any) -> None:
    assert run(PDF, keys="\ufeff# keys\r\n\r\n  " + line_of(KEY) + "  \r\n")[0] == 0


def tool(*arguments: str, python: str = sys.executable, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([python, str(TOOL), *arguments], capture_output=True, check=False, timeout=120, **more)


def test_as_a_program(tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(PDF)
    (tmp_path / "k.txt").write_text(key_file())
    here = {"cwd": tmp_path, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}}
    done = tool("c.pdf", "--key", "k.txt", **here)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Person 12 \\xdcnal" in done.stdout
    assert tool("c.pdf", "--key", "k.txt", "--held", "c.pdf", **here).returncode == 0
    for arguments in [
        ("c.pdf",),
        ("c.pdf", "--key", "nowhere.txt"),
        ("nowhere.pdf", "--key", "k.txt"),
        (".", "--key", "k.txt"),
        ("k.txt", "--key", "k.txt"),
    ]:
        done = tool(*arguments, **here)
        assert done.returncode == 2
        assert b"Traceback" not in done.stdout + done.stderr
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, str(TOOL), "c.pdf", "--key", "k.txt"], stdout=writing, stderr=subprocess.PIPE, check=False, cwd=tmp_path
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def commands_of(document: Path) -> str:
    """The shell commands of a document, one after the other."""
    return "\n".join(re.findall(r"^```sh by-hand\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(("position", "size"), [(12, 20), (0, 1), (6, 7), (4, 5), (49, 50), (32, 33), (63, 64), (2, 6)])
def test_by_hand_as_the_document_says(tmp_path: Path, position: int, size: int) -> None:
    """docs/evidence.md, from the first command to the last: with sha256sum, base64 and openssl only."""
    log = Log().begin().fill(size)
    files = log.files(position)
    (tmp_path / "certificate.pdf").write_bytes(certificate(files))
    (tmp_path / "aup-evidence.txt").write_text(key_file(NEW_KEY, KEY))
    commands = commands_of(TOOL.parent.parent / "docs" / "evidence.md")

    def by_hand() -> subprocess.CompletedProcess[str]:
        return subprocess.run(["bash", "-euc", commands], cwd=tmp_path, capture_output=True, text=True, check=False)

    done = by_hand()
    assert done.returncode == 0, done.stderr
    assert f"root {merkle.root(log.leaves).hex()}" in done.stdout
    assert done.stdout.endswith("Signature Verified Successfully\n")
    record = files[b"record.json"].replace(b"Hillside School", b"Hillside school")
    (tmp_path / "certificate.pdf").write_bytes(certificate({**files, b"record.json": record}))
    assert by_hand().returncode != 0


def test_it_stands_alone() -> None:
    source = TOOL.read_text()
    assert len(source.splitlines()) <= 411
    modules = set(re.findall(r"^(?:import|from) ([a-z_0-9]+)", source, re.MULTILINE))
    assert modules <= set(sys.stdlib_module_names)


# --- Size


def test_20_000_entries(tmp_path: Path) -> None:
    """Prints the figures; the promise is 5 s."""
    log = Log().begin().fill(20_000)
    walked = verifier.Log(ORIGIN, KEYS, set(range(4, 20_001, 4)))
    for line in entries_of(log):
        walked.take(line)
    log.checkpoints = [signed_note.sign(signed_note.Checkpoint(ORIGIN, size, walked.roots[size]), KEY) for size in range(4, 20_001, 4)]
    assert walked.roots[20_000] == merkle.root(log.leaves)
    (tmp_path / "k.txt").write_text(key_file())
    for checkpoints in (log.checkpoints[-1:], log.checkpoints):
        log.checkpoints = checkpoints
        (tmp_path / "e.zip").write_bytes(log.export())
        began, used = time.perf_counter(), os.times()
        done = tool(str(tmp_path / "e.zip"), "--key", str(tmp_path / "k.txt"))
        cpu = os.times().children_user - used.children_user
        spent = time.perf_counter() - began
        sys.stdout.write(f"20,000 entries, {len(checkpoints)} checkpoints: {spent:.1f} s, of these {cpu:.1f} s on a processor\n")
        assert done.returncode == 0, done.stdout
    damaged = log.checkpoints[2000].replace("\n8004\n", "\n8008\n")
    signed = [verifier.checkpoint_of(one, KEYS, "") for one in [*log.checkpoints[:2000], damaged, *log.checkpoints[2001:]]]
    assert not verifier.signatures_hold([one.signature for one in signed])


def test_one_signature_takes_milliseconds() -> None:
    message = json.dumps(declaration()).encode()
    one = VERIFIER.key, message, KEY.sign(message)
    began = time.process_time()
    for _ in range(20):
        assert verifier.signatures_hold([one])
    sys.stdout.write(f"one signature: {(time.process_time() - began) / 20 * 1000:.1f} ms\n")
