"""Guesses what each column of a staff list holds, by its heading.

The headings are those of SIMS, Arbor, Bromcom, ScholarPack, payroll, Microsoft 365, Google Workspace and people's own lists.
"""

import re
from collections.abc import Iterable, Mapping

from declarations.common.spreadsheets.tables import Row

# The fields that a list may have for a person, each with the headings that its column may have, the likeliest first.
COLUMNS = {
    "staff_number": (
        "staff number", "staff no", "staff id", "employee number", "employee no", "employee id", "payroll number", "payroll no",
        "payroll id", "payroll ref", "payroll reference", "personnel number", "staff code", "mis id", "arbor id", "external id",
        "person id", "id",
    ),
    "email": (
        "work email", "work e mail", "work email address", "school email", "main email", "primary email", "default email", "email address",
        "e mail address", "email", "e mail", "user principal name", "mail",
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
        "job title", "employee title", "post title", "post", "role", "position", "main role", "business role", "job", "contract post",
        "post description", "occupation",
    ),
    "category": (
        "category", "staff type", "staff category", "contract type", "employment type", "employee type", "role type", "type",
    ),
    "starts_on": (
        "employment start date", "employment start", "contract start date", "contract start", "start date", "date of arrival",
        "arrival date", "date started", "date joined", "joining date", "date of joining", "hire date", "starts on", "starts", "start",
    ),
    "last_day": (
        "employment end date", "employment end", "contract end date", "contract end", "end date", "date of leaving", "leaving date",
        "date left", "last day", "last working day", "leave date", "leaver date", "finish date", "termination date", "date of termination",
        "contract expiry", "contract expiry date", "end of contract", "end of employment", "contract ends", "employment ends", "left on",
        "leaves on",        "ends on", "leaves", "left", "finishes", "finish", "ends", "end",
    ),
    "status": ("status", "account status", "employment status", "employee status", "staff status", "account enabled", "block credential"),
}  # fmt: skip
# Too short to be looked for at the end of a heading: `Object Id`, `Days left`, `Business unit name`, `Reports to: role`.
WHOLE_ONLY = {"id", "name", "staff", "post", "role", "job", "type", "status", "starts", "start", "leaves", "left", "finish", "ends", "end"}
# A column with one of these words in its heading is about somebody else, or is where people are privately.
NOT_THEIRS = {"manager", "manages", "line", "next", "kin", "emergency", "recovery", "personal", "private", "home", "secondary", "alternate",
              "parent", "user type"}  # fmt: skip
# What may stand before a heading of a day: `DBS end date`, `Probation end date` and `Absence start date` are other days.
OF_THE_JOB = {"staff", "employee", "employment", "contract", "contractual", "current", "actual", "expected", "post", "role", "job",
              "position", "appointment", "assignment", "service", "continuous", "school", "worker"}  # fmt: skip
# The headings are looked for in this many rows, because reports begin with a title and a date.
HEADINGS_AMONG = 15
DAYS = ("starts_on", "last_day")


def plain(heading: str) -> str:
    """`Work E-mail ` as `work e mail`, `userPrincipalName` as `user principal name`, `Status [READ ONLY]` as `status`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"\[[^\[\]]*\]", "", heading))
    return " ".join(re.findall(r"[^\W_]+", words.casefold()))


def headings(cells: Iterable[str]) -> list[str]:
    """The headings made different from each other: a second `Name` becomes `Name (2)`, an empty one `Column 3`."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell[:60] or f"Column {place}"
        number, unlike = 2, name
        while unlike in names:
            unlike, number = f"{name} ({number})", number + 1
        names.append(unlike)
    return names


def heading_row(rows: list[Row]) -> int:
    """The index of the first row that has a heading for the name and another; else of the one with the most headings that are known."""
    guessed = [guess(headings(row.cells)) for row in rows[:HEADINGS_AMONG]]
    full = (place for place, chosen in enumerate(guessed) if len(chosen) > 1 and has_name(chosen))
    return next(full, max(range(len(guessed)), key=lambda place: (len(guessed[place]), -place)))


def has_name(columns: Mapping[str, str]) -> bool:
    return not {"full_name", "forename", "surname"}.isdisjoint(columns)


def guess(names: list[str]) -> dict[str, str]:
    """The heading of the column for each field that was recognised; no column is used for two fields."""
    known = {name: plain(name) for name in names}
    known = {name: heading for name, heading in known.items() if not NOT_THEIRS & {*heading.split(), heading}}
    chosen: dict[str, str] = {}
    # Exact headings come first, then those that end with one, such as `Staff: Work Email`.
    for ends in (False, True):
        for what, spellings in COLUMNS.items():
            if what not in chosen:
                free = [name for name in known if name not in chosen.values()]
                match = next((name for spelling in spellings for name in free if is_called(known[name], spelling, what, ends=ends)), None)
                chosen.update({what: match} if match else {})
    if "job_title" not in chosen and "user principal name" in known.values():
        # Microsoft's heading; in a school's own system `Title` is Mr or Mrs.
        chosen.update([("job_title", name) for name, heading in known.items() if heading == "title"][:1])
    if "forename" in chosen and "surname" in chosen:
        # The two columns are preferred, because a column `Name` may have the surname first.
        chosen.pop("full_name", None)
    elif "full_name" in chosen:
        chosen.pop("forename", None)
        chosen.pop("surname", None)
    return chosen


def is_called(heading: str, spelling: str, what: str, *, ends: bool) -> bool:
    """Whether a heading is this spelling of a field, or ends with it."""
    if not ends:
        return heading == spelling
    before = heading.removesuffix(f" {spelling}").split()
    return heading.endswith(f" {spelling}") and spelling not in WHOLE_ONLY and (what not in DAYS or OF_THE_JOB.issuperset(before))


def kept(columns: Mapping[str, str], names: list[str]) -> dict[str, str]:
    """The choice for the last list, if this file has all of its columns; otherwise nothing."""
    chosen = {what: name for what, name in columns.items() if what in COLUMNS}
    return chosen if chosen and set(chosen.values()) <= set(names) else {}


def is_headings(cells: Iterable[str]) -> bool:
    """Whether a row holds the headings of at least three fields: no person does."""
    known = {plain(cell) for cell in cells if cell}
    return sum(not known.isdisjoint(spellings) for spellings in COLUMNS.values()) >= 3


def spare(names: list[str], columns: Mapping[str, str]) -> dict[str, list[str]]:
    """Other columns to look in when the chosen one has no forename or surname, such as the legal name for the preferred one."""
    return {
        what: [name for spelling in COLUMNS[what] for name in names if plain(name) == spelling and name != columns[what]]
        for what in ("forename", "surname")
        if what in columns
    }
