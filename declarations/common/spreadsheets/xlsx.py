"""Reads the visible sheets of an XLSX file as text: values only, without formulas or links to other files.

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
from typing import NamedTuple
from xml.parsers import expat  # a document type is refused, and with it every entity; sizes are limited

from declarations.common.errors import UnreadableFileError
from declarations.common.spreadsheets.cell_text import shown_number, unescaped

XLSX_BEGINS = b"PK\x03\x04"
MOST_UNPACKED = 30_000_000  # bytes of all parts that are read
MOST_TEXT = 20_000_000
MOST_OF_A_CELL = 32_767  # Excel's own limit
MOST_PARTS = 1_000
LAST_COLUMN = 16_384
MOST_COLUMNS = 200  # further columns are left out, because one cell in the last column would make a very long row
# The numbers of the built-in formats of days and times (part 1, 18.8.30).
DAY_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
# Stands in a cell whose formula nobody has worked out, or came to an error.
NO_VALUE = "\ufffd#"
EXCEL_BEGINS, MACS_BEGIN = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001  # a spreadsheet's days have no zone
CELL = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
AREA = re.compile(r"[A-Z]{1,3}([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})")


type Attributes = dict[str, str]
type RawRow = tuple[int, list[str], str]  # its number, its cells, a code for what is odd about it


class RawSheet(NamedTuple):
    name: str
    rows: list[RawRow]
    is_active: bool = True


def visible_sheets(content: bytes, *, most_rows: int) -> list[RawSheet]:
    """The visible sheets with their rows. Raises UnreadableFileError for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return Workbook(archive, {part.filename.lower(): part for part in archive.infolist()[:MOST_PARTS]}).sheets(most_rows)
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
        self.unpacked = 0

    def sheets(self, most_rows: int) -> list[RawSheet]:
        parts = [part for part in self.sheet_parts() if part[1] in self.parts]
        if not parts:
            raise UnreadableFileError("not_a_table")
        strings = SharedStrings()
        self.parse("xl/sharedstrings.xml", strings.begin, strings.end, strings.text)
        formats, sheets = self.formats(), []
        for name, part, is_active in parts:
            cells = Cells(strings.strings, formats, self.begins, most_rows)
            self.parse(part, cells.begin, cells.end, cells.text)
            sheets.append(RawSheet(name, cells.rows, is_active))
        return sheets

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
        with self.archive.open(info) as stream:
            while chunk := stream.read(65_536):
                self.unpacked += len(chunk)
                if self.unpacked > MOST_UNPACKED:
                    raise UnreadableFileError("too_big")
                parser.Parse(chunk)
            parser.Parse(b"", True)  # noqa: FBT003  # expat takes no keyword

    def sheet_parts(self) -> list[tuple[str, str, bool]]:
        """The name of each visible sheet, the part that holds it, and whether it is the one that was open last."""
        sheets: list[Attributes] = []
        targets: dict[str, str] = {}
        active = 0

        def workbook(name: str, attributes: Attributes) -> None:
            nonlocal active
            if name == "sheet":
                sheets.append(attributes)
            elif name == "workbookView" and attributes.get("activeTab", "").isdecimal():
                active = int(attributes["activeTab"])
            elif name == "workbookPr" and attributes.get("date1904", "0") in {"1", "true"}:
                self.begins = MACS_BEGIN

        def relations(name: str, attributes: Attributes) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "").lower()

        self.parse("xl/workbook.xml", workbook, ignore, ignore)
        self.parse("xl/_rels/workbook.xml.rels", relations, ignore, ignore)
        parts = [
            (sheet.get("name", ""), targets.get(sheet.get("id", ""), "worksheets/sheet1.xml"), place == active)
            for place, sheet in enumerate(sheets or [{}])
            if sheet.get("state", "visible") == "visible"
        ]
        return [(name, part.removeprefix("/") if part.startswith("/") else f"xl/{part}", is_active) for name, part, is_active in parts]

    def formats(self) -> list[str]:
        """For each style, the format in which it shows a number; `d` stands for the built-in ones of days and times."""
        codes = {str(number): "d" for number in DAY_FORMATS}
        formats: list[str] = []
        is_cells = False

        def begin(name: str, attributes: Attributes) -> None:
            nonlocal is_cells
            if name == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                is_cells = True
            elif name == "xf" and is_cells:
                formats.append(codes.get(attributes.get("numFmtId", "0"), ""))

        def end(name: str) -> None:
            nonlocal is_cells
            is_cells = is_cells and name != "cellXfs"

        self.parse("xl/styles.xml", begin, end, ignore)
        return formats


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

    def __init__(self, strings: list[str], formats: list[str], begins: dt.datetime, most_rows: int) -> None:
        self.strings, self.formats, self.begins, self.most_rows = strings, formats, begins, most_rows
        self.rows: list[RawRow] = []
        self.buffer = TextBuffer()
        self.length = 0
        self.cell: Attributes = {}
        self.is_value = self.is_formula = False

    def begin(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            if len(self.rows) >= self.most_rows:
                raise UnreadableFileError("too_many_rows")
            last = self.rows[-1][0] if self.rows else 0
            reference = attributes.get("r", "")
            number = int(reference) if reference.isdecimal() and last < int(reference) < 2_000_000 else last + 1
            self.rows.append((number, [], "hidden" if attributes.get("hidden") in {"1", "true"} else ""))
        elif name == "c":
            self.cell, self.is_formula = attributes, False
            self.buffer.taken()
        elif name == "f":
            self.is_formula = True
        elif name in {"v", "t"}:
            self.is_value = True
        elif name == "mergeCell" and (area := AREA.fullmatch(attributes.get("ref", ""))):
            first, last = int(area[1]), int(area[2])
            if first != last:
                self.rows = [(number, cells, "merged" if first <= number <= last else odd) for number, cells, odd in self.rows]

    def text(self, text: str) -> None:
        if self.is_value:
            self.buffer.add(text)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.is_value = False
        elif name == "c" and self.rows:
            number, cells, _odd = self.rows[-1]
            place = column_of(self.cell.get("r", ""), default=len(cells))
            text = self.counted(self.shown(self.buffer.taken()))
            if place < MOST_COLUMNS:
                cells.extend([""] * (place + 1 - len(cells)))
                cells[place] = text
            elif text:
                self.rows[-1] = (number, cells, "beyond")

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
        if kind == "e" or (self.is_formula and not value and kind != "str"):
            return NO_VALUE
        if kind in {"str", "inlineStr"}:
            return unescaped(value)
        if kind == "d":
            return value[:10]
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        style = self.cell.get("s", "0")
        code = self.formats[int(style)] if style.isdecimal() and int(style) < len(self.formats) else ""
        return shown_number(value, code, begins=self.begins)


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
