"""`manage.py import_people`, the nightly import: its exit codes, and that nobody who has left gets access again."""

import datetime as dt
import io
import logging
import random
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from declarations.evidence.models import Entry
from declarations.organisation.models.person import Person
from declarations.staff_lists.models import StaffList
from tests.cast import make_person
from tests.evidence.owner import checked, facts_of
from tests.staff_lists.exports import FILES, text
from tests.staff_lists.test_files import mutated
from tests.staff_lists.test_odd_lists import HANDED_IN
from tests.staff_lists.workbook import cells, sheets, workbook

TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)
HEADINGS = ["Staff number", "Name", "Email", "Job title", "Category", "Start date", "End date"]


@pytest.fixture
def nightly(cast, tmp_path: Path):
    """`nightly(rows, …)` returns the exit code and the output."""

    def run(rows: list[list[str]] | bytes, *options: str) -> tuple[int, str]:
        file = tmp_path / "staff.csv"
        file.write_bytes(rows if isinstance(rows, bytes) else text([HEADINGS, *rows]).encode())
        out = io.StringIO()
        try:
            call_command("import_people", str(file), "--school", "hillside", *options, stdout=out)
        except CommandError as refused:
            return refused.returncode, f"{out.getvalue()}{refused}"
        return 0, out.getvalue()

    return run


def people() -> list[tuple]:
    return list(Person.objects.order_by("pk").values_list())


NINA = ["N1", "Nina New", "nina@hillside.example", "cook", "", "01/09/2026", ""]


def test_it_imports_and_says_so_without_names(cast, nightly, caplog):
    caplog.set_level(logging.INFO)
    code, output = nightly([NINA, ["", "Ada Example", "ada@hillside.example", "head of year", "", "", ""]])
    assert (code, output) == (0, "1 joins, 1 changes\n")
    assert "import for hillside: 1 joins, 1 changes" in caplog.text
    assert "Nina" not in caplog.text
    record = facts_of(Entry.objects.get(kind="people.imported"))
    assert record["by"] == {"id": None, "name": "the server's command line"}
    assert nightly([NINA]) == (0, "1 same\n")
    assert checked() == (0, [])


def test_a_dry_run_changes_nothing(cast, nightly):
    before = people()
    assert nightly([NINA], "--dry-run") == (0, "Would be: 1 joins\n")
    assert (people(), StaffList.objects.count()) == (before, 0)


def test_rows_that_need_a_person_are_named_by_number(cast, nightly):
    code, output = nightly([NINA, ["", "Nils New", "nils at hillside", "", "", "", ""]])
    assert code == 3
    assert "row 3: is not an e-mail address" in output
    assert "Nils" not in output
    assert Person.objects.filter(email="nina@hillside.example").exists()


def test_many_leaving_stops_it_until_somebody_says_yes(cast, nightly):
    rows = [["", person.full_name, person.email, "", "", "", TODAY.strftime("%d/%m/%Y")] for person in (cast.ada, cast.ben)]
    gone = [[*row[:6], (TODAY - DAY).strftime("%d/%m/%Y")] for row in rows]
    before = people()
    code, output = nightly(gone)
    assert code == 1
    assert "2 of the 5 people whom the list is about would leave now or within 60 days (40 %)" in output
    assert (people(), StaffList.objects.count()) == (before, 0)
    assert "only with --many-leave" in nightly(gone, "--dry-run")[1]
    assert nightly(gone, "--many-leave")[0] == 0
    assert Person.objects.filter(leaves_on=TODAY).count() == 2


@pytest.mark.parametrize(
    ("leaves_on", "row"),
    [
        (TODAY - 9 * DAY, ["", "Ben Example", "ben@hillside.example", "", "", TODAY.strftime("%d/%m/%Y"), ""]),  # comes back
        (TODAY - 9 * DAY, ["", "Ben Example", "ben@hillside.example", "", "", "", ""]),  # a list that is behind
        (TODAY + 9 * DAY, ["", "Ben Example", "ben@hillside.example", "", "", "", (TODAY + 99 * DAY).strftime("%d/%m/%Y")]),  # stays longer
    ],
)
def test_nothing_is_opened_that_was_closed(cast, nightly, leaves_on, row):
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=leaves_on)
    assert nightly([row])[0] == 3
    cast.ben.refresh_from_db()
    assert cast.ben.leaves_on == leaves_on


