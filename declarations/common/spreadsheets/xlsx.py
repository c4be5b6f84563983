"""Reads the first visible sheet of an XLSX file as text: values only, without formulas or links to other files.

The file is not trusted: it may unpack to an enormous size, define entities, or be damaged. Every part is read as a stream up to
a limit, a document type is refused, and every fault raises UnreadableFileError.

Source: ECMA-376, parts 1 and 2; the names of elements are the same in its strict and transitional forms, whose name spaces differ.
"""

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat  # a document type is refused, and with it every entity; sizes are limited

from declarations.common.errors import UnreadableFileError

XLSX_BEGINS = b"PK\x03\x04"
MOST_OF_A_PART = 30_000_000
MOST_TEXT = 20_000_000
MOST_OF_A_CELL = 32_767  # Excel's own limit
MOST_PARTS = 1_000
LAST_COLUMN = 16_384
MOST_COLUMNS = 200  # further columns are left out, because one cell in the last column would make a very long row
# The numbers of the built-in date formats (part 1, 18.8.30).
DAY_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
EXCEL_BEGINS, MACS_BEGIN = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001  # a spreadsheet's days have no zone
CELL = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
HALVES = range(0xD800, 0xE000)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

type Attributes = dict[str, str]


def sheet(content: bytes, *, most_rows: int) -> list[tuple[int, list[str]]]:
    """Each row of the first visible sheet with its number. Raises UnreadableFileError for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return Workbook(archive, {part.filename.lower(): part for part in archive.infolist()[:MOST_PARTS]}).rows(most_rows)
    except UnreadableFileError:
        raise
    # RuntimeError is a password or an unknown compression; the others are damage.
    except (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, RuntimeError, EOFError, OSError, LookupError) as error:
        raise UnreadableFileError("damaged") from error
    except (ValueError, OverflowError) as error:
        raise UnreadableFileError("damaged") from error


class Workbook:
    def __init__(self, archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> None:
        self.archive, self.parts = archive, parts
        self.begins = EXCEL_BEGINS

    def rows(self, most_rows: int) -> list[tuple[int, list[str]]]:
        part = self.first_sheet()
        if part not in self.parts:
            raise UnreadableFileError("not_a_table")
        strings = SharedStrings()
        self.parse("xl/sharedstrings.xml", strings.begin, strings.end, strings.text)
        cells = Cells(strings.strings, self.day_styles(), self.begins, most_rows)
        self.parse(part, cells.begin, cells.end, cells.text)
        return cells.rows

    def parse(self, part: str, begin: Callable[[str, Attributes], None], end: Callable[[str], None], text: Callable[[str], None]) -> None:
        """Parses a part with the three handlers, without name spaces in element names; a missing part counts as empty."""
        info = self.parts.get(part)
        if info is None:
            return
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableFileError("damaged")
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: begin(
            name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        )
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = refuse_document_type
        read = 0
        with self.archive.open(info) as stream:
            while chunk := stream.read(65_536):
                read += len(chunk)
                if read > MOST_OF_A_PART:
                    raise UnreadableFileError("too_big")
                parser.Parse(chunk)
            parser.Parse(b"", True)  # noqa: FBT003  # expat takes no keyword

    def first_sheet(self) -> str:
        """The name of the part with the first visible sheet."""
        names: list[str] = []
        targets: dict[str, str] = {}

        def workbook(name: str, attributes: Attributes) -> None:
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                names.append(attributes.get("id", ""))
            elif name == "workbookPr" and attributes.get("date1904", "0") in {"1", "true"}:
                self.begins = MACS_BEGIN

        def relations(name: str, attributes: Attributes) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "").lower()

        self.parse("xl/workbook.xml", workbook, ignore, ignore)
        self.parse("xl/_rels/workbook.xml.rels", relations, ignore, ignore)
        target = targets.get(names[0], "") if names else ""
        return target.removeprefix("/") if target.startswith("/") else f"xl/{target or 'worksheets/sheet1.xml'}"

    def day_styles(self) -> set[int]:
        """The numbers of the styles that show a number as a day."""
        formats: dict[str, str] = {}
        styles: set[int] = set()
        place = {"is_cells": False, "number": 0}

        def begin(name: str, attributes: Attributes) -> None:
            if name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                place["is_cells"] = True
            elif name == "xf" and place["is_cells"]:
                number = attributes.get("numFmtId", "0")
                if is_day_format(formats[number]) if number in formats else number.isdecimal() and int(number) in DAY_FORMATS:
                    styles.add(place["number"])
                place["number"] += 1

        def end(name: str) -> None:
            if name == "cellXfs":
                place["is_cells"] = False

        self.parse("xl/styles.xml", begin, end, ignore)
        return styles


class TextBuffer:
    """Collects the text between tags, up to a limit."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0

    def add(self, text: str) -> None:
        self.length += len(text)
        if self.length > MOST_TEXT:
            raise UnreadableFileError("too_big")
        self.pieces.append(text)

    def taken(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        return text


class SharedStrings:
    """The table of strings that cells refer to, without phonetic hints (`rPh`)."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self.buffer = TextBuffer()
        self.inside = {"t": False, "rPh": False}

    def begin(self, name: str, _attributes: Attributes) -> None:
        if name in self.inside:
            self.inside[name] = True

    def end(self, name: str) -> None:
        if name == "si":
            self.strings.append(unescaped(self.buffer.taken()))
        elif name in self.inside:
            self.inside[name] = False

    def text(self, text: str) -> None:
        if self.inside["t"] and not self.inside["rPh"]:
            self.buffer.add(text)


class Cells:
    """The rows of a sheet."""

    def __init__(self, strings: list[str], day_styles: set[int], begins: dt.datetime, most_rows: int) -> None:
        self.strings, self.day_styles, self.begins, self.most_rows = strings, day_styles, begins, most_rows
        self.rows: list[tuple[int, list[str]]] = []
        self.buffer = TextBuffer()
        self.length = 0
        self.cell: Attributes = {}
        self.is_value = False

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            if len(self.rows) >= self.most_rows:
                raise UnreadableFileError("too_many_rows")
            last = self.rows[-1][0] if self.rows else 0
            reference = attributes.get("r", "")
            self.rows.append((int(reference) if reference.isdecimal() and last < int(reference) < 2_000_000 else last + 1, []))
        elif name == "c":
            self.cell = attributes
            self.buffer.taken()
        elif name in {"v", "t"}:
            self.is_value = True

    def text(self, text: str) -> None:
        if self.is_value:
            self.buffer.add(text)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.is_value = False
        elif name == "c" and self.rows:
            cells = self.rows[-1][1]
            place = column_of(self.cell.get("r", ""), default=len(cells))
            if place < MOST_COLUMNS:
                cells.extend([""] * (place + 1 - len(cells)))
                cells[place] = self.counted(self.shown(self.buffer.taken()))

    def counted(self, text: str) -> str:
        """Counts the text each time a cell shows it, because a small file may show one long text in a million cells.

        Raises UnreadableFileError.
        """
        self.length += len(text)
        if len(text) > MOST_OF_A_CELL:
            raise UnreadableFileError("cell_too_long")
        if self.length > MOST_TEXT:
            raise UnreadableFileError("too_big")
        return text

    def shown(self, value: str) -> str:
        """The cell as text; its attribute `t` is the type of the value, `s` the style."""
        kind = self.cell.get("t", "n")
        if kind == "s":
            if value and int(value) < 0:
                raise UnreadableFileError("damaged")
            return self.strings[int(value)] if value else ""
        if kind in {"str", "inlineStr"}:
            return unescaped(value)
        if kind == "d":
            return value[:10]
        if kind == "e":
            return ""  # an error such as #N/A has no value
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        style = self.cell.get("s", "0")
        return number(value, begins=self.begins if style.isdecimal() and int(style) in self.day_styles else None)


def ignore(*_whatever: object) -> None:
    """Ignores an event of the parser."""


def refuse_document_type(*_whatever: object) -> None:
    raise UnreadableFileError("damaged")


def column_of(reference: str, *, default: int) -> int:
    """The index of the column: `AB12` is 27. Raises UnreadableFileError beyond the last column of a sheet."""
    if not reference:
        place = default
    elif match := CELL.fullmatch(reference):
        place = 0
        for character in match[1]:
            place = place * 26 + ord(character) - 64
        place -= 1
    else:
        raise UnreadableFileError("damaged")
    if place >= LAST_COLUMN:
        raise UnreadableFileError("damaged")
    return place


def is_day_format(code: str) -> bool:
    """Whether a number format shows a day: `dd/mm/yyyy` does, `0.00 "days"` and `[Red]0` do not."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", code.lower())
    return "d" in bare or "y" in bare


def number(value: str, *, begins: dt.datetime | None) -> str:
    """A number as text: as a day if `begins` is set, otherwise as 12 and not 12.0."""
    try:
        parsed = float(value)
        if begins is not None:
            return (begins + dt.timedelta(days=parsed)).date().isoformat()
        return str(int(parsed)) if parsed == int(parsed) and abs(parsed) < 1e15 else value
    except (ValueError, OverflowError):
        return value


def unescaped(text: str) -> str:
    """Replaces `_x000D_`, which stands for a character that XML cannot contain; half a character becomes U+FFFD."""
    return ESCAPED.sub(lambda match: whole(int(match[1], 16)), text) if "_x" in text else text


def whole(number: int) -> str:
    return "\ufffd" if number in HALVES else chr(number)
