"""Odd lists on the pages: what is asked, what is shown before anything happens, and what stops that anybody leaves."""

import csv
import io

import pytest

from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.staff_lists.models import StaffList
from tests.staff_lists.exports import text
from tests.staff_lists.test_import import ADD, COLUMNS, by_email, choose, confirm, everybody, imported, listed, people, upload
from tests.staff_lists.test_odd_lists import HANDED_IN
from tests.staff_lists.workbook import cells, sheets

NAMES = {"covers": ["staff"], "full_name": "Name", "email": "Email"}


def choose_names(client, where: str, **more) -> str:
    """Chooses the columns and returns the next page."""
    return client.post(f"{where}columns/", NAMES | more, follow=True).content.decode()


def test_a_quotation_mark_that_is_not_closed_is_refused_beside_the_file(cast, signed_in):
    client, before = signed_in(cast.ines), people()
    page = client.post(ADD, {"file": io.BytesIO((HANDED_IN / "stray-quote.csv").read_bytes())}).content.decode()
    assert "a quotation mark is not closed" in page
    assert "Mend that cell" in page
    assert (people(), StaffList.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("row", "why"),
    [("Cy Cook,c@hillside.example", "row 4 has fewer cells than there are headings"),
     ("Cy, Cook,c@hillside.example,1", "row 4 has more cells"),
     ('Cy Cook,c@hillside.example,"Block\nA"', "row 4 goes over several lines")],
)  # fmt: skip
def test_where_anything_is_odd_nobody_leaves_by_being_missing(cast, signed_in, row, why):
    client, before = signed_in(cast.ines), people()
    content = f"Name,Email,Room\nInes Example,ines@hillside.example,1\nAda Example,ada@hillside.example,2\n{row}\n"
    where = upload(client, content.encode())
    page = choose_names(client, where, missing_leave="on")
    assert "Nobody can be taken to have left by this list, so nothing was done" in page
    assert why in page
    client.post(f"{where}preview/", {"fingerprint": "x", "many_leave": "on"})
    assert people() == before
    page = choose_names(client, where)
    assert why in page
    assert "Columns that are not used:</span> Room" in page or "Columns that are not used: Room" in page
    assert "0</strong> leave now" in page


def test_which_of_several_sheets_is_asked(cast, signed_in):
    rows = [["Name", "Email"], ["Nina New", "nina@hillside.example"]]
    client = signed_in(cast.ines)
    where = upload(client, sheets(Teachers=cells(*rows), Support=cells(rows[0], ["Noor New", "noor@hillside.example"])), "staff.xlsx")
    page = client.get(f"{where}columns/").content.decode()
    assert "Which sheet is the list?" in page
    assert "Next: what would change" not in page
    assert "There are several sheets that could be the list" in client.get(f"{where}preview/", follow=True).content.decode()
    assert "Say which." in client.post(f"{where}columns/", {"how": "1"}).content.decode()
    page = client.post(f"{where}columns/", {"how": "1", "sheet": "Support"}, follow=True).content.decode()
    assert "Noor New" in page
    assert "other sheets may hold people too, and are not read: Teachers" in page
    choose_names(client, where)
    confirm(client, where)
    assert [Person.objects.filter(full_name=name).exists() for name in ("Noor New", "Nina New")] == [True, False]


@pytest.mark.parametrize("reading", ["utf-8 twice", "utf-8"])
def test_letters_that_can_be_read_in_two_ways_are_shown_in_both(cast, signed_in, reading):
    client = signed_in(cast.ines)
    where = upload(client, "Name,Email\nBÃ©nÃ©dicte New,b@hillside.example\n".encode())
    page = client.get(f"{where}columns/").content.decode()
    assert "How are the letters to be read?" in page
    assert "Bénédicte New – mended" in page
    assert client.post(f"{where}columns/", {"how": "1", "reading": "klingon"}).status_code == 200
    client.post(f"{where}columns/", {"how": "1", "reading": reading})
    choose_names(client, where)
    confirm(client, where)
    assert by_email("b").full_name == ("Bénédicte New" if reading == "utf-8 twice" else "BÃ©nÃ©dicte New")
    assert StaffList.objects.get().columns["reading"] == reading


