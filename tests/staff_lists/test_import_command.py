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
from tests.staff_lists.workbook import workbook

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