def test_whoever_writes_the_file_cannot_take_over_the_sign_in_of_somebody_with_a_role(cast, nightly):
    Person.objects.filter(pk=cast.hilda.pk).update(staff_number="H1")
    Person.objects.filter(pk=cast.ada.pk).update(staff_number="A1")
    code, _output = nightly(
        [["H1", "Hilda Example", "me@evil.example", "", "", "", ""], ["A1", "Ada Example", "a.e@hillside.example", "", "", "", ""]]
    )
    assert code == 3
    cast.hilda.refresh_from_db()
    cast.ada.refresh_from_db()
    assert (cast.hilda.email, cast.ada.email) == ("hilda@hillside.example", "a.e@hillside.example")


def test_a_leaving_ahead_comes_nearer_by_itself(cast, nightly):
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=TODAY + 99 * DAY)
    assert nightly([["", "Ben Example", "ben@hillside.example", "", "", "", (TODAY + 9 * DAY).strftime("%d/%m/%Y")]])[0] == 0
    cast.ben.refresh_from_db()
    assert cast.ben.leaves_on == TODAY + 10 * DAY


@pytest.mark.parametrize("content", [b"", b"%PDF", b"PK\x03\x04", b"a\x00b", b"Where,When\n1,2\n"])
def test_what_is_no_list_is_refused_and_nothing_is_left_behind(cast, nightly, content):
    before = people()
    code, output = nightly(content)
    assert code == 1
    assert output.endswith(".")
    assert (people(), StaffList.objects.count()) == (before, 0)


# Whoever is missing has left, and the file is odd ---------------------------------------------------------------------------

LAST = {"columns": {"full_name": "Name", "email": "Email"}, "covers": ["staff"], "missing_leave": True}
WHOLE = "Name,Email,Room\n" + "".join(
    f"{name} Example,{name.lower()}@hillside.example,{name}\n" for name in ("Ada", "Ben", "Hilda", "Ines")
)
OMAR = "Omar Example,omar@hillside.example,Omar\n"


def imported_by_hand(school, **columns) -> None:
    """The choices of the last list."""
    at = timezone.now()
    StaffList.objects.create(school=school, uploaded_at=at, confirmed_at=at, sha256="0" * 64, columns=LAST | columns)


@pytest.fixture
def missing_leave(cast):
    """The last list was imported with the choice that whoever is missing has left."""
    imported_by_hand(cast.hillside)


def still_here() -> bool:
    return not Person.objects.filter(school__slug="hillside", leaves_on__isnull=False).exists()


def test_who_is_missing_from_a_good_list_has_left(cast, nightly, missing_leave):
    assert nightly(WHOLE.encode()) == (0, "1 leaves, 4 same\ncolumns that are not used: Room\n")
    cast.omar.refresh_from_db()
    assert cast.omar.leaves_on == TODAY


ODD_FILES = {
    "a quotation mark that is not closed": (WHOLE.replace(",Ines", ',"Ines') + OMAR, "Row 5: a quotation mark is not closed"),
    "two of them": (WHOLE.replace(",Ines", ',"Ines') + OMAR.replace(",Omar", ',Omar"'), "Row 5: a quotation mark is not closed"),
    "a cell of two lines": (WHOLE.replace(",Ines", ',"Ines\nDuarte"'), "row 5 goes over several lines"),
    "cut in half": (WHOLE + OMAR[:8], "row 6 has fewer cells"),
    "cut at a cell": (WHOLE.removesuffix("Ines\n").removesuffix(","), "row 5 has fewer cells"),
    "a comma too many": (WHOLE + "Example, Omar,omar@hillside.example,Omar\n", "row 6 has more cells"),
    "a name that cannot be read": (WHOLE + "Om�r Example,o.example@hillside.example,Omar\n", "row 6 is refused and may be about anybody"),
    "headings alone": ("Name,Email,Room\n", "no person could be read"),
    "other columns": (WHOLE.replace("Email", "Work email"), "the columns are other ones than those of the last list"),
    "a heading twice": (WHOLE.replace("Room", "Email"), "a heading stands twice"),
    "letters in two": (WHOLE + "BÃ©a Example,bea@hillside.example,\n", "can be read in more than one way"),
    "two lists": (WHOLE + "Forename,Surname,Email\nOmar,Example,omar@hillside.example\n", "Row 6 holds other headings"),
    "nothing": ("", "There is nothing in the file."),
    "zeros": (WHOLE + "\x00" * 50, "There are zero bytes in the file"),
    "a web page": ("<table><tr><td>Name", "This is a web page"),
    "a row that slipped to the right": (WHOLE + ",,Omar Example\n", "row 6 is refused and may be about anybody"),
    "headings sorted with the people": (
        "Ada Example,ada@hillside.example\nName,Email\n" + "Omar Example,omar@hillside.example\n",
        "row 1 stands above the headings although it is as long",
    ),
    "people above the headings": ("Ada Example,1,2\nName,Email,Room\n" + OMAR, "row 1 stands above the headings"),
}