def test_a_row_in_other_letters_is_refused_by_its_number_or_read_if_somebody_says_so(cast, signed_in):
    client = signed_in(cast.ines)
    where = upload(client, (HANDED_IN / "mixed-encoding.csv").read_bytes())
    columns = {"covers": ["staff"], "forename": "Forename", "surname": "Surname", "email": "Work Email", "staff_number": "Staff Code"}
    page = client.post(f"{where}columns/", columns, follow=True).content.decode()
    assert "holds a character that cannot be read" in page
    client.post(f"{where}columns/", {"how": "1", "reading": "utf-8 in part"})
    client.post(f"{where}columns/", columns)
    confirm(client, where)
    assert {by_email("zoe").full_name, by_email("andre").full_name} == {"Zoë Lee", "André Ray"}


def test_names_from_a_mac_are_nobody_new(cast, signed_in):
    Person.objects.filter(pk=cast.ada.pk).update(full_name="Siân Bevan-O’Neill")
    client, before = signed_in(cast.ines), people()
    where = upload(client, "Name\nSia\u0302n Bevan-O'Neill\n".encode())
    client.post(f"{where}columns/", {"covers": ["staff"], "full_name": "Name"})
    page = client.get(f"{where}preview/").content.decode()
    assert "0</strong> join" in page
    confirm(client, where)
    assert people() == before


def test_a_last_day_that_is_usual_and_not_in_the_list_says_so(cast, signed_in):
    client = signed_in(cast.ines)
    where = upload(client, listed(["N1", "Nina New", "nina@hillside.example", "", "Supply", "", ""]))
    choose(client, where)
    assert "(usual for this category; the list gives none)" in client.get(f"{where}preview/").content.decode()
    confirm(client, where)
    assert by_email("nina").added_on == cast.hillside.day_of(StaffList.objects.get().confirmed_at)
    where = upload(client, listed(["N2", "Noor New", "noor@hillside.example", "", "Supply", "", "31/12/2099"]))
    choose(client, where)
    assert "(usual for this category" not in client.get(f"{where}preview/").content.decode()


def test_the_example_file_is_recognised_whole_and_can_be_imported(cast, signed_in):
    client = signed_in(cast.ines)
    response = client.get("/admin/declarations/stafflist/example/")
    assert 'filename="staff-list-example.csv"' in response["Content-Disposition"]
    assert response.content.startswith(b'\xef\xbb\xbf"Staff number","Forename"')
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    where = upload(client, response.content)
    page = client.get(f"{where}preview/").content.decode()
    assert "Columns that are not used" not in page
    assert f"{len(rows) - 1}</strong> join" in page
    assert 'href="/admin/declarations/stafflist/example/"' in client.get(ADD).content.decode()


def test_who_joined_can_be_invited_right_after(cast, signed_in):
    client = signed_in(cast.ines)
    rows = [["N1", "Nina New", "nina@hillside.example", "", "", "", ""], ["N2", "Noor New", "", "", "", "", ""]]
    page = imported(client, *everybody(cast), *rows)
    assert "Imported: 2 people have joined" in page
    where = f"/admin/declarations/stafflist/{StaffList.objects.get().pk}/invite/"
    assert f'<a href="{where}">Invite these people …</a>' in page
    assert "Invite 1 person" in client.get(where).content.decode()
    assert "1 invitation is on its way." in client.post(where, follow=True).content.decode()
    assert [email.recipient for email in Email.objects.filter(kind="invitation")] == ["nina@hillside.example"]
    assert "✓" in client.get(where).content.decode()


def test_every_column_that_is_not_used_is_named_before_anything_happens(cast, signed_in):
    client = signed_in(cast.ines)
    where = upload(
        client, text([[*COLUMNS.values(), "Room", "Empty"], ["N1", "Nina New", "n@hillside.example", "", "", "", "", "A1", ""]]).encode()
    )
    choose(client, where)
    page = client.get(f"{where}preview/").content.decode()
    assert "Room" in page[page.index("Columns that are not used") :][:60]
    assert "Empty" not in page[page.index("Columns that are not used") :][:60]
