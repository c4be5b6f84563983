"""Canonical JSON: one value, one sequence of bytes. A strict subset of RFC 8785 (JCS).

Objects with ASCII keys, arrays, strings in NFC, integers below 2**53, booleans and null. What JCS would allow beyond
that (floats, other keys) has no use in a record and many ways to be written, so it is refused.
"""

import json
import re
import unicodedata
from typing import Final

type Json = dict[str, Json] | list[Json] | str | int | bool | None

LARGEST: Final = 2**53 - 1  # I-JSON, RFC 7493 section 2.2: what every implementation reads exactly
DEEPEST: Final = 32
SURROGATE: Final = re.compile("[\ud800-\udfff]")


class NotCanonicalError(ValueError):
    """The value or the bytes are outside the subset; the message says where."""


def canon(value: Json) -> bytes:
    """The canonical bytes of a value. Raises NotCanonicalError."""
    check(value, where="$", depth=0)
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def parse(record: bytes) -> Json:
    """The value of canonical bytes. Raises NotCanonicalError unless they are exactly what `canon` would write."""
    try:
        value: Json = json.loads(record.decode("utf-8"))
        again = canon(value)
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError(f"not canonical JSON: {error}") from error
    if again != record:
        raise NotCanonicalError("the bytes are not the canonical ones of their value")
    return value


def check(value: object, *, where: str, depth: int) -> None:
    if depth > DEEPEST:
        raise NotCanonicalError(f"{where}: nested deeper than {DEEPEST}")
    if isinstance(value, list):
        for index, item in enumerate(value):
            check(item, where=f"{where}[{index}]", depth=depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii() or not key.isprintable():
                raise NotCanonicalError(f"{where}: the key {key!r} is not printable ASCII")
            if isinstance(item, str) and item.isascii() and "\0" not in item:
                continue  # most of every record: nothing can be wrong with it
            check(item, where=f"{where}.{key}", depth=depth + 1)
    else:
        check_scalar(value, where=where)


def check_scalar(value: object, *, where: str) -> None:
    match value:
        case None | bool():
            pass
        case int():
            if abs(value) > LARGEST:
                raise NotCanonicalError(f"{where}: a number beyond 2**53")  # not shown: printing a huge one raises ValueError
        case str():
            check_text(value, where=where)
        case _:
            raise NotCanonicalError(f"{where}: {type(value).__name__} has no canonical form")


def check_text(text: str, *, where: str) -> None:
    if "\0" in text:
        raise NotCanonicalError(f"{where}: NUL")
    if text.isascii():
        return
    if SURROGATE.search(text):
        raise NotCanonicalError(f"{where}: a lone surrogate")
    if not unicodedata.is_normalized("NFC", text):
        raise NotCanonicalError(f"{where}: not in NFC")
