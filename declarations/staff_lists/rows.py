"""A staff list's rows, one a contract, as people: what each cell says, and every row that says something that cannot be."""

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
LONGEST_CELL = 500  # of whatever else counts; no pattern is matched against more
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
    """A row that is refused: why (a code), and what was in the cell. The rest says who it may be about."""

    row: int
    code: str
    value: str = ""
    staff_number: str = ""
    email: str = ""
    name: str = ""


@dataclass(slots=True)
class Listed:
    """A person of the list, out of all their contracts."""

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
    """A cell says what cannot be: why (a code), and what it says."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value


def same_name(name: str) -> str:
    """For comparing: without case, accents kept, one space between words."""
    return " ".join(name.casefold().replace("’", "'").split())


def read(rows: list[Row], names: list[str], columns: Mapping[str, str], *, on: dt.date) -> Reading:
    """The people of the rows below the headings `names`, by the columns that were chosen; which contract counts is as of that day."""
    places = {what: [names.index(name)] for what, name in columns.items()}
    for what, others in spare(names, columns).items():
        places[what] += [names.index(name) for name in others]
    contracts: list[Contract] = []
    faults: list[Fault] = []
    for row in rows:
        said = {
            what: next((row.cells[place] for place in found if row.cells[place : place + 1] not in ([], [""])), "")
            for what, found in places.items()
        }
        if not any(said.values()) or all(value == columns[what] for what, value in said.items() if value):
            continue  # nothing that was asked for, or the headings again at the top of a page
        found = contract(row.number, said)
        if isinstance(found, Contract):
            contracts.append(found)
        else:
            faults.append(found)
    people, clashes = gather(contracts, on=on)
    return Reading(people, sorted([*faults, *clashes], key=lambda one: one.row))


def contract(row: int, said: Mapping[str, str]) -> Contract | Fault:
    """What the row says, or the first thing that is wrong with it."""
    texts = {what: "" if value.casefold() in (NO_NAME if what in NAMES else EMPTY) else value for what, value in said.items()}
    short = {what: text[:LONGEST_CELL] for what, text in texts.items()}  # of a cell that is longer, only to say whom it is about
    name, email, staff_number = name_of(short), email_of(short.get("email", "")), short.get("staff_number", "")
    try:
        for what, text in texts.items():
            check_text(what, text)
        check_name(name)
        check_email(email)
        starts_on, last_day = days_in(texts)
    except ImpossibleRowError as wrong:
        about = [UNPRINTABLE.sub("", one).replace(UNREAD, "") for one in (staff_number, email, name)]
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
    if not any(letter.isalpha() for letter in name):
        raise ImpossibleRowError("no_name", name)
    if any(letter.isdigit() for letter in name):
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
    """`Example, Mrs Ada` is Ada Example."""
    name = texts.get("full_name", "") or f"{texts.get('forename', '')} {texts.get('surname', '')}".strip()
    surname, comma, forename = name.partition(",")
    if comma and forename.strip() and surname.strip():
        forename = re.sub(r"\s*\([^)]*\)\s*$", "", forename.strip())
        forename = HONORIFIC.sub("", forename, count=1) if HONORIFIC.match(forename) else forename
        name = f"{forename} {surname.strip()}".strip()
    return " ".join((HONORIFIC.sub("", name, count=1) if HONORIFIC.match(name) else name).split()).strip(" ,")


def email_of(text: str) -> str:
    """The bare address, in small letters: of `Ada Example <ada@school.example>` and `mailto:ada@school.example` too."""
    inside = re.fullmatch(r".*<([^<>]+)>", text)
    return (inside[1] if inside else text).strip().removeprefix("mailto:").lower()


def day_of(text: str) -> dt.date | None:
    """`01/09/2026`, `1.9.26`, `2026-09-01 00:00:00`, `1 Sept 2026`, `46266` (a spreadsheet's own count); None for no day.

    The day comes before the month, as in the United Kingdom; nothing is guessed. Raises Impossible.
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
    """Year, month, day. Raises Impossible."""
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text, re.ASCII):
        return int(found[1]), int(found[2]), int(found[3])
    if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", text, re.ASCII):
        return century(found[3]), int(found[2]), int(found[1])
    if found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2})", text, re.ASCII):
        month = found[2][:3].lower()
        if month in MONTHS:
            return century(found[3]), MONTHS.index(month), int(found[1])
    raise ImpossibleRowError("bad_day", text)


def century(year: str) -> int:
    return int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 70 else 2000)


def gather(contracts: list[Contract], *, on: dt.date) -> tuple[list[Listed], list[Fault]]:
    """One person for all contracts with the same staff number, or the same e-mail address, or, without both, name and first day."""
    numbers: dict[str, set[str]] = {}
    for one in contracts:
        if one.email and one.staff_number:
            numbers.setdefault(one.email, set()).add(one.staff_number)
    groups: dict[Key, list[Contract]] = {}
    for one in contracts:
        groups.setdefault(key_of(one, numbers.get(one.email, set())), []).append(one)
    namesakes = Counter(key[1] for key in groups if key[0] == "name")
    people: list[Listed] = []
    faults: list[Fault] = []
    for key, group in groups.items():
        code = clash(group, shared=len(numbers.get(group[0].email, set())) > 1, alike=key[0] == "name" and namesakes[key[1]] > 1)
        if code:
            faults += [Fault(one.row, code, "", one.staff_number, one.email, one.name) for one in group]
        else:
            people.append(listed(group, on=on))
    return people, faults


def key_of(one: Contract, numbers: set[str]) -> Key:
    """By what the contract's rows are gathered; `numbers` are those that stand beside its e-mail address."""
    number = one.staff_number or (next(iter(numbers)) if len(numbers) == 1 else "")
    if number:
        return ("number", number)
    return ("email", one.email) if one.email else ("name", same_name(one.name), str(one.starts_on))


def clash(group: list[Contract], *, shared: bool, alike: bool) -> str:
    """Why these rows cannot be one person, or "": nobody is taken for another."""
    if shared:
        return "email_of_two_numbers"
    if len({same_name(one.name) for one in group}) > 1:
        return "two_names"
    if len({one.email for one in group if one.email}) > 1:
        return "two_emails"
    return "cannot_be_told_apart" if alike else ""


def listed(group: list[Contract], *, on: dt.date) -> Listed:
    """What counts are the contracts that have not ended; if all have, all of them."""
    counting = [one for one in group if one.last_day is None or one.last_day >= on] or group
    starts = [one.starts_on for one in counting if one.starts_on]
    ends = [one.last_day for one in counting if one.last_day]
    title = ""
    for one in counting:
        longer = f"{title} / {one.job_title}" if title else one.job_title
        if one.job_title and one.job_title not in title.split(" / ") and len(longer) <= LONGEST["job_title"]:
            title = longer
    return Listed(
        rows=[one.row for one in group],
        staff_number=next((one.staff_number for one in group if one.staff_number), ""),
        email=next((one.email for one in group if one.email), ""),
        name=group[0].name,
        job_title=title,
        category=next((one.category for one in counting if one.category), ""),
        starts_on=min(starts) if starts else None,
        last_day=max(ends) if ends and len(ends) == len(counting) else None,
    )
