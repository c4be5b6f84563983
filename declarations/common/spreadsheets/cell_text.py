"""What the cell of a workbook shows: a number as a day, as a time or with the zeros of a staff number; a text without escapes."""

import datetime as dt
import re

HALVES = range(0xD800, 0xE000)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# A format such as `00000` or `"E"0000`; texts and escaped characters stand as they are.
ZEROS = re.compile(r'(?:"[^"]*"|\\.|[ ()/-])*0(?:"[^"]*"|\\.|[ ()/0-])*0(?:"[^"]*"|\\.|[ ()/-])*')


def is_day_format(code: str) -> bool:
    """Whether a number format shows a day or a time: `dd/mm/yyyy` and `hh:mm` do, `0.00 "days"` and `[Red]0` do not."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", code.lower())
    return bool(set("dyh") & set(bare))


def shown_number(value: str, code: str, *, begins: dt.datetime) -> str:
    """A number as its format shows it: as a day, as a time if it holds no day, with its leading zeros, otherwise as 12 and not 12.0."""
    try:
        parsed = float(value)
        if is_day_format(code):
            moment = begins + dt.timedelta(days=parsed)
            return moment.date().isoformat() if parsed >= 1 else f"{moment:%H:%M}" if parsed else ""
        if parsed != int(parsed) or abs(parsed) >= 1e15:
            return value
        pattern = code.partition(";")[0]
        return with_zeros(int(parsed), pattern) if parsed >= 0 and ZEROS.fullmatch(pattern) else str(int(parsed))
    except (ValueError, OverflowError):
        return value


def with_zeros(whole_number: int, pattern: str) -> str:
    """731 in the pattern `00000` is 00731; digits beyond its zeros stand before the first of them."""
    pieces = re.findall(r'"[^"]*"|\\.|.', pattern)
    digits = str(whole_number).zfill(pieces.count("0"))
    shown, more = "", len(digits) - pieces.count("0")
    for piece in pieces:
        if piece == "0":
            shown, digits, more = shown + digits[: more + 1], digits[more + 1 :], 0
        else:
            shown += piece[1:] if piece.startswith("\\") else piece.strip('"')
    return shown


def unescaped(text: str) -> str:
    """Replaces `_x000D_`, which stands for a character that XML cannot contain; half a character becomes U+FFFD."""
    return ESCAPED.sub(lambda match: whole(int(match[1], 16)), text) if "_x" in text else text


def whole(number: int) -> str:
    return "\ufffd" if number in HALVES else chr(number)