@pytest.mark.parametrize("what", ODD_FILES)
@pytest.mark.parametrize("option", ["--many-leave", "--dry-run"])
def test_an_odd_list_ends_nobodys_access(cast, nightly, missing_leave, what, option):
    """Not even when somebody has said that many leave: nothing is changed, and the last line says why."""
    content, why = ODD_FILES[what]
    before = people()
    code, output = nightly(content.encode(), option)
    assert code == 1
    assert why in output
    assert (people(), StaffList.objects.count()) == (before, 1)


def test_who_stands_in_the_row_of_somebody_else_has_not_left(cast, nightly, missing_leave):
    """A piece of the file is lost, and two rows have become one with the right number of cells."""
    melted = WHOLE.replace("ada@hillside.example,Ada\nBen Example,ben@hillside.example,Ben", "ada@hillsBen ben@hillside.example,Ben")
    swallowed = WHOLE.replace(",Ada\nBen Example,ben@hillside.example,Ben", ',"Ben Example,ben@hillside.example""Ben"')
    for content in (melted, swallowed):
        code, output = nightly((content + OMAR).encode())
        assert (code, still_here()) == (3, True)
        assert f"person {cast.ben.pk}: has no row that could be read" in output


def test_the_original_of_the_swallowed_rows_changes_nothing(cast, nightly, missing_leave):
    before = people()
    code, output = nightly((HANDED_IN / "stray-quote.csv").read_bytes(), "--many-leave")
    assert code == 1
    assert "a quotation mark is not closed" in output
    assert people() == before


def test_a_workbook_that_is_cut_off_or_has_two_lists_ends_nobodys_access(cast, nightly, missing_leave):
    rows = [["Name", "Email"], ["Ada Example", "ada@hillside.example"]]
    for content, why in (
        (workbook(rows)[:-30], "The file is damaged"),
        (sheets(Teachers=cells(*rows), Support=cells(*rows)), "several sheets that could be the list: Teachers, Support"),
        (sheets(Staff=cells(*rows, ["", "ben@hillside.example"]) + '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'), "merged cells"),
        (sheets(Staff=cells(*rows, ["<c><f>B2</f></c>", ""])), "row 3 is refused and may be about anybody"),
    ):
        code, output = nightly(content, "--many-leave")
        assert (code, still_here()) == (1, True)
        assert why in output


def test_a_footer_and_a_title_are_no_people_and_stop_nothing(cast, nightly, missing_leave):
    code, output = nightly(("Confidential\n" + WHOLE + OMAR + "Total: 5\n").encode())
    assert code == 0
    assert "row 1 stands above the headings" in output
    assert "row 8 is not about a person, and is not read" in output
    assert still_here()


def test_names_in_other_letters_are_changed_by_nobody_at_night(cast, nightly):
    names = {"ada": "Zoë Example", "ben": "Siân Bevan-O’Neill", "omar": "Bénédicte Example"}
    for name, full_name in names.items():
        Person.objects.filter(pk=getattr(cast, name).pk).update(full_name=full_name)
    before = people()
    listed = "Name,Email\n" + "".join(f"{full_name},{name}@hillside.example\n" for name, full_name in names.items())
    mac = listed.replace("Siân", "Sia\u0302n").encode()  # decomposed: the same names
    assert nightly(mac)[0] == 0
    for content in (
        listed.encode("mac_roman"),
        listed.encode().decode("cp1252").encode(),
        listed.encode("cp1252").replace(b"Si\xe2n", "Siân".encode()),
        listed.replace("ë", "ê").replace("â", "à").replace("é", "è").encode(),
    ):
        assert nightly(content)[0] in {1, 3}
        assert people() == before


