#!/usr/bin/env python3
"""Is this certificate, or this exported log, what the school's key signed? Offline; standard library; Python 3.9 or later.
    aup_verify.py certificate.pdf --key aup-evidence.txt
    aup_verify.py export.zip --key aup-evidence.txt --held FILE_OR_FOLDER
The key file is what the school's server shows at /.well-known/aup-evidence.txt; compare it with a copy that you trust. --held names
checkpoints that were kept elsewhere, in e-mails, text files, certificates. Exit code 0: intact; 1: tampered; 2: unreadable."""

from __future__ import annotations

import argparse
import base64
import email
import io
import json
import os
import re
import sys
import unicodedata
import zipfile
import zlib
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from functools import reduce
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

MOST_FILE, MOST_LOG, MOST_PART, MOST_LINE = 200 << 20, 1 << 30, 8 << 20, 1 << 20  # bytes, whatever a hostile file claims


class Tampered(Exception): ...  # the evidence contradicts itself, or no key of the key file stands behind it


class Unreadable(Exception): ...  # there is nothing that can be checked


# --- Ed25519 (RFC 8032, section 5.1). A point is (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.
Point = tuple[int, int, int, int]
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * D * p[3] * q[3] % P, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point(encoded: bytes) -> Point | None:
    """The point with this encoding; None if there is none, or if its one encoding is another (RFC 8032, 5.1.3)."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 % P * pow(u * v**7 % P, (P - 5) // 8, P) % P
    x = x if (v * x * x - u) % P == 0 else x * ROOT_OF_MINUS_1 % P
    if len(encoded) != 32 or y >= P or (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def signatures_hold(signed: list[tuple[bytes, bytes, bytes]]) -> bool:
    """Do all of these (key, message, signature) hold? One is checked as RFC 8032 says, R + k * A - S * B = 0; many in one sum,
    each equation times a random number of its own, none likelier than 2**-59 (few of their bits are 1: few additions)."""
    base, keys = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")), {key: point(key) for key in {one[0] for one in signed}}
    factors, summands = dict.fromkeys([base, *keys.values()], 0), [list[Point]() for _ in range(256)]  # by bit, what it adds
    for key, message, signature in signed:
        r, s = point(signature[:32]), int.from_bytes(signature[32:], "little")
        if len(signature) != 64 or r is None or keys[key] is None or s >= ORDER:
            return False
        k, bits = sha512(signature[:32] + key + message).digest(), os.urandom(12) if len(signed) > 1 else bytes(1)
        weight = sum(1 << bit for bit in bits)
        factors[base] = (factors[base] - weight * s) % ORDER
        factors[keys[key]] = (factors[keys[key]] + weight * int.from_bytes(k, "little")) % ORDER
        for bit in bits:
            summands[bit].append(r)
    total: Point = (0, 1, 1, 0)
    for bit in range(255, -1, -1):
        total = add(total, total)
        for one in summands[bit] + [one for one, factor in factors.items() if one and factor >> bit & 1]:
            total = add(total, one)
    return total[0] == 0 and total[1] == total[2]


# --- Canonical JSON: a subset of RFC 8785. Numbers that it has not become one that is too large.
DECODER = json.JSONDecoder(parse_int=lambda digits: int(digits[:18]), parse_float=lambda _: 2**53, parse_constant=lambda _: 2**53)
SALT, COMMON = re.compile("[0-9a-f]{32}"), {"v": int, "position": int, "origin": str, "kind": str, "at": str, "salt": str}
TIME = re.compile("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{6}Z")


def fits(value: object, depth: int = 0) -> bool:
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or unicodedata.is_normalized("NFC", value))
    if isinstance(value, dict):
        return all(depth < 32 and key.isascii() and key.isprintable() and fits(item, depth + 1) for key, item in value.items())
    if isinstance(value, list):
        return all(depth < 32 and fits(item, depth + 1) for item in value)
    return value is None or (isinstance(value, int) and abs(value) < 2**53)


def parse(raw: bytes) -> Any:
    """The value of canonical bytes; None, which no record is, for all others."""
    with suppress(ValueError, RecursionError):
        value = DECODER.decode(raw.decode())
        if fits(value) and json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == raw:
            return value
    return None


def read_record(raw: bytes, position: int, origin: str) -> dict[str, Any]:
    """The record of these bytes, if it is canonical and is of this position in this log."""
    record = parse(raw)
    if not isinstance(record, dict) or {key: type(record.get(key)) for key in COMMON} != COMMON:
        raise Tampered(f"position {position}: the record is not canonical JSON with what every record has")
    if record["v"] != 1:
        raise Unreadable(f"position {position}: a record of version {record['v']}; this program reads version 1: get a newer one")
    here = (record["position"], record["origin"]) == (position, origin)
    if not here or not TIME.fullmatch(record["at"]) or not SALT.fullmatch(record["salt"]):
        raise Tampered(f"position {position}: the record names another position or log, or its time or salt is malformed")
    if record["kind"] == "declaration.signed" and "signed_at" in record and claims_another_time(record):
        raise Tampered(f"position {position}: signed at {say(record['signed_at'])}, it claims; recorded at {say(record['at'])}")
    return record


def claims_another_time(record: dict[str, Any]) -> bool:
    """Ten minutes or a day beside when it was recorded, in any time zone; the day on a paper is the paper's, and only not later."""
    times = (record["signed_at"], record.get("clock", record["at"]), record.get("signed_on"))
    with suppress(ValueError):
        signed, recorded, day = (datetime.fromisoformat(str(one)[:26].rstrip("Z")) for one in times)
        days = (day - signed).days if not record.get("paper") else max((day - signed).days, -1)
        return abs(recorded - signed) > timedelta(minutes=10) or days not in {-2, -1, 0}
    return True


