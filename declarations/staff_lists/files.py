"""A staff list as a file: which sheet, which row has the headings, and what is odd about the rows below them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from declarations.common.errors import UnreadableFileError
from declarations.common.spreadsheets import tables
from declarations.common.spreadsheets.tables import Row, Sheet
from declarations.staff_lists import columns as staff_columns
from declarations.staff_lists.plan import WHY_UNREADABLE, Choices, Oddity

# A row below the people that is about none of them: `Total: 57`, `Page 1 of 2`, `End of report`.
FOOTER = re.compile(
    r"(?:(?:grand |sub-?)?totals?\b|count:? *\d|(?:number|no\.?|end) of\b|page \d|(?:printed|generated|exported|produced|report)\b"
    r"|(?:strictly )?confidential\b|\*{3}|-{3}|©).*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class File:
    """The headings of a file and the rows below them.

    `sheets` are those of which somebody has to choose one, at least two or none; `readings` the ways to read its letters, the one that was
    taken first; `odd` what is odd about it, whichever columns are chosen.
    """

    names: list[str]
    rows: list[Row]
    readings: list[str]
    is_certain: bool
    sheets: list[str] = field(default_factory=list)
    odd: list[Oddity] = field(default_factory=list)

    @property
    def filled(self) -> list[str]:
        """The headings of the columns that are not empty."""
        return [name for place, name in enumerate(self.names) if any(any(row.cells[place : place + 1]) for row in self.rows)]

    def oddities(self, choices: Choices) -> list[Oddity]:
        """What is odd about the file, if these columns are used."""
        chosen = [*choices.columns.values()]
        again = [name for name in self.names if (match := re.fullmatch(r"(.+) \(\d+\)", name)) and {match[1], name} & {*chosen}]
        oddities = [Oddity("same_heading", [], ", ".join(again))] if again else []
        if choices.is_new and choices.missing_leave:
            oddities.append(Oddity("new_columns"))
        return [*self.odd, *oddities, *([] if self.is_certain else [Oddity("letters")])]


def unreadable(code: str, **params: str) -> UnreadableFileError:
    return UnreadableFileError(code, str(WHY_UNREADABLE[code]), **params)


def opened(content: bytes, *, chosen: Mapping[str, Any] | None = None) -> File:
    """The headings and rows of a file. Raises UnreadableFileError, whose sentence says what to do.

    `chosen` says how its letters are read (`reading`) and which sheet it is (`sheet`), if the file has such.
    """
    chosen = chosen or {}
    try:
        book = tables.read(content, reading=chosen.get("reading", ""))
    except UnreadableFileError as error:
        raise unreadable(error.code, **error.params) from error
    lists = [sheet for sheet in book.sheets if has_names(sheet)]
    named = next((sheet for sheet in book.sheets if sheet.name and sheet.name == chosen.get("sheet")), None)
    sheet = named or next((sheet for sheet in lists or book.sheets if sheet.is_active), (lists or book.sheets)[0])
    file = file_of(sheet, book.readings, is_certain=book.is_certain)
    others = [other for other in book.sheets if other is not sheet]
    if named is None and len(lists) > 1:
        file.sheets = [sheet.name for sheet in lists]
    elif others:
        code = "other_lists" if any(other in lists for other in others) else "other_sheets"
        file.odd.append(Oddity(code, [], ", ".join(other.name for other in others)))
    return file


def words_in_question(content: bytes, file: File) -> dict[str, str]:
    """For each way to read the letters of a file, the first cells that come out in different ways; nothing if there is one way."""
    if len(file.readings) == 1:
        return {}
    books = [tables.read(content, reading=reading) for reading in file.readings]
    texts = [[cell for sheet in book.sheets for row in sheet.rows for cell in row.cells] for book in books]
    differ = [cells for cells in zip(*texts, strict=False) if len(set(cells)) > 1][:3]
    return {reading: ", ".join(cells[place] for cells in differ) for place, reading in enumerate(file.readings)}


def has_names(sheet: Sheet) -> bool:
    """Whether a sheet could be the list: its headings say where the names are."""
    return staff_columns.has_name(staff_columns.guess(staff_columns.headings(sheet.rows[staff_columns.heading_row(sheet.rows)].cells)))


def file_of(sheet: Sheet, readings: list[str], *, is_certain: bool) -> File:
    place = staff_columns.heading_row(sheet.rows)
    heading = sheet.rows[place]
    if any("@" in cell for cell in heading.cells):
        raise unreadable("no_headings")
    file = File(staff_columns.headings(heading.cells), [], readings, is_certain)
    rows_by_code: dict[str, list[int]] = {}
    for row in sheet.rows[:place]:
        if staff_columns.is_headings(row.cells):
            raise unreadable("second_table", row=str(heading.number))
        is_full = len(filled(row)) >= min(max(3, len(filled(heading)) / 2), len(filled(heading)))
        rows_by_code.setdefault("full_above" if is_full else "above", []).append(row.number)
    for row in sheet.rows[place + 1 :]:
        if len(filled(row)) <= 2 and FOOTER.fullmatch(filled(row)[0]):
            rows_by_code.setdefault("footer", []).append(row.number)
            continue
        file.rows.append(row)
        for code in filter(None, (row.odd, odd_width(row, heading, sheet))):
            rows_by_code.setdefault(code, []).append(row.number)
    file.odd = [Oddity(code, rows) for code, rows in rows_by_code.items()]
    return file


def filled(row: Row) -> list[str]:
    return [cell for cell in row.cells if cell]


def odd_width(row: Row, heading: Row, sheet: Sheet) -> str:
    """A code if the row is wider or narrower than the headings.

    Raises UnreadableFileError if another list begins, or a cell holds rows.
    """
    if staff_columns.is_headings(row.cells) and filled(row) != filled(heading):
        raise unreadable("second_table", row=str(row.number))
    if any(row.cells[len(heading.cells) :]):
        return "more_cells"
    width = max(place for place, cell in enumerate(heading.cells, 1) if cell)
    if len(row.cells) >= width or sheet.is_workbook:
        return ""
    if row.odd == "lines":
        raise unreadable("open_quotation", row=str(row.number))
    return "fewer_cells"
