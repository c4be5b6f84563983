"""Reads the rows of a staff list, one for each contract, as people, and names every row that cannot be right."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from declarations.common.spreadsheets.tables import Row
from declarations.common.spreadsheets.xlsx import NO_VALUE
from declarations.common.unprintable import UNPRINTABLE
from declarations.staff_lists.columns import DAYS, spare
from declarations.staff_lists.values import EMAIL, SLASHED, ImpossibleRowError, day_of, email_of, has_months_first, name_of, same_name

EMPTY = {"", "-", "–", "—", "n/a", "na", "none", "null", "nil", "tbc", "unknown", "#n/a", "00/00/0000", "0"}
NO_NAME = {"-", "–", "—"}  # somebody may well be called None, Null or Na
NAMES = {"full_name", "forename", "surname"}
LONGEST = {"staff_number": 40, "email": 254, "name": 120, "job_title": 80, "category": 80}
LONGEST_CELL = 500  # of every other cell that is read; no regular expression sees more
UNREAD = "\ufffd"  # stands where a character could not be read
# What a status, or an answer below `Block credential` or `Account enabled`, says of somebody who is nobody active.
INACTIVE = re.compile(
    r"(?:suspended|archived|disabled|blocked|inactive|deleted|left|leaver|former|terminated|ended|retired|resigned|dismissed|deceased|ex|"
    r"not active)\b.*|false|no",
    re.IGNORECASE,
)
YES = {"true", "yes", "1"}
NO_END = re.compile(r"permanent\w*|on-?going|open[- ]ended|present|current|continuing|indefinite\w*|no end(?: date)?|never", re.IGNORECASE)
# A spreadsheet's error, and a number that it shortened: in a CSV file both are text.
ERROR, SHORTENED = re.compile(r"#\S{0,12}|Err:[0-9]{3}", re.IGNORECASE), re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)


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
    is_active: bool


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
    is_active: bool


@dataclass(slots=True)
class Reading:
    people: list[Listed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(rows: list[Row], names: list[str], columns: Mapping[str, str], *, on: dt.date) -> Reading:
    """The people in the rows below the headings `names`, by the chosen columns; contracts that ended before `on` do not count."""
    places = {what: [names.index(name)] for what, name in columns.items()}
    for what, others in spare(names, columns).items():
        places[what] += [names.index(name) for name in others]
    contracts: list[Contract] = []
    faults: list[Fault] = []
    months_first = {what for what in DAYS if what in columns and has_months_first(row.cells[places[what][0] :][:1] for row in rows)}
    for row in rows:
        cells = {
            what: next((row.cells[place] for place in choices if row.cells[place : place + 1] not in ([], [""])), "")
            for what, choices in places.items()
        }
        if any(cells.values()) and all(value == columns[what] for what, value in cells.items() if value):
            continue  # the headings repeated at the top of a page
        if "block" in columns.get("status", "").casefold():  # Microsoft's `Block credential`: true is nobody active
            cells["status"] = "blocked" if cells["status"].casefold() in YES else ""
        result = contract_of(row, cells, months_first, width=len(names))
        if isinstance(result, Contract):
            contracts.append(result)
        else:
            faults.append(result)
    people, clashes = gather(contracts, on=on)
    return Reading(people, sorted([*faults, *clashes], key=lambda fault: fault.row))


def contract_of(row: Row, cells: Mapping[str, str], months_first: set[str], *, width: int) -> Contract | Fault:
    """The contract in a row of a table with so many columns, or the first fault that it has."""
    texts = {what: "" if value.casefold() in (NO_NAME if what in NAMES else EMPTY) else value for what, value in cells.items()}
    short = {what: text[:LONGEST_CELL] for what, text in texts.items()}  # enough to say whom a refused row is about
    name, email, staff_number = name_of(short), email_of(short.get("email", "")), short.get("staff_number", "")
    try:
        for what, text in texts.items():
            check_text(what, text)
        check_width(row.cells[width:])
        check_name(name)
        check_email(email)
        starts_on, last_day = days_in(texts, months_first)
    except ImpossibleRowError as wrong:
        number, address, whose = (
            UNPRINTABLE.sub("", fact.replace(NO_VALUE, "")).replace(UNREAD, "") for fact in (staff_number, email, name)
        )
        return Fault(row.number, wrong.code, UNPRINTABLE.sub(UNREAD, wrong.value)[:80], number, address, whose)
    is_active = not INACTIVE.fullmatch(texts.get("status", ""))
    return Contract(
        row.number, staff_number, email, name, texts.get("job_title", ""), texts.get("category", ""), starts_on, last_day, is_active
    )


def check_text(what: str, text: str) -> None:
    if text == NO_VALUE or ERROR.fullmatch(text):
        raise ImpossibleRowError("no_value", "")
    if what == "staff_number" and SHORTENED.fullmatch(text):
        raise ImpossibleRowError("shortened", text)
    if UNREAD in text or UNPRINTABLE.search(text):
        raise ImpossibleRowError("unreadable", text)
    if len(text) > LONGEST.get(what, LONGEST_CELL):
        raise ImpossibleRowError("too_long", text)


def check_width(beyond: list[str]) -> None:
    """Refuses a row that goes on beyond the last heading: its cells stand below the wrong headings."""
    if any(beyond):
        raise ImpossibleRowError("more_cells", next(filter(None, beyond)))


def check_name(name: str) -> None:
    if len(name) > LONGEST["name"]:
        raise ImpossibleRowError("too_long", name)
    if not any(character.isalpha() for character in name):
        raise ImpossibleRowError("no_name", name)
    if any(character.isdigit() or character == "@" for character in name):
        raise ImpossibleRowError("no_persons_name", name)


def check_email(email: str) -> None:
    if email and not EMAIL.fullmatch(email):
        raise ImpossibleRowError("two_addresses" if len(set(EMAIL.findall(email))) > 1 else "bad_email", email)


def days_in(texts: Mapping[str, str], months_first: set[str]) -> tuple[dt.date | None, dt.date | None]:
    starts_on, last_day = (day_in(what, texts, is_month_first=what in months_first) for what in DAYS)
    if starts_on and last_day and last_day < starts_on:
        raise ImpossibleRowError("ends_before_it_starts", f"{texts['starts_on']} – {texts['last_day']}")
    return starts_on, last_day


def day_in(what: str, texts: Mapping[str, str], *, is_month_first: bool) -> dt.date | None:
    text = texts.get(what, "")
    if what == "last_day" and NO_END.fullmatch(text):
        return None
    if is_month_first and SLASHED.match(text):
        raise ImpossibleRowError("month_first", text)
    try:
        return day_of(text)
    except ImpossibleRowError as wrong:
        raise ImpossibleRowError(f"bad_{what}", text) from wrong


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
        is_active=any(contract.is_active for contract in counting),
    )
