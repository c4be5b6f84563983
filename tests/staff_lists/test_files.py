"""Reading staff lists: twelve exports row by row, damaged files, and the limits."""

import datetime as dt
import io
import random
import zipfile
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.common.errors import UnreadableFileError
from declarations.common.spreadsheets import tables, xlsx
from declarations.staff_lists import columns, files
from declarations.staff_lists import rows as staff_rows
from declarations.staff_lists.plan import WHY, WHY_UNREADABLE
from declarations.staff_lists.rows import ImpossibleRowError, day_of, name_of
from tests.staff_lists.exports import BY_ROW, FILES, MADE, ON
from tests.staff_lists.workbook import workbook, zipped

BY_HAND = {
    "odd_headings.csv": {
        "full_name": "Who",
        "email": "Where to write",
        "job_title": "Column 3",
        "starts_on": "Dates",
        "last_day": "Dates (2)",
    }
}


def reading(name: str) -> staff_rows.Reading:
    file = files.opened((FILES / name).read_bytes())
    return staff_rows.read(file.rows, file.names, BY_HAND.get(name) or columns.guess(file.names), on=ON)


def rows_of(content: bytes) -> list[tables.Row]:
    (sheet,) = tables.read(content).sheets
    return sheet.rows


def test_the_files_are_those_that_the_script_makes():
    assert len(BY_ROW) == 12
    assert set(BY_ROW) == {path.name for path in FILES.iterdir()}
    for name, make in MADE.items():
        assert (FILES / name).read_bytes() == make(), name


@pytest.mark.parametrize("name", BY_ROW)
def test_each_row_comes_to_what_it_should(name: str):
    people = reading(name)
    results = {row: "long gone" if person.last_day and person.last_day < ON else "joins" for person in people.people for row in person.rows}
    faults = {fault.row: fault.code for fault in people.faults}
    assert not results.keys() & faults.keys()
    assert results | faults == BY_ROW[name]
    assert set(faults.values()) <= set(WHY)


PEOPLE = {
    "sims_contracts.csv": [
        ("AEX", "a.example@hillside.example", "Ada Exámple", "Teacher / Head of Year", dt.date(2019, 9, 1), None),
        ("BOK", "b.okafor@hillside.example", "Ben O’Kafor", "Teacher", dt.date(2021, 9, 1), dt.date(2027, 8, 31)),
        ("CLO", "", "Cecily Lowe", "Cleaner", dt.date(2011, 1, 3), None),
        ("DUN", "d.dunne@hillside.example", "Dermot Dunne", "Teacher", dt.date(2001, 9, 1), dt.date(2026, 8, 31)),
    ],
    "sims_unicode.txt": [
        ("1001", "wanda@hillside.example", "Wanda Zielińska", "Trainee teacher", dt.date(2026, 9, 1), None),
        ("1002", "sian@hillside.example", "Siân Bevan", "Office manager", dt.date(2010, 4, 12), None),
    ],
    "arbor.csv": [
        ("501", "jakub@hillside.example", "Jakub Nowak", "Site manager", dt.date(2018, 2, 1), None),
        ("502", "kezia@hillside.example", "Kezia Mbeki", "School nurse", dt.date(2020, 9, 1), dt.date(2027, 7, 31)),
        ("503", "", "Jennifer Null", "Supply teacher", dt.date(2026, 11, 2), None),
    ],
    "arbor.xlsx": [
        ("601", "priya@hillside.example", "Priya Nair", "Teacher of biology", dt.date(2023, 9, 1), None),
        ("602", "ruth@hillside.example", "Ruth Abara", "Catering contractor", dt.date(2021, 1, 4), dt.date(2027, 7, 31)),
        ("603", "victor@hillside.example", "Victor Lindqvist", "Teacher of chemistry", dt.date(2027, 1, 4), None),
    ],
    "bromcom.csv": [
        ("P1", "imogen@hillside.example", "Imogen Hale", "Teacher of art", dt.date(2015, 9, 1), None),
        ("P2", "nadia@hillside.example", "Nadia Karim", "Supply teacher", dt.date(2026, 11, 2), None),
        ("P3", "mei@hillside.example", "Mei Chen", "Trainee teacher", dt.date(2026, 9, 1), dt.date(2027, 7, 16)),
        ("P4", "quentin@hillside.example", "Quentin Ashby", "", dt.date(2022, 9, 1), None),
    ],
    "bromcom.xlsx": [
        ("2001", "callum@hillside.example", "Callum Reid", "Teacher of physics", dt.date(2025, 9, 1), None),
        ("2002", "", "Hamish Orr", "Midday supervisor", dt.date(2020, 1, 6), dt.date(2026, 12, 18)),
    ],
    "serials.csv": [
        ("", "grace@hillside.example", "Grace Whitlock", "", dt.date(2025, 9, 1), dt.date(2027, 7, 31)),
        ("", "liam@hillside.example", "Liam Doyle", "", dt.date(2026, 9, 1), None),
    ],
    "odd_headings.csv": [("", "edith@hillside.example", "Edith Lowe", "Librarian", dt.date(2010, 1, 4), None)],
    "macs.xlsx": [("", "femi@hillside.example", "Femi Adeyemi", "", dt.date(2016, 9, 1), None)],
    "strict.xlsx": [("7", "tomas@hillside.example", "Tomás Herrera", "", dt.date(2012, 9, 3), dt.date(2027, 8, 31))],
}


