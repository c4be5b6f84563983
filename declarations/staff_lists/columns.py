"""Which column of a staff list holds what: guessed from the headings that SIMS, Arbor, Bromcom and people's own lists use."""

import re
from collections.abc import Iterable, Mapping

from declarations.common.spreadsheets.tables import Row

# What a list may say of a person, and what columns are called that say it: the likeliest first.
COLUMNS = {
    "staff_number": (
        "staff number", "staff no", "staff id", "employee number", "employee no", "employee id", "payroll number", "payroll no",
        "payroll id", "personnel number", "staff code", "mis id", "arbor id", "external id", "person id", "id",
    ),
    "email": (
        "work email", "work e mail", "work email address", "school email", "main email", "primary email", "default email", "email address",
        "e mail address", "email", "e mail", "mail",
    ),
    "full_name": (
        "preferred full name", "full name", "preferred name", "display name", "staff name", "employee name", "staff member",
        "legal full name", "name", "staff",
    ),
    "forename": (
        "preferred forename", "preferred first name", "chosen forename", "known as", "forename", "first name", "given name",
        "legal forename", "legal first name", "forenames", "first names",
    ),
    "surname": (
        "preferred surname", "preferred last name", "chosen surname", "surname", "last name", "family name", "legal surname",
        "legal last name",
    ),
    "job_title": (
        "job title", "post title", "post", "role", "position", "main role", "business role", "job", "contract post", "post description",
        "occupation",
    ),
    "category": ("category", "staff type", "staff category", "contract type", "employment type", "role type", "type"),
    "starts_on": (
        "employment start date", "employment start", "contract start date", "contract start", "start date", "date of arrival",
        "arrival date", "date started", "date joined", "starts on", "starts", "start",
    ),
    "last_day": (
        "employment end date", "employment end", "contract end date", "contract end", "end date", "date of leaving", "leaving date",
        "date left", "last day", "ends on", "ends", "end",
    ),
}  # fmt: skip
# The row of headings is among the first that hold anything: reports begin with their title and the day.
HEADINGS_AMONG = 15


def plain(heading: str) -> str:
    """`Work E-mail ` as `work e mail`."""
    return " ".join(re.findall(r"[^\W_]+", heading.casefold()))


def headings(cells: Iterable[str]) -> list[str]:
    """As people read them, each another one: a second `Name` is `Name (2)`, one without words is `Column 3`."""
    found: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell[:60] or f"Column {place}"
        number, unlike = 2, name
        while unlike in found:
            unlike, number = f"{name} ({number})", number + 1
        found.append(unlike)
    return found


def heading_row(rows: list[Row]) -> int:
    """The place, in `rows`, of the row that says most of what the columns are; the first of those that say as much."""
    first = rows[:HEADINGS_AMONG]
    return max(range(len(first)), key=lambda place: (len(guess(headings(first[place].cells))), -place))


def guess(names: list[str]) -> dict[str, str]:
    """For each thing that a column seems to hold, the column's heading. A column holds one thing."""
    known = {name: plain(name) for name in names}
    found: dict[str, str] = {}
    # Exactly so called first; then `Staff: Work Email`, which ends so.
    for ends in (False, True):
        for what, words in COLUMNS.items():
            if what not in found:
                free = [name for name in names if name not in found.values()]
                match = next((name for word in words for name in free if is_called(known[name], word, ends=ends)), None)
                found.update({what: match} if match else {})
    if "forename" in found and "surname" in found:
        # Said in two columns, in the order that we want; `Name` beside them is the same in another order.
        found.pop("full_name", None)
    elif "full_name" in found:
        found.pop("forename", None)
        found.pop("surname", None)
    return found


def is_called(heading: str, word: str, *, ends: bool) -> bool:
    return heading.endswith(f" {word}") if ends else heading == word


def kept(columns: Mapping[str, str], names: list[str]) -> dict[str, str]:
    """The choice of the last time, if this file has all those columns; nothing otherwise."""
    chosen = {what: name for what, name in columns.items() if what in COLUMNS}
    return chosen if chosen and set(chosen.values()) <= set(names) else {}


def spare(names: list[str], columns: Mapping[str, str]) -> dict[str, list[str]]:
    """Where to look for a forename or a surname if the chosen column has none: who has no preferred one has a legal one."""
    return {
        what: [name for word in COLUMNS[what] for name in names if plain(name) == word and name != columns[what]]
        for what in ("forename", "surname")
        if what in columns
    }
