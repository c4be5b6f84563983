"""CSV that is opened in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.common.spreadsheets.write_csv import BOM, line

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough


def test_every_cell_is_quoted_and_only_the_first_line_has_a_mark():
    assert line(["Ada", 7, "", 'the "lab"'], first=True).decode() == BOM + '"Ada","7","","the ""lab"""\r\n'
    assert line(["Ada"]).decode() == '"Ada"\r\n'


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("x;=1+1", "x;'=1+1"), ("x; @SUM(A1)", "x; '@SUM(A1)"), ("＋1", "'＋1"), ("\t=1", "'\t=1"),
        ("a=b; c-d", "a=b; c-d"), ("O’Kafor-Lee", "O’Kafor-Lee"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula_also_where_semicolons_separate(cell: str, written: str):
    assert line([cell]).decode() == f'"{written}"\r\n'


@given(st.lists(st.text(alphabet="ab;,\"'=+-@\t\r\n ＝", max_size=12), min_size=1, max_size=4))
def test_whatever_is_written_comes_back_and_is_no_formula(cells: list[str]):
    text = line(cells).decode()
    (back,) = csv.reader(io.StringIO(text, newline=""))
    assert len(back) == len(cells)
    for separated in (back, [part.lstrip(" ") for cell in back for part in cell.split(";")]):
        assert not [cell for cell in separated if cell[:1] in set("=+-@\t\r\n＝＋－＠")]