@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_is_read_whole(name: str):
    assert [(p.staff_number, p.email, p.name, p.job_title, p.starts_on, p.last_day) for p in reading(name).people] == PEOPLE[name]


@pytest.mark.parametrize(
    ("ends", "last_day"),
    [
        (["31/12/2027", "31/08/2027"], dt.date(2027, 12, 31)),
        (["31/12/2027", ""], None),
        (["31/08/2020", "31/12/2020"], dt.date(2020, 12, 31)),
    ],
)
def test_with_two_contracts_somebody_leaves_with_the_later(ends: list[str], last_day: dt.date | None):
    rows = "".join(f"7,Ada Example,ada@hillside.example,{end}\n" for end in ends)
    file = files.opened(f"Staff number,Name,Email,End date\n{rows}".encode())
    (person,) = staff_rows.read(file.rows, file.names, columns.guess(file.names), on=ON).people
    assert person.last_day == last_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01/09/2026", dt.date(2026, 9, 1)), ("1.9.26", dt.date(2026, 9, 1)), ("1-9-2026", dt.date(2026, 9, 1)),
        ("2026-09-01T00:00:00", dt.date(2026, 9, 1)), ("01/09/2026 12:00 AM", dt.date(2026, 9, 1)),
        ("1st September 2026", dt.date(2026, 9, 1)), ("1. September 2026", dt.date(2026, 9, 1)), ("20260901", dt.date(2026, 9, 1)),
        ("Tue 1 Sep 2026", dt.date(2026, 9, 1)), ("Tuesday, 1 September 2026", dt.date(2026, 9, 1)),
        ("2026-09-01T00:00:00+01:00", dt.date(2026, 9, 1)),
        ("23-Nov-98", dt.date(1998, 11, 23)), ("46266", dt.date(2026, 9, 1)), ("29/02/2024", dt.date(2024, 2, 29)),
        ("", None), ("31/12/9999", None), ("01/01/1900", None),
    ],
)  # fmt: skip
def test_days(text: str, day: dt.date | None):
    assert day_of(text) == day


@pytest.mark.parametrize(
    "text", ["09/25/2026", "29/02/2026", "1/13/2026", "soon", "2026", "1/9", "01/09/1026", "1 Sebtember 2026", "²/9/2026", "4626６"]
)
def test_no_day_is_guessed(text: str):
    with pytest.raises(ImpossibleRowError):
        day_of(text)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"full_name": "Example, Mrs Ada"}, "Ada Example"), ({"full_name": "Example, Ada (Ms)"}, "Ada Example"),
        ({"full_name": "Mr. Ben  Example"}, "Ben Example"),
        ({"full_name": "Dr Cy Example"}, "Dr Cy Example"), ({"full_name": "Msuya Example"}, "Msuya Example"),
        ({"full_name": "Example,"}, "Example"),
        ({"forename": "Jennifer", "surname": "Null"}, "Jennifer Null"), ({"surname": "Plato"}, "Plato"), ({}, ""),
    ],
)  # fmt: skip
def test_names(cells: dict[str, str], name: str):
    assert name_of(cells) == name


