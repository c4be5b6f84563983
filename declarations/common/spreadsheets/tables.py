"""Reads the rows of a table from a CSV or XLSX file, strictly: what is not as it should be is said, with its row."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from declarations.common.errors import UnreadableFileError
from declarations.common.spreadsheets import letters
from declarations.common.spreadsheets.xlsx import MOST_COLUMNS, MOST_OF_A_CELL, XLSX_BEGINS, RawRow, RawSheet, visible_sheets
from declarations.common.unprintable import INVISIBLE, UNPRINTABLE

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
SEPARATORS = [",", ";", "\t", "|"]

# The first bytes of files that are not tables, and the error code for each.
OTHERS = {
    b"\xd0\xcf\x11\xe0": "old_excel",
    b"%PDF": "not_a_table",
    b"\x89PNG": "not_a_table",
    b"\xff\xd8\xff": "not_a_table",
    b"\x1f\x8b": "not_a_table",
    b"7z\xbc\xaf": "not_a_table",
    b"Rar!": "not_a_table",
    b"{\\rtf": "not_a_table",
    b"MIME-Version": "web_page",
}
# Excel's ways of keeping a text from being read as a number or a formula: ="00731" and '00731.
GUARD = re.compile(r"=\"([^\"]*)\"|'(?=[\d=+@-])(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as a spreadsheet shows it, from 1; every cell is text without spaces at its ends.

    U+FFFD replaces a character that cannot be read: a heading may contain it, a cell that is used may not. `odd` is a code for what
    is odd about the row: `lines` (it goes over several), `hidden`, `merged`, `beyond` (it has more cells than are read).
    """

    number: int
    cells: list[str]
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that are not empty; only in a workbook may a row simply end before the last column."""

    name: str
    rows: list[Row]
    is_active: bool
    is_workbook: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The visible sheets that are not empty, at least one; a CSV file is one.

    `readings` are the ways in which its letters can be read, the one that was taken first; unless `is_certain`, somebody should look.
    """

    sheets: list[Sheet]
    readings: list[str]
    is_certain: bool


def read(content: bytes, *, reading: str = "") -> Book:
    """The tables of a file, in this reading if it is one of those that the file has.

    Days of an XLSX file are written as `2026-09-01`, and whole numbers without `.0`. Raises UnreadableFileError for any other bytes.
    """
    check_beginning(content)
    is_workbook = content.startswith(XLSX_BEGINS)
    if is_workbook:
        raw, ways, text = visible_sheets(content, most_rows=MOST_ROWS), [letters.UTF_8], ""
    else:
        ways = letters.readings(content)
        text = letters.decode(content, reading if reading in ways else ways[0])
        raw = [RawSheet("", separated(text))]
    if len(ways) == 1 and any(letters.once(cell) != cell for sheet in raw for _number, cells, _odd in sheet.rows for cell in cells):
        ways = [*ways, letters.TWICE]
    is_chosen = reading in ways
    if is_chosen:
        ways = [reading, *(way for way in ways if way != reading)]
    mend = letters.once if ways[0] == letters.TWICE else str
    sheets = [Sheet(sheet.name, kept_rows(sheet, mend), sheet.is_active, is_workbook) for sheet in raw]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise UnreadableFileError("empty")
    return Book(sheets, ways, letters.is_certain(text, ways, is_chosen=is_chosen))


def check_beginning(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise UnreadableFileError("too_big")
    if not content.strip():
        raise UnreadableFileError("empty")
    for beginning, what in OTHERS.items():
        if content.startswith(beginning):
            raise UnreadableFileError(what)


def kept_rows(sheet: RawSheet, mend: Callable[[str], str]) -> list[Row]:
    rows = [Row(number, [kept(mend(cell)) for cell in cells[:MOST_COLUMNS]], odd) for number, cells, odd in sheet.rows]
    return [row for row in rows if any(row.cells)]


def kept(cell: str) -> str:
    """The cell as people read it: composed letters, nothing invisible, no guard against formulas, single spaces."""
    if len(cell) > MOST_OF_A_CELL:
        raise UnreadableFileError("cell_too_long")
    text = " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", cell)).split())
    if guarded := GUARD.fullmatch(text):
        text = guarded[0][1:] if guarded[1] is None else guarded[1].strip()
    return UNPRINTABLE.sub("\ufffd", text)


def separated(text: str) -> list[RawRow]:
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] == "<":
        raise UnreadableFileError("web_page")  # some systems export a web page as Excel
    first, _line_end, rest = text.partition("\n")
    declared = first.strip(' "\r').lower().removeprefix("sep=")
    begins_at = 1
    if first.strip(' "').lower().startswith("sep=") and declared in SEPARATORS:
        text, separator, begins_at = rest, declared, 2
    else:
        separator = separator_of(text)
    rows: list[RawRow] = []
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
    before = 0
    try:
        for number, cells in enumerate(lines, begins_at):
            if len(rows) >= MOST_ROWS:
                raise UnreadableFileError("too_many_rows")
            over, before = lines.line_num - before - 1, lines.line_num
            if over and len(cells) > 1 and any(holds_rows(cell, separator, width=len(cells)) for cell in cells):
                raise UnreadableFileError("open_quotation", row=str(number))
            rows.append((number, cells, "lines" if over else "beyond" if any(cells[MOST_COLUMNS:]) else ""))
    except csv.Error as error:
        if "field larger" in str(error):
            raise UnreadableFileError("cell_too_long") from error
        raise UnreadableFileError("open_quotation", row=str(begins_at + len(rows))) from error
    return rows


def holds_rows(cell: str, separator: str, *, width: int) -> bool:
    """Whether a quotation mark has swallowed rows: a line of the cell, or all of them, hold the separators of a row of so many cells."""
    lines = cell.splitlines()
    counts = [line.count(separator) for line in lines]
    return len(lines) > 1 and (max(counts) >= width - 1 or sum(counts) >= (width - 1) * (len(lines) - 1))


def separator_of(text: str) -> str:
    """The separator of which the most lines have the same number: comma, semicolon, tab or bar."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:15]
    # Text between quotation marks belongs to a cell.
    bare = ["".join(line.split('"')[::2]) for line in lines]
    return max(SEPARATORS, key=lambda separator: regularity([line.count(separator) for line in bare]))


def regularity(counts: list[int]) -> int:
    """How many separators stand in lines that have as many of them as other lines."""
    return max((count * lines for count, lines in Counter(counts).items()), default=0)
