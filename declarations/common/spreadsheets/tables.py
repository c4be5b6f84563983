"""Reads the rows of a table from a CSV or XLSX file."""

import csv
import io
from dataclasses import dataclass

from declarations.common.errors import UnreadableFileError
from declarations.common.spreadsheets.xlsx import MOST_COLUMNS, MOST_OF_A_CELL, XLSX_BEGINS, sheet
from declarations.common.unprintable import UNPRINTABLE

MOST_BYTES = 5_000_000
MOST_ROWS = 10_000

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
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as a spreadsheet shows it, from 1; every cell is text without spaces at its ends.

    U+FFFD replaces a character that cannot be read: a heading may contain it, a cell that is used may not.
    """

    number: int
    cells: list[str]


def read(content: bytes) -> list[Row]:
    """The rows that are not empty.

    Days of an XLSX file are written as `2026-09-01`, and whole numbers without `.0`. Raises UnreadableFileError for any other bytes.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableFileError("too_big")
    if not content.strip():
        raise UnreadableFileError("empty")
    for beginning, what in OTHERS.items():
        if content.startswith(beginning):
            raise UnreadableFileError(what)
    numbered = sheet(content, most_rows=MOST_ROWS) if content.startswith(XLSX_BEGINS) else separated(content)
    rows = [Row(number, [kept(cell) for cell in cells[:MOST_COLUMNS]]) for number, cells in numbered]
    rows = [row for row in rows if any(row.cells)]
    if not rows:
        raise UnreadableFileError("empty")
    return rows


def kept(cell: str) -> str:
    if len(cell) > MOST_OF_A_CELL:
        raise UnreadableFileError("cell_too_long")
    return UNPRINTABLE.sub("\ufffd", " ".join(cell.split()))


def text_of(content: bytes) -> str:
    """The text, decoded by its byte order mark, else as UTF-8, else as Windows-1252, which Excel and SIMS write."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if b"\x00" in content:
        raise UnreadableFileError("not_a_table")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def separated(content: bytes) -> list[tuple[int, list[str]]]:
    text = text_of(content)
    if text.lstrip()[:1] == "<":
        raise UnreadableFileError("web_page")  # some systems export a web page as Excel
    first, _line_end, rest = text.partition("\n")
    heading = first.strip().strip('"').lower()
    begins_at = 1
    if heading.startswith("sep=") and len(heading) == 5:
        text, separator, begins_at = rest, heading[4], 2
    else:
        separator = separator_of(text)
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), begins_at):
            if len(rows) >= MOST_ROWS:
                raise UnreadableFileError("too_many_rows")
            rows.append((number, cells))
    except csv.Error as error:  # longer than the csv module allows
        raise UnreadableFileError("cell_too_long") from error
    return rows


def separator_of(text: str) -> str:
    """The separator that occurs most often in one of the first lines: comma, semicolon, tab or bar."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:15]
    # Text between quotation marks belongs to a cell.
    bare = ["".join(line.split('"')[::2]) for line in lines]
    return max(",;\t|", key=lambda separator: max((line.count(separator) for line in bare), default=0))