def big() -> bytes:
    return zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + " " * (xlsx.MOST_UNPACKED + 1)})


LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
)
NO_TABLES = {
    "nothing": (b"", "empty"),
    "only spaces": (b" \r\n\t", "empty"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
    "a PDF": (b"%PDF-1.7", "not_a_table"),
    "a web page": (b"\r\n<html><table>", "web_page"),
    "a program": (b"MZ\x00\x01\x02", "zero_bytes"),
    "too large": (b"a,b\n" * 2_000_000, "too_big"),
    "too long": (b"a,b\n" * 10_001, "too_many_rows"),
    "too long a sheet": (workbook([["a"]] * 10_001, inline=True), "too_many_rows"),
    "an archive": (zipped({"hello.txt": "hello"}), "not_a_table"),
    "a bomb": (big(), "too_big"),
    "entities": (zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": LAUGHS}), "damaged"),
    "half of it": (workbook([["a"]])[:-100], "damaged"),
    "a text that is not there": (zipped({"xl/worksheets/sheet1.xml": '<w><row><c t="s"><v>7</v></c></row></w>'}), "damaged"),
}


def test_a_cell_in_the_last_column_of_many_rows_makes_no_long_rows():
    lines = "".join(f'<row r="{n}"><c r="XFD{n}" t="str"><v>x</v></c><c r="A{n}" t="str"><v>y</v></c></row>' for n in range(1, 1_000))
    assert {(len(row.cells), row.odd) for row in rows_of(zipped({"xl/worksheets/sheet1.xml": f"<w>{lines}</w>"}))} == {(1, "beyond")}


def read_whatever(content: bytes) -> None:
    """Reads the content; UnreadableFileError is the only exception that may come."""
    try:
        file = files.opened(content)
        staff_rows.read(file.rows, file.names, columns.guess(file.names), on=ON)
    except UnreadableFileError:
        return


@given(st.binary(max_size=400))
def test_any_bytes(content: bytes):
    read_whatever(content)


@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=6))
def test_any_cells(rows: list[list[str]]):
    header = ["Name", "Email", "Staff number", "Start date", "End date"]
    lines = ["\t".join(header), *("\t".join(cells) for cells in rows)]
    read_whatever("\n".join(lines).encode("utf-8", "surrogatepass"))
    cells = [[escape("".join(c for c in cell if c.isprintable())) for cell in row] for row in rows]
    read_whatever(workbook([header, *cells], inline=True))


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with a few bytes changed, deleted or doubled, or cut off."""
    data = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(data))
        match chance.randrange(5):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randrange(1, 40)]
            case 2:
                data[place:place] = data[max(0, place - 30) : place]
            case 3:
                data[place] ^= 1 << chance.randrange(8)
            case 4:
                data = data[: max(1, place)]
        data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.parametrize("name", [name for name in BY_ROW if name != "two_thousand.csv"])
def test_damaged_files(name: str):
    chance = random.Random(name)
    content = (FILES / name).read_bytes()
    for _ in range(250):
        read_whatever(mutated(content, chance))


def test_damage_inside_of_a_sheet():
    """Changes each part before it is packed, so that the archive's checksums are right."""
    chance = random.Random(11)
    content = (FILES / "bromcom.xlsx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(400):
        name = chance.choice(list(parts))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for other, data in parts.items():
                archive.writestr(other, mutated(data, chance) if other == name else data)
        read_whatever(out.getvalue())


# What a file may not cost, and may not carry --------------------------------------------------------------------------------


def pointing(text: str, *, cells: int, place: int = 0) -> bytes:
    """A sheet in which every cell refers to the same shared string."""
    row = f'<row><c t="s"><v>{place}</v></c></row>'
    shared = f"<sst><si><t>{text}</t></si></sst>"
    return zipped({"xl/sharedStrings.xml": shared, "xl/worksheets/sheet1.xml": f"<w>{row * cells}</w>"})


LONG = xlsx.MOST_OF_A_CELL
TOO_MUCH = {
    "one text in many cells": (pointing("a " * (LONG // 2), cells=xlsx.MOST_TEXT // LONG + 2), "too_big"),
    "a long shared text": (pointing("a" * (LONG + 1), cells=1), "cell_too_long"),
    "a long text in its cell": (workbook([["a" * (LONG + 1)]], inline=True), "cell_too_long"),
    "a long cell": (b"Name,Email\n" + b"a" * (LONG + 1) + b",b\n", "cell_too_long"),
    "an open quotation mark": (b'Name,Email\n"Ada' + b",x\n" * 100_000, "cell_too_long"),
    "the text before the first": (pointing("a", cells=1, place=-1), "damaged"),
}


REFUSED = NO_TABLES | TOO_MUCH


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_the_mend(name: str):
    content, code = REFUSED[name]
    with pytest.raises(UnreadableFileError) as refused:
        tables.read(content)
    assert refused.value.code == code
    with pytest.raises(UnreadableFileError, match=r"\w.*\."):
        files.opened(content)
    assert code in WHY_UNREADABLE


def test_the_longest_cell_is_read():
    for content in (pointing("a" * LONG, cells=3), b"a" * LONG + b",b\n"):
        assert rows_of(content)[0].cells[0] == "a" * LONG


def test_as_much_text_as_a_sheet_may_show_is_read():
    assert len(rows_of(pointing("a" * 4_000, cells=xlsx.MOST_TEXT // 4_000))) == 5_000


@pytest.mark.parametrize("odd", ["\x00", "\x07", "\x7f", "\x9b"])
def test_what_cannot_be_kept_is_marked_in_every_cell(odd: str):
    """In a heading it is replaced by a mark; a cell that is used is refused, and the fault names the person."""
    content = f"Name{odd},Email,Room{odd}\nAda{odd} Example,ada@school.example,1\nBen Example,ben@school.example,{odd}2\n".encode("utf-16")
    file = files.opened(content)
    assert file.names == ["Name\ufffd", "Email", "Room\ufffd"]
    assert [row.cells[2] for row in file.rows] == ["1", "\ufffd2"]
    reading = staff_rows.read(file.rows, file.names, columns.guess(file.names), on=ON)
    assert [(fault.code, fault.name) for fault in reading.faults] == [("unreadable", "Ada Example")]
    assert [person.name for person in reading.people] == ["Ben Example"]


@pytest.mark.parametrize("escape_of", ["_x0000_", "_xD800_", "_xdfff_", "_x009F_"])
def test_a_sheet_spells_no_half_characters(escape_of: str):
    assert [row.cells for row in rows_of(workbook([[f"Name{escape_of}", "_x0041_da_x000D_"]], inline=True))] == [["Name\ufffd", "Ada"]]
    assert not any("\ud800" <= character <= "\udfff" for character in xlsx.unescaped(escape_of))


def test_a_cell_is_measured_before_anything_is_looked_for_in_it():
    """A regular expression on such a long cell would take minutes, and Python reads no number of that length."""
    hostile = ["Name,Email,Start date", f'"a,{"(" * 32_000}",b@x.example,', f"Ada Example,{'<a' * 16_000},", f"Ben Example,,{'9' * 32_000}"]
    file = files.opened("\n".join(hostile).encode())
    reading = staff_rows.read(file.rows, file.names, columns.guess(file.names), on=ON)
    assert [fault.code for fault in reading.faults] == ["too_long", "too_long", "too_long"]
    assert max(len(text) for fault in reading.faults for text in (fault.name, fault.email)) <= staff_rows.LONGEST_CELL
