"""Reading a school's own text, filling in its names, and its fingerprint."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from declarations.common.unprintable import UNPRINTABLE
from declarations.policies.text.parse import parse, unix_lines, unreadable

MAX_BYTES: Final = 1_048_576

PLACEHOLDERS: Final = frozenset(
    {
        "school",
        "SLT",
        "headteacher",
        "DSL",
        "DSL_contact",
        "child_protection_contact",
        "IT_contact",
        "data_protection_contact",
        "designated_areas",
    }
)

_PACKED: Final[Mapping[bytes, str]] = {
    b"PK\x03\x04": "Word document or other packed file",
    b"\xd0\xcf\x11\xe0": "Word document (97-2003)",
    b"%PDF-": "PDF",
    b"{\\rtf": "rich text document (RTF)",
}
_PLACEHOLDER = re.compile(r"(?<!\\)\{([A-Za-z][A-Za-z_]*)\}")
_MARKUP = re.compile(r"""[\\`*\[\]<>&{}|~()"$]|(?<![^\W_])_|_(?![^\W_])|(?<=-)-""")
_LINE_START = re.compile(r"[#+\-=:]|\d{1,9}(?=[.)])")


def read_text(data: bytes) -> str:
    """The text of a file: UTF-8, with LF line ends, in Unicode's composed form (NFC), no BOM.

    Raises UnreadableFileError.
    """
    if len(data) > MAX_BYTES:
        raise unreadable("too_big", size=len(data), limit=MAX_BYTES)
    for magic, kind in _PACKED.items():
        if data.startswith(magic):
            raise unreadable("not_text", kind=kind)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise unreadable("not_utf8", byte=error.start + 1) from None
    return checked(text)


def checked(text: str) -> str:
    """The same rules for a text that was typed into a form: returns it clean.

    Raises UnreadableFileError. What this returns can be split, rendered and compared without raising.
    """
    text = canonical(text.removeprefix("\N{BYTE ORDER MARK}"))
    if len(text) > MAX_BYTES:  # never more characters than bytes; surrogates cannot be encoded yet
        raise unreadable("too_big", size=len(text), limit=MAX_BYTES)
    control = UNPRINTABLE.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        character = f"U+{ord(control[0]):04X}"
        raise unreadable("control", line=line, character=character)
    size = len(text.encode())
    if size > MAX_BYTES:
        raise unreadable("too_big", size=size, limit=MAX_BYTES)
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        raise unreadable("empty")
    parse(text)
    return text


def canonical(text: str) -> str:
    """The one form in which a text is stored and hashed: NFC, LF."""
    return unicodedata.normalize("NFC", unix_lines(text))


def sha256_of(text: str) -> str:
    """The SHA-256 of a text's canonical form in UTF-8: 64 hexadecimal digits."""
    return hashlib.sha256(canonical(text).encode()).hexdigest()


def placeholders(source: str) -> set[str]:
    """The names in braces that a text holds, known or not; `\\{school}` is not one."""
    return set(_PLACEHOLDER.findall(source))


def substitute(source: str, words: Mapping[str, str]) -> str:
    """A Markdown text with its placeholders filled in, each word escaped so that it stays a word.

    What has no word, or a blank one, keeps its braces: a gap that can be seen
    (and found: `placeholders(filled) & PLACEHOLDERS`).
    """
    return _filled(source, {name: _escape(word) for name, word in words.items()})


def substitute_plain(sentence: str, words: Mapping[str, str]) -> str:
    """The same for a sentence that is not Markdown: the statement and the confirmations."""
    return _filled(sentence, {name: _one_line(word) for name, word in words.items()})


def _filled(source: str, words: Mapping[str, str]) -> str:
    return canonical(_PLACEHOLDER.sub(lambda match: words.get(match[1], "") or match[0], source))


def _one_line(word: str) -> str:
    """Lines of an address or a list of rooms, joined with commas."""
    lines = (" ".join(line.split()) for line in word.splitlines())
    return ", ".join(line.rstrip(",") for line in lines if line)


def _escape(word: str) -> str:
    """Backslashes before what Markdown would read as its own; `_` within a word stays as it is."""
    line = _one_line(word)
    start = _LINE_START.match(line)
    head, rest = (line[: start.end()], line[start.end() :]) if start else ("", line)
    escaped = _MARKUP.sub(lambda match: "\\" + match[0], rest)
    if not head:
        return escaped
    if head.isdigit():
        return head + "\\" + rest[0] + _MARKUP.sub(lambda match: "\\" + match[0], rest[1:])
    return "\\" + head + escaped