@pytest.mark.parametrize(
    "rows",
    [
        "Ben Okafor,ada@hillside.example\nOmar Haddad,ben@hillside.example\nAda Marsh,omar@hillside.example\n",
        "Zed,ada@hillside.example\nZoe Other,ben@hillside.example\n",
        "Marsh Ada,ada@hillside.example\nOkafor Ben,ben@hillside.example\n",
        "BEN OKAFOR,ben@hillside.example\n",
    ],
    ids=["one column is sorted", "another list", "forename and surname are exchanged", "in capitals"],
)
def test_a_list_whose_cells_have_moved_renames_nobody_at_night(cast, nightly, rows):
    for name in ("Ada Marsh", "Ben Okafor", "Omar Haddad"):
        Person.objects.filter(pk=getattr(cast, name.split()[0].lower()).pk).update(full_name=name)
    before = people()
    code, output = nightly(f"Name,Email\n{rows}".encode())
    assert (code, people()) == (3, before)
    assert "only for somebody who looks" in output
    assert nightly(b"Name,Email\nAda Married,ada@hillside.example\n") == (0, "1 changes\n")


def test_windows_letters_are_read_at_night_and_a_choice_is_remembered(cast, nightly):
    listed = "Name,Email\nRenée New,renee@hillside.example\nZoë New,zoe@hillside.example\n"
    assert nightly(listed.encode("mac_roman"))[0] == 1
    imported_by_hand(cast.hillside, missing_leave=False, reading="mac_roman")
    assert nightly(listed.encode("mac_roman")) == (0, "2 joins\n")
    assert Person.objects.filter(full_name="Renée New").exists()
    assert nightly(listed.encode("cp1252"))[0] == 1  # not as it was chosen: somebody looks again


def test_who_is_suspended_in_the_list_does_not_join_and_is_named_if_here(cast, nightly):
    rows = "Name,Email,Status [READ ONLY]\nNina New,nina@hillside.example,Suspended\nAda Example,ada@hillside.example,Suspended\n"
    code, output = nightly((rows + "Ben Example,ben@hillside.example,Active\n").encode())
    assert code == 3
    assert "row 3: is not active in the list, and is here" in output
    assert "row 2 is about somebody who has left or is not active, and is not here" in output
    assert still_here()
    assert not Person.objects.filter(full_name="Nina New").exists()


def test_a_file_or_a_school_that_is_not_there_is_said(cast, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_people", str(tmp_path / "nothing.csv"), "--school", "hillside")
    with pytest.raises(CommandError, match="There is no school"):
        call_command("import_people", str(FILES / "arbor.csv"), "--school", "nowhere")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_damaged_file_is_imported_whole_or_not_at_all(cast, nightly, kind):
    """For any bytes there is an exit code, everybody keeps a name, and there is a log entry if anything changed."""
    chance = random.Random(kind)
    rows = [HEADINGS, NINA, ["N2", "Noor New", "noor@hillside.example", "", "Supply", "2026-09-01", "31/08/2027"],
            ["A1", "Ada Example", "ada@hillside.example", "cook", "", "", ""]]  # fmt: skip
    content = text(rows).encode() if kind == "csv" else workbook(rows, inline=True)
    for _ in range(60):
        before, log = people(), Entry.objects.count()
        code, _said = nightly(mutated(content, chance))
        assert code in {0, 1, 3}
        assert (people() != before) == (Entry.objects.count() > log)
        assert not StaffList.objects.filter(confirmed_at=None).exists()
        assert not Person.objects.filter(full_name="").exists()
    assert checked() == (0, [])


def test_other_schools_are_not_touched(cast, nightly):
    make_person(cast.riverside, "", "Nina New", staff_number="N1")
    before = list(Person.objects.filter(school=cast.riverside).values_list())
    assert nightly([NINA])[0] == 0
    assert list(Person.objects.filter(school=cast.riverside).values_list()) == before