# --- The Merkle tree (RFC 6962, section 2.1); signed checkpoints and proofs (C2SP). The last letter of a base64 text has no stray bits.
ORIGIN, NUMBER, HASH = r"[a-z0-9][a-z0-9.:_/-]{0,118}", r"0|[1-9][0-9]{0,15}", r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
CHECKPOINT = re.compile(rf"^({ORIGIN})\n({NUMBER})\n({HASH})\n\n— \1 ([A-Za-z0-9+/]{{48}}{HASH})\n", re.MULTILINE)
PROOF = re.compile(rf"c2sp\.org/tlog-proof@v1\nindex ({NUMBER})\n((?:{HASH}\n){{0,64}})\n(.*)", re.DOTALL)
KEY = re.compile(rf"(({ORIGIN})\+([0-9a-f]{{8}}))\+([A-Za-z0-9+/]{{44}})")


class Signed(NamedTuple):
    where: str
    origin: str
    size: int
    root: bytes
    key: str
    signature: tuple[bytes, bytes, bytes]  # as signatures_hold takes it


def digest(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


def root_of_path(leaf: bytes, position: int, size: int, path: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to, as section 2.1.1 defines it: from the root downwards."""
    if not 0 <= position < size or bool(path) != (size > 1):
        raise Tampered("proof.txt: it does not fit its position and the checkpoint's size")
    if size == 1:
        return leaf
    left = 1 << (size - 1).bit_length() - 1
    if position < left:
        return digest(b"\x01", root_of_path(leaf, position, left, path[:-1]), path[-1])
    return digest(b"\x01", path[-1], root_of_path(leaf, position - left, size - left, path[:-1]))


def checkpoint_of(note: str, keys: dict[str, bytes], where: str) -> Signed:
    """Reads a checkpoint and finds its key; the signature itself is for check_signatures."""
    found = CHECKPOINT.fullmatch(note)
    if not found:
        raise Tampered(f"{where}: not a checkpoint that its own log signed")
    signature, text = base64.b64decode(found[4]), note[: found.end(3) + 1].encode()
    key = f"{found[1]}+{signature[:4].hex()}"
    if key not in keys:
        raise Tampered(f"{where}: signed by the key {key}, which is not in the key file")
    return Signed(where, found[1], int(found[2]), base64.b64decode(found[3]), key, (keys[key], text, signature[4:]))


def check_signatures(signed: list[Signed]) -> None:
    if not signatures_hold([one.signature for one in signed]):
        while len(signed) > 1:
            half = signed[: len(signed) // 2]
            signed = signed[len(half) :] if signatures_hold([one.signature for one in half]) else half
        raise Tampered(f"{signed[0].where}: the signature does not hold")


def read_keys(path: Path) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}  # by "name+id", and by the whole line
    for number, line in enumerate(read(path, MOST_LINE).decode("utf-8-sig", "replace").splitlines(), 1):
        found = KEY.fullmatch(line.strip())
        raw = base64.b64decode(found[4]) if found else b""
        if found and raw[0] == 1 and point(raw[1:]) and digest(f"{found[2]}\n".encode(), raw).hex()[:8] == found[3]:
            keys[found[1]] = keys[found[0]] = raw[1:]
        elif line.strip() and not line.startswith("#"):
            raise Unreadable(f"{path}, line {number}: not a key")
    if not keys:
        raise Unreadable(f"{path} holds no key")
    return keys


# --- The certificate: a PDF as WeasyPrint writes it. Every byte is accounted for, so that nothing stands where no one looks.
OBJECT, END = re.compile(rb"([1-9][0-9]{0,5}) 0 obj\n(<<[^\n]*/Length ([0-9]{1,8})>>)\nstream\n"), b"\nendstream\nendobj\n"
FILE = re.compile(rb"<</Type /Filespec/F \(([a-z.]+)\)/UF \(\1\)/EF <</F ([0-9]+) 0 R>>/")


def objects_of(data: bytes) -> tuple[dict[int, tuple[bytes, bytes]], bytes]:
    """The streams, and the text of all other objects. The table of objects must name each at its true place, and nothing else."""
    streams, places, number, start = dict[int, tuple[bytes, bytes]](), dict[int, tuple[int, int, int]](), 0, 0
    at = data.index(b"\n", 9, 99) + 1  # the first two lines are comments
    while found := OBJECT.match(data, at):
        number, start, end = int(found[1]), at, found.end() + int(found[3])
        at = end + len(END) if data.startswith(END, end) and number not in streams else len(data)
        streams[number], places[number] = (found[2], data[found.end() : end]), (1, start, 0)
    tail = re.compile(rb"startxref\n%d\n%%%%EOF\n" % start).match(data, at)
    if tail and tail.end() != len(data):
        raise Tampered("bytes were added after the end of the certificate")
    (packed,) = (one for one, (header, _) in streams.items() if header.startswith(b"<</Type /ObjStm"))
    text, table = (zlib.decompressobj().decompress(streams[one][1], MOST_PART) for one in (packed, number))
    places.update((int(one), (2, packed, index)) for index, one in enumerate(text.partition(b"\n")[0].split()[::2]))
    wide, rows = len(table) // (len(places) + 1), [places[one] for one in range(1, len(places) + 1)]
    listed = b"".join(b"%c%b%b" % (kind, where.to_bytes(wide - 3, "big"), index.to_bytes(2, "big")) for kind, where, index in rows)
    if not tail or b"/Index [0 %d]/W [1 %d 2]" % (len(places) + 1, wide - 3) not in streams[number][0] or table[wide:] != listed:
        raise ValueError
    return streams, text


def embedded(data: bytes) -> dict[bytes, bytes]:
    """The three files that are attached to a certificate."""
    try:
        streams, text = objects_of(data)
        files = [(name, zlib.decompressobj().decompress(streams[int(one)][1], MOST_PART)) for name, one in FILE.findall(text)]
    except (ValueError, LookupError, ArithmeticError, zlib.error):
        raise Unreadable("not a certificate as it was issued: damaged, saved anew, or made by another program") from None
    specs = re.findall(rb"/(?:E|#45)(?:F|#46)\b", b"\n".join([text, *(header for header, _ in streams.values())]))
    if sorted(name for name, _ in files) != [b"checkpoint.txt", b"proof.txt", b"record.json"] or len(specs) != 3:
        raise (Tampered if specs else Unreadable)("not exactly one record.json, one proof.txt and one checkpoint.txt are attached")
    return dict(files)


def check_certificate(files: dict[bytes, bytes], keys: dict[str, bytes]) -> tuple[dict[str, Any], Signed]:
    proof, checkpoint = (files[name].decode("utf-8", "surrogateescape") for name in (b"proof.txt", b"checkpoint.txt"))
    found = PROOF.fullmatch(proof)
    if not found or found[3] != checkpoint:
        raise Tampered("proof.txt: not a proof that ends with checkpoint.txt")
    signed, position = checkpoint_of(checkpoint, keys, "checkpoint.txt"), int(found[1])
    leaf, path = digest(b"\x00", files[b"record.json"]), [base64.b64decode(line) for line in found[2].split()]
    if root_of_path(leaf, position, signed.size, path) != signed.root:
        raise Tampered(f"position {position}: record.json, proof.txt and checkpoint.txt do not belong together")
    check_signatures([signed])
    return read_record(files[b"record.json"], position, signed.origin), signed


# --- The exported log, and checkpoints that were kept elsewhere.
class Log:
    def __init__(self, origin: str, keys: dict[str, bytes], sizes: set[int]) -> None:
        self.origin, self.keys, self.sizes, self.size, self.at, self.key = origin, keys, sizes, 0, "", ""
        self.parts, self.roots, self.kinds = list[bytes](), {0: digest()}, Counter[str]()
        self.missing, self.erased = set[int](), dict[int, tuple[int, str]]()  # erased: by which position, and in words

    def take(self, line: bytes) -> None:
        found = re.fullmatch(rb"([0-9]{1,9})\t([0-9a-f]{64})\t([^\t\n]+)\n", line)
        if not found or found[1] != b"%d" % self.size:
            raise Tampered(f"position {self.size}: its line is missing, malformed or too long")
        leaf = bytes.fromhex(found[2].decode())
        if found[3] == b"-" and self.size:
            self.missing.add(self.size)
        elif digest(b"\x00", found[3]) != leaf:
            raise Tampered(f"position {self.size}: the record is not the one whose hash stands beside it")
        else:
            self.read(read_record(found[3], self.size, self.origin))
        self.size += 1
        self.parts.append(leaf)
        for _ in range((self.size & -self.size).bit_length() - 1):
            self.parts[-2:] = [digest(b"\x01", *self.parts[-2:])]
        if self.size in self.sizes:
            self.roots[self.size] = reduce(lambda right, left: digest(b"\x01", left, right), reversed(self.parts))

    def read(self, record: dict[str, Any]) -> None:
        kind, erased, old = record["kind"], record.get("erased"), self.key
        if record["at"] < self.at or (kind == "log.genesis") != (self.size == 0):
            raise Tampered(f"position {self.size}: the time runs backwards, or the log does not begin where it must")
        self.at, self.kinds[kind] = record["at"], self.kinds[kind] + 1
        if kind == "record.erased" and type(erased) is int and erased < self.size:
            self.erased.setdefault(erased, (self.size, f"erased on {say(self.at)} (position {self.size}): {say(record.get('reason'))}"))
        if kind in {"log.genesis", "key.rotated"}:
            self.key = str(record.get("key" if kind == "log.genesis" else "new"))
            if self.key.count("+") < 2 or self.key not in self.keys or not self.key.startswith(f"{self.origin}+"):
                raise Tampered(f"position {self.size}: names a key that is not in the key file: {say(self.key)}")
            text, names = f"{old}\n{self.key}\n{self.origin}\n".encode(), {"old_signature": old, "new_signature": self.key}
            found = [(key, re.fullmatch("[A-Za-z0-9+/]{86}==", str(record.get(name)))) for name, key in names.items() if old]
            both = [(self.keys[key], text, base64.b64decode(one[0] if one else "")) for key, one in found]
            if both and (record.get("old") != old or not signatures_hold(both)):
                raise Tampered(f"position {self.size}: the new key is not signed by the old key and by itself")

    def compare(self, signed: list[Signed]) -> None:
        for one in signed:
            if one.origin != self.origin or one.size > self.size:
                raise Tampered(f"{one.where}: {one.size} entries of {one.origin} were signed; here are {self.size} of {self.origin}")
            if one.root != self.roots[one.size]:
                raise Tampered(f"{one.where}: the first {one.size} entries are not those that were signed: changed, inserted or removed")


def held_checkpoints(path: Path, keys: dict[str, bytes], origin: str) -> list[Signed]:
    """The checkpoints of this log in this file, or in all files of this folder: also quoted, in e-mails, in certificates."""
    signed: set[Signed] = set()
    for file in (one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]:
        raw = read(file, 4 * MOST_PART)
        parts = [raw, *(part.get_payload(decode=True) for part in email.message_from_bytes(raw).walk())]
        for part in (one for one in parts if isinstance(one, bytes)):
            with suppress(Unreadable):
                text = (embedded(part)[b"checkpoint.txt"] if part[:5] == b"%PDF-" else part).decode("utf-8", "replace")
                lines = [re.sub(r"^[>\s]+", "", line).rstrip() for line in [*text.splitlines(), ""]]
                unwrapped = re.sub(rf"^— ({ORIGIN})\n+", r"— \1 ", "\n".join(lines), flags=re.MULTILINE)
                signed.update(checkpoint_of(found[0], keys, str(file)) for found in CHECKPOINT.finditer(unwrapped) if found[1] == origin)
    if not signed:
        raise Unreadable(f"{path} holds no checkpoint of {origin}: nothing could be compared")
    check_signatures(sorted(signed))
    return sorted(signed)


def check_export(data: bytes, keys: dict[str, bytes], held_in: Path | None) -> list[str]:
    if data[-22:-18] != b"PK\5\6" or int.from_bytes(data[-10:-6], "little") > MOST_LINE:
        raise Unreadable("neither a certificate (PDF) nor an exported log (ZIP), or damaged")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if [one.filename in {"entries.txt", "checkpoints.txt"} and one.file_size < MOST_LOG for one in archive.infolist()].count(True) != 2:
            raise Unreadable("not an exported log: not one entries.txt and one checkpoints.txt of sensible size")
        notes = archive.open("checkpoints.txt").read(4 * MOST_PART).decode().splitlines(keepends=True)
        starts = range(0, len(notes) or 1, 5)  # no checkpoint at all is a malformed one: nobody signed this log
        signed = [checkpoint_of("".join(notes[i : i + 5]), keys, f"checkpoints.txt, line {i + 1}") for i in starts]
        held = held_checkpoints(held_in, keys, signed[0].origin) if held_in else []
        log, entries = Log(signed[0].origin, keys, {one.size for one in signed + held}), archive.open("entries.txt")
        while line := entries.readline(MOST_LINE):
            log.take(line)
    log.compare(signed + held)
    check_signatures(signed)
    last = max(signed + held, key=lambda one: one.size)
    for position in sorted(log.missing - {gone for gone, (by, _) in log.erased.items() if by < last.size}):
        raise Tampered(f"position {position}: the record is missing; no later entry that a checkpoint covers says that it was erased")
    return [
        f"INTACT: the log {log.origin}: of its {log.size} entries, the first {last.size} are those that were signed.",
        *(f"  {kind}: {count}" for kind, count in sorted(log.kinds.items())),
        *(f"  position {gone}: {'present' if gone in log.missing else 'STILL HERE'}, {log.erased[gone][1]}" for gone in sorted(log.erased)),
        f"Checkpoints: {len(signed)}, every root recomputed and every signature checked; the last one by the key {last.key}.",
        f"Checkpoints kept elsewhere: {len(held)} agree, the largest over {max([0, *(one.size for one in held)])} entries.",
        f"Covered by no checkpoint, so that nothing is known of them: the last {log.size - last.size} entries.",
        "Not checked: what happened before it was recorded; the server's clock; entries made up and appended by whoever has the key;",
        "  and, where no checkpoint was kept elsewhere, whether the whole log was written anew with that key, or its end cut off.",
    ]


# --- In words. Whatever could steer a terminal is shown as its code.
def say(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    text = re.sub(f"^{TIME.pattern}$", lambda at: f"{at[0][:10]} {at[0][11:19]} UTC", text)
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def words(value: object, name: str, indent: str = "  ") -> list[str]:
    if isinstance(value, dict):
        return [f"{indent}{name}:", *(line for key in sorted(value) for line in words(value[key], key.replace("_", " "), indent + "  "))]
    if isinstance(value, list):
        return [line for number, item in enumerate(value, 1) for line in words(item, f"{name} {number}", indent)]
    return [f"{indent}{name}: " + f"\n{indent}  | ".join(say(line) for line in (value.split("\n") if isinstance(value, str) else [value]))]


def certificate_in_words(data: bytes, keys: dict[str, bytes], held_in: Path | None) -> list[str]:
    record, signed = check_certificate(embedded(data), keys)
    held = held_checkpoints(held_in, keys, signed.origin) if held_in else []
    same = [one for one in held if one.size == signed.size]
    if any(one.root != signed.root for one in same):
        raise Tampered(f"{held_in}: another root over the same {signed.size} entries: two different logs were signed")
    return [
        f"INTACT: the key {signed.key} stands behind this record. Trust these words, not the picture of the page:",
        *words(record, f"position {record['position']} of the log {signed.origin}"),
        f"Checkpoint: {signed.size} entries, root {base64.b64encode(signed.root).decode()}.",
        f"Compared: {len(same)} of {len(held)} checkpoints kept elsewhere have the same size, and the same root.",
        f"SHA-256 of this file, for comparison with the log's certificate.issued: {sha256(data).hexdigest()}",
        "Not checked: the picture on the pages; what came later (withdrawn, erased); the server's clock; who sat at the keyboard.",
    ]


def read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Unreadable(f"{path} is larger than {most >> 20} MB")
    return data


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--held", type=Path)
    options = parser.parse_args(arguments)
    try:
        keys, data = read_keys(options.key), read(options.file, MOST_FILE)
        lines, code = (certificate_in_words if data[:4] == b"%PDF" else check_export)(data, keys, options.held), 0
    except Tampered as found:
        lines, code = [f"TAMPERED: {found}"], 1
    except (Exception, KeyboardInterrupt) as trouble:  # noqa: BLE001 # whatever a hostile file brings about: words, not a traceback
        lines, code = [f"UNREADABLE: {options.file}: {trouble if isinstance(trouble, (Unreadable, OSError)) else repr(trouble)}"], 2
    with suppress(OSError):  # nobody reads any more
        print("\n".join(lines).encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding), flush=True)
    return code


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))  # at once: no second try to write what nobody reads
