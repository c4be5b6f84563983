"""Reads the rows of a staff list, one for each contract, as people, and names every row that cannot be right."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from declarations.common.dates import WORKING_YEARS
from declarations.common.spreadsheets.tables import Row
from declarations.common.unprintable import UNPRINTABLE
from declarations.staff_lists.columns import spare

EMPTY = {"", "-", "–", "—", "n/a", "na", "none", "null", "nil", "tbc", "unknown", "#n/a", "00/00/0000", "0"}
NO_NAME = {"-", "–", "—"}  # somebody may well be called None, Null or Na
NAMES = {"full_name", "forename", "surname"}
LONGEST = {"staff_number": 40, "email": 254, "name": 120, "job_title": 80, "category": 80}
LONGEST_CELL = 500  # of every other cell that is read; no regular expression sees more
UNREAD = "\ufffd"  # stands where a character could not be read
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"{ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+[A-Za-z]{{2,63}}")
HONORIFIC = re.compile(r"(?:mr|mrs|ms|miss|mx)\.?\s+(?=\S)", re.IGNORECASE)
SERIALS = range(20_000, 60_000)  # days since the end of 1899: 1954 to 2064
EXCEL_BEGINS = dt.date(1899, 12, 30)
MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


type Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    row: int
    staff_number: str
    email: str
    name: str
    job_title: str
    category: str
    starts_on: dt.date | None
    last_day: dt.date | None


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is refused: a code for the reason, the cell's text, and whom it may be about."""

    row: int
    code: str
    value: str = ""
    staff_number: str = ""
    email: str = ""
    name: str = ""


@dataclass(slots=True)
class Listed:
    """A person of the list, put together from all their contracts."""

    rows: list[int]
    staff_number: str
    email: str
    name: str
    job_title: str
    category: str
    starts_on: dt.date | None
    last_day: dt.date | None


