"""The text of a file that does not say how its letters are written.

A byte order mark decides. Without one it is UTF-8 if it can be; otherwise the likeliest of the encodings that Excel and schools' programs
write. Whoever asks is told when there are several ways to read a file, because a wrong one gives everybody with an accent another name.
"""

import re

from declarations.common.errors import UnreadableFileError

MARKS = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
UTF_8, MIXED, TWICE = "utf-8", "utf-8 in part", "utf-8 twice"
# Western Windows, which SIMS and Excel in the United Kingdom write; Excel's “CSV (Macintosh)” and “CSV (MS-DOS)”; central European Windows.
WINDOWS = "cp1252"
ONE_BYTE = (WINDOWS, "mac_roman", "cp850", "cp1250")
BEHIND_A_LETTER, BEFORE_A_LETTER = "’”»–—…‐‑\xa0\xad", "‘’“«–—…‐‑\xa0\xad"
NOT_ASCII, ONE_NOT_ASCII = re.compile(r"[^\x00-\x7f]+"), re.compile(r"[^\x00-\x7f]")
LOOKED_AT = 200_000  # characters; enough to tell, however large the file


def readings(content: bytes) -> list[str]:
    """The ways in which a file can be read, the likeliest first; a single one is certain. Raises UnreadableFileError."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return [encoding]
    if b"\x00" in content:
        return [wide(content)]
    if can_be(content, UTF_8):
        return [UTF_8]
    if any(can_be(line, UTF_8) for line in content.splitlines() if not line.isascii()):
        return [UTF_8, MIXED]
    texts = {encoding: decode(content, encoding) for encoding in ONE_BYTE if can_be(content, encoding)}
    likely = sorted(texts, key=lambda encoding: misplaced(texts[encoding]))
    return [encoding for place, encoding in enumerate(likely) if texts[encoding] not in {texts[other] for other in likely[:place]}]


def is_certain(text: str, ways: list[str], *, is_chosen: bool) -> bool:
    """Whether nobody need look at how the letters are read, the first of `ways`; somebody may have chosen it.

    Windows-1252 is expected, where no letter stands where none can; what is not UTF-8 in a UTF-8 file is marked, and harms nobody.
    """
    if ways[0] in ONE_BYTE:
        return (is_chosen or ways[0] == WINDOWS) and not misplaced(text)
    return len(ways) == 1 or MIXED in ways or is_chosen


def decode(content: bytes, reading: str) -> str:
    """The text in one of its `readings`; U+FFFD stands for what cannot be read in it. Raises UnreadableFileError."""
    if reading == MIXED:
        lines = content.splitlines(keepends=True)
        return "".join(line.decode(UTF_8 if can_be(line, UTF_8) else WINDOWS, errors="replace") for line in lines)
    if reading.startswith(("utf-16", "utf-32")):
        try:
            return content.decode(reading)
        except UnicodeDecodeError as error:  # broken off in the middle of a character
            raise UnreadableFileError("damaged") from error
    return content.decode(reading, errors="replace")


def wide(content: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte is zero. Raises UnreadableFileError for other zero bytes, which damage leaves."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    if min(even, odd) * 20 > max(even, odd) or max(even, odd) * 4 < len(content):
        raise UnreadableFileError("zero_bytes")
    return "utf-16-le" if odd > even else "utf-16-be"


def can_be(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def misplaced(text: str) -> int:
    """How many characters stand beside a letter as no name has them: a sign, or a capital behind a small letter."""
    return sum(is_misplaced(match[0], *match.span(), text) for match in ONE_NOT_ASCII.finditer(text[:LOOKED_AT]))


def is_misplaced(character: str, begins: int, ends: int, text: str) -> bool:
    before, after = text[max(0, begins - 2) : begins], text[ends : ends + 1]
    if not character.isalpha():
        return (before[-1:].isalpha() and character not in BEHIND_A_LETTER) or (after.isalpha() and character not in BEFORE_A_LETTER)
    if before[-1:].islower():
        return character.isupper()
    return character.islower() and len(before) == 2 and before.isalpha() and before.isupper()


def once(text: str) -> str:
    """The text without having been encoded twice: `BÃ©nÃ©dicte` is Bénédicte."""
    return NOT_ASCII.sub(lambda match: decoded_again(match[0]), text)


def decoded_again(letters: str) -> str:
    try:
        again = b"".join(letter.encode("latin-1" if "\x80" <= letter <= "\x9f" else WINDOWS) for letter in letters).decode()
    except UnicodeError:
        return letters
    # Other letters come of a capital before a quotation mark, and nobody's name has them.
    return again if all("\xa0" <= letter < "\u0180" or "\u2010" <= letter <= "\u2026" for letter in again) else letters
