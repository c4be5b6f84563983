"""What the cells of a staff list say: names, e-mail addresses and days, as schools and their programs write them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping

from declarations.common.dates import WORKING_YEARS

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"{ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+[A-Za-z]{{2,63}}")
BESIDE_AN_EMAIL = re.compile(r"(?:mailto:|smtp:|e-?mail:|[][\s,;.:<>()\"'|])*(?:\([^()]*\))?", re.IGNORECASE)
SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]", re.ASCII)
HONORIFIC = re.compile(r"(?:mr|mrs|ms|miss|mx)\.?\s+(?=\S)", re.IGNORECASE)
SERIALS = range(20_000, 60_000)  # days since the end of 1899: 1954 to 2064
EXCEL_BEGINS = dt.date(1899, 12, 30)
MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


class ImpossibleRowError(ValueError):
    """A cell that cannot be right: a code for the reason, and the cell's text."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value


def same_name(name: str) -> str:
    """The name as it is compared: the letters alone, without accents and in lower case, so that `Siân Bevan-O’Neill` is one person."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalpha())


def is_same_but_for_accents(name: str, other: str) -> bool:
    """Whether two names are the same where they are plain ASCII: what a file whose letters are read wrongly makes of a name."""
    return name != other and bool(name) and re.sub(r"[^\x00-\x7f]+", "", name) == re.sub(r"[^\x00-\x7f]+", "", other)


def is_doubtful(name: str, other: str) -> bool:
    """Whether nobody at night may turn a name into the other: they have no word in common, all of them, or differ in accents alone.

    That is what comes of a list of which one column was sorted, whose columns were exchanged, or whose letters are read wrongly.
    """
    words, others = ({same_name(word) for word in text.split()} for text in (name, other))
    return words.isdisjoint(others) or words == others or is_same_but_for_accents(name, other)


def name_of(texts: Mapping[str, str]) -> str:
    """The name in the usual order and without a title: `Example, Mrs Ada` is Ada Example."""
    name = texts.get("full_name", "") or f"{texts.get('forename', '')} {texts.get('surname', '')}".strip()
    surname, comma, forename = name.partition(",")
    if comma and forename.strip() and surname.strip():
        forename = re.sub(r"\s*\([^)]*\)\s*$", "", forename.strip())
        forename = HONORIFIC.sub("", forename, count=1) if HONORIFIC.match(forename) else forename
        name = f"{forename} {surname.strip()}".strip()
    return " ".join((HONORIFIC.sub("", name, count=1) if HONORIFIC.match(name) else name).split()).strip(" ,")


def email_of(text: str) -> str:
    """The bare address in lower case, also from `Ada Example <ada@school.example>`, `mailto:ada@school.example` and with a full stop.

    A text that holds no address, two, or words beside it is given back as it is.
    """
    addresses = {address.strip("'") for address in EMAIL.findall(text.lower())}
    beside = EMAIL.sub("", text)
    if len(addresses) == 1 and (BESIDE_AN_EMAIL.fullmatch(beside) or re.fullmatch(r"[^<>]*<(?:mailto:)?>[\s,;.]*", beside)):
        (address,) = addresses
        return str(address)
    return text.lower()


def day_of(text: str) -> dt.date | None:
    """The day in `01/09/2026`, `1.9.26`, `2026-09-01 00:00:00`, `1 Sept 2026` or `46266` (a spreadsheet's number); None for no day.

    The day comes before the month, as in the United Kingdom. Raises ImpossibleRowError.
    """
    if text.isdecimal() and text.isascii() and int(text) in SERIALS:
        return EXCEL_BEGINS + dt.timedelta(days=int(text))
    bare = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?$", "", text.strip())
    bare = re.sub(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ", "", bare, flags=re.IGNORECASE)
    if not bare:
        return None
    year, month, day = parts_of(bare)
    if year >= 9999 or (year, month, day) in {(1900, 1, 1), (1899, 12, 30)}:
        return None  # how some systems write “no end” and “not known”
    if year not in WORKING_YEARS:
        raise ImpossibleRowError("bad_day", text)
    try:
        return dt.date(year, month, day)
    except ValueError as wrong:
        raise ImpossibleRowError("bad_day", text) from wrong


def parts_of(text: str) -> tuple[int, int, int]:
    """The year, the month and the day. Raises ImpossibleRowError."""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})(\d{2})(\d{2})", text, re.ASCII):
        year, month, day = filter(None, match.groups())
        return int(year), int(month), int(day)
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", text, re.ASCII):
        return century(match[3]), int(match[2]), int(match[1])
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2})", text, re.ASCII):
        month = match[2][:3].lower()
        if month in MONTHS:
            return century(match[3]), MONTHS.index(month), int(match[1])
    raise ImpossibleRowError("bad_day", text)


def century(year: str) -> int:
    return int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 70 else 2000)


def has_months_first(column: Iterable[list[str]]) -> bool:
    """Whether a column has the month before the day: 09/25/2026 can be nothing else, and then 01/09/2026 is in doubt."""
    days = [(int(match[1]), int(match[2])) for cell in column for text in cell if (match := SLASHED.match(text))]
    return any(month <= 12 < day for month, day in days) and not any(day > 12 >= month for day, month in days)