@dataclass(slots=True)
class Reading:
    people: list[Listed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class ImpossibleRowError(ValueError):
    """A cell that cannot be right: a code for the reason, and the cell's text."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value


def same_name(name: str) -> str:
    """The name as it is compared: in lower case, with accents, with one space between words."""
    return " ".join(name.casefold().replace("’", "'").split())


def read(rows: list[Row], names: list[str], columns: Mapping[str, str], *, on: dt.date) -> Reading:
    """The people in the rows below the headings `names`, by the chosen columns; contracts that ended before `on` do not count."""
    places = {what: [names.index(name)] for what, name in columns.items()}
    for what, others in spare(names, columns).items():
        places[what] += [names.index(name) for name in others]
    contracts: list[Contract] = []
    faults: list[Fault] = []
    for row in rows:
        cells = {
            what: next((row.cells[place] for place in choices if row.cells[place : place + 1] not in ([], [""])), "")
            for what, choices in places.items()
        }
        if not any(cells.values()) or all(value == columns[what] for what, value in cells.items() if value):
            continue  # an empty row, or the headings repeated at the top of a page
        result = contract_of(row.number, cells)
        if isinstance(result, Contract):
            contracts.append(result)
        else:
            faults.append(result)
    people, clashes = gather(contracts, on=on)
    return Reading(people, sorted([*faults, *clashes], key=lambda fault: fault.row))


def contract_of(row: int, cells: Mapping[str, str]) -> Contract | Fault:
    """The contract in a row, or the first fault that it has."""
    texts = {what: "" if value.casefold() in (NO_NAME if what in NAMES else EMPTY) else value for what, value in cells.items()}
    short = {what: text[:LONGEST_CELL] for what, text in texts.items()}  # enough to say whom a refused row is about
    name, email, staff_number = name_of(short), email_of(short.get("email", "")), short.get("staff_number", "")
    try:
        for what, text in texts.items():
            check_text(what, text)
        check_name(name)
        check_email(email)
        starts_on, last_day = days_in(texts)
    except ImpossibleRowError as wrong:
        about = [UNPRINTABLE.sub("", fact).replace(UNREAD, "") for fact in (staff_number, email, name)]
        return Fault(row, wrong.code, UNPRINTABLE.sub(UNREAD, wrong.value)[:80], *about)
    return Contract(row, staff_number, email, name, texts.get("job_title", ""), texts.get("category", ""), starts_on, last_day)


def check_text(what: str, text: str) -> None:
    if UNREAD in text or UNPRINTABLE.search(text):
        raise ImpossibleRowError("unreadable", text)
    if len(text) > LONGEST.get(what, LONGEST_CELL):
        raise ImpossibleRowError("too_long", text)


def check_name(name: str) -> None:
    if len(name) > LONGEST["name"]:
        raise ImpossibleRowError("too_long", name)
    if not any(character.isalpha() for character in name):
        raise ImpossibleRowError("no_name", name)
    if any(character.isdigit() for character in name):
        raise ImpossibleRowError("no_persons_name", name)


def check_email(email: str) -> None:
    if email and not EMAIL.fullmatch(email):
        raise ImpossibleRowError("bad_email", email)


def days_in(texts: Mapping[str, str]) -> tuple[dt.date | None, dt.date | None]:
    starts_on, last_day = day_in("starts_on", texts), day_in("last_day", texts)
    if starts_on and last_day and last_day < starts_on:
        raise ImpossibleRowError("ends_before_it_starts", f"{texts['starts_on']} – {texts['last_day']}")
    return starts_on, last_day


def day_in(what: str, texts: Mapping[str, str]) -> dt.date | None:
    try:
        return day_of(texts.get(what, ""))
    except ImpossibleRowError as wrong:
        raise ImpossibleRowError(f"bad_{what}", texts[what]) from wrong


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
    """The bare address in lower case, also from `Ada Example <ada@school.example>` and `mailto:ada@school.example`."""
    inside = re.fullmatch(r".*<([^<>]+)>", text)
    return (inside[1] if inside else text).strip().removeprefix("mailto:").lower()


def day_of(text: str) -> dt.date | None:
    """The day in `01/09/2026`, `1.9.26`, `2026-09-01 00:00:00`, `1 Sept 2026` or `46266` (a spreadsheet's number); None for no day.

    The day comes before the month, as in the United Kingdom. Raises ImpossibleRowError.
    """
    if text.isdecimal() and text.isascii() and int(text) in SERIALS:
        return EXCEL_BEGINS + dt.timedelta(days=int(text))
    bare = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?Z?$", "", text.strip())
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
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII):
        return int(match[1]), int(match[2]), int(match[3])
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", text, re.ASCII):
        return century(match[3]), int(match[2]), int(match[1])
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2})", text, re.ASCII):
        month = match[2][:3].lower()
        if month in MONTHS:
            return century(match[3]), MONTHS.index(month), int(match[1])
    raise ImpossibleRowError("bad_day", text)


def century(year: str) -> int:
    return int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 70 else 2000)


def gather(contracts: list[Contract], *, on: dt.date) -> tuple[list[Listed], list[Fault]]:
    """Gathers contracts into people by staff number, else by e-mail address, else by name and first day."""
    numbers: dict[str, set[str]] = {}
    for contract in contracts:
        if contract.email and contract.staff_number:
            numbers.setdefault(contract.email, set()).add(contract.staff_number)
    groups: dict[Key, list[Contract]] = {}
    for contract in contracts:
        groups.setdefault(key_of(contract, numbers.get(contract.email, set())), []).append(contract)
    namesakes = Counter(key[1] for key in groups if key[0] == "name")
    people: list[Listed] = []
    faults: list[Fault] = []
    for key, group in groups.items():
        code = clash(group, shared=len(numbers.get(group[0].email, set())) > 1, alike=key[0] == "name" and namesakes[key[1]] > 1)
        if code:
            faults += [Fault(contract.row, code, "", contract.staff_number, contract.email, contract.name) for contract in group]
        else:
            people.append(listed(group, on=on))
    return people, faults


def key_of(contract: Contract, numbers: set[str]) -> Key:
    """The key by which contracts are gathered; `numbers` are the staff numbers that share its e-mail address."""
    number = contract.staff_number or (next(iter(numbers)) if len(numbers) == 1 else "")
    if number:
        return ("number", number)
    return ("email", contract.email) if contract.email else ("name", same_name(contract.name), str(contract.starts_on))


def clash(group: list[Contract], *, shared: bool, alike: bool) -> str:
    """A code for why these rows cannot be the same person, or ""."""
    if shared:
        return "email_of_two_numbers"
    if len({same_name(contract.name) for contract in group}) > 1:
        return "two_names"
    if len({contract.email for contract in group if contract.email}) > 1:
        return "two_emails"
    return "cannot_be_told_apart" if alike else ""


def listed(group: list[Contract], *, on: dt.date) -> Listed:
    """The person of these contracts; those that have ended count only if all have."""
    counting = [contract for contract in group if contract.last_day is None or contract.last_day >= on] or group
    starts = [contract.starts_on for contract in counting if contract.starts_on]
    ends = [contract.last_day for contract in counting if contract.last_day]
    title = ""
    for contract in counting:
        longer = f"{title} / {contract.job_title}" if title else contract.job_title
        if contract.job_title and contract.job_title not in title.split(" / ") and len(longer) <= LONGEST["job_title"]:
            title = longer
    return Listed(
        rows=[contract.row for contract in group],
        staff_number=next((contract.staff_number for contract in group if contract.staff_number), ""),
        email=next((contract.email for contract in group if contract.email), ""),
        name=group[0].name,
        job_title=title,
        category=next((contract.category for contract in counting if contract.category), ""),
        starts_on=min(starts) if starts else None,
        last_day=max(ends) if ends and len(ends) == len(counting) else None,
    )
