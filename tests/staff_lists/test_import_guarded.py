"""Mistakes that importing a staff list prevents, such as two rows for one person or many people leaving at once."""

import datetime as dt

import pytest
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.people.roles import grant_role
from declarations.sign_in.invitations import invite
from declarations.sign_in.models import Invitation
from declarations.staff_lists import import_list
from declarations.staff_lists import undo as undo_import
from declarations.staff_lists.models import StaffList
from tests.cast import make_person
from tests.staff_lists.test_import import DAY, TODAY, by_email, choose, confirm, everybody, imported, listed, people, undo, upload
from tests.staff_lists.workbook import workbook


def day(days: int) -> str:
    return (TODAY + days * DAY).strftime("%d/%m/%Y")


# Two rows, one person -------------------------------------------------------------------------------------------------------


def test_an_address_that_was_anothers_makes_nobody_somebody_else(cast, signed_in):
    """Ada has a new address, and Nora, who is new and has no number yet, has Ada's old one."""
    Person.objects.filter(pk=cast.ada.pk).update(staff_number="A1")
    rows = [
        ["A1", "Ada Example", "a.example@hillside.example", "", "", "", ""],
        ["", "Nora New", "ada@hillside.example", "", "", "", ""],
        ["N1", "Nina New", "nina@hillside.example", "", "", "", ""],
    ]
    client = signed_in(cast.ines)
    where = upload(client, listed(*rows))
    choose(client, where)
    page = client.get(f"{where}preview/").content.decode()
    assert page.count("comes to the same person here as another row") == 2
    assert "Nora New" in page
    confirm(client, where)
    cast.ada.refresh_from_db()
    assert (cast.ada.full_name, cast.ada.email) == ("Ada Example", "ada@hillside.example")
    assert StaffList.objects.get().counts["refused"] == 2
    assert by_email("nina").full_name == "Nina New"


def two_like_cy(client, *more: list[str]) -> str:
    rows = [["", "Cy Cook", f"{name}@hillside.example", "", "", "01/09/2020", ""] for name in ("c.cook", "cy.cook")]
    where = upload(client, listed(*rows, *more))
    choose(client, where)
    return where


def test_two_rows_settled_as_one_person_are_answered_beside_the_second(cast, signed_in):
    cy = make_person(cast.hillside, "cy@hillside.example", "Cy Cook", starts_on=dt.date(2020, 9, 1))
    client, before = signed_in(cast.ines), people()
    where = two_like_cy(client)
    response = confirm(client, where, settle_2=str(cy.pk), settle_3=str(cy.pk))
    assert response.context["form"].errors == {"settle_3": ["They are row 2 already."]}
    assert people() == before
    confirm(client, where, settle_2=str(cy.pk), settle_3="new")
    cy.refresh_from_db()
    assert cy.email == "c.cook@hillside.example"
    assert by_email("cy.cook").full_name == "Cy Cook"


def test_a_row_is_not_settled_as_somebody_whom_another_row_names(cast, signed_in):
    cy = make_person(cast.hillside, "cy@hillside.example", "Cy Cook", starts_on=dt.date(2020, 9, 1), staff_number="C1")
    client, before = signed_in(cast.ines), people()
    where = two_like_cy(client, ["C1", "Cy Cook", "", "cook", "", "", ""])
    assert confirm(client, where, settle_2=str(cy.pk)).context["form"].errors == {"settle_2": ["They are row 4 already."]}
    assert people() == before


def test_behind_the_page_both_rows_are_refused(cast, signed_in):
    cy = make_person(cast.hillside, "cy@hillside.example", "Cy Cook", starts_on=dt.date(2020, 9, 1))
    client, before = signed_in(cast.ines), people()
    where = two_like_cy(client)
    shown = client.get(f"{where}preview/").context["plan"].fingerprint()
    answers = {2: str(cy.pk), 3: str(cy.pk)}
    done = import_list.confirm(staff_list=StaffList.objects.get(), by=cast.ines, at=timezone.now(), fingerprint=shown, settled=answers)
    assert [(line.rows, line.code) for line in done.of("refused")] == [([2], "two_rows_one_person"), ([3], "two_rows_one_person")]
    assert people() == before


def test_several_contracts_of_one_person_are_still_one(cast, signed_in):
    row = ["A1", "Ada Example", "ada@hillside.example", "", "", "", ""]
    assert "1 was changed" in imported(signed_in(cast.ines), row, [*row[:3], "cook", *row[4:]], row)
    assert (by_email("ada").job_title, by_email("ada").staff_number) == ("cook", "A1")


# Many leave -----------------------------------------------------------------------------------------------------------------


def leaving_in(cast, days: int) -> list[list[str]]:
    """Ada and Ben with this last day, of five."""
    last = [[*row[:6], day(days)] for row in everybody(cast)[:2]]
    return [*last, *everybody(cast)[2:]]


@pytest.mark.parametrize(("last_day", "asks"), [(0, True), (59, True), (60, False), (200, False)])
def test_a_last_day_soon_counts_as_leaving_and_a_later_one_does_not(cast, signed_in, last_day, asks):
    client, before = signed_in(cast.ines), people()
    page = imported(client, *leaving_in(cast, last_day))
    assert ("2 of the 5 people whom the list is about would leave now or within 60 days (40 %)" in page) == asks
    assert (people() == before) == asks
    if asks:
        assert "2 leave" in imported(client, *leaving_in(cast, last_day), many_leave="on")


def test_staying_longer_is_no_leaving(cast, signed_in):
    Person.objects.filter(pk__in=[cast.ada.pk, cast.ben.pk]).update(leaves_on=TODAY + 5 * DAY)
    assert "2 leave" in imported(signed_in(cast.ines), *leaving_in(cast, 30))
    assert by_email("ada").leaves_on == TODAY + 31 * DAY


def test_many_are_many_of_those_whom_the_list_is_about(cast, signed_in):
    """The share of people who leave is counted among those whom the list covers, without the thirty volunteers."""
    for number in range(30):
        make_person(cast.hillside, f"v{number}@hillside.example", f"Vera Volunteer {chr(65 + number)}", category="volunteer")
    client, before = signed_in(cast.ines), people()
    rows = everybody(cast, ada=[], ben=[])
    assert "2 of the 5 people" in imported(client, *rows, missing=True)
    # The list of the staff for that of the volunteers: all of whom would be gone.
    where = upload(client, listed(*everybody(cast)))
    choose(client, where, covers=["volunteer"], missing_leave="on")
    assert "30 of the 30 people" in confirm(client, where).content.decode()
    assert people() == before


def test_who_is_settled_can_make_it_many_and_then_the_second_yes_is_asked(cast, signed_in):
    cy = make_person(cast.hillside, "cy@hillside.example", "Cy Cook", starts_on=dt.date(2020, 9, 1))
    rows = [["", "Cy Cook", "c.cook@hillside.example", "", "", "01/09/2020", day(3)], [*everybody(cast)[0][:6], day(3)]]
    client, before = signed_in(cast.ines), people()
    where = upload(client, listed(*rows))
    choose(client, where)
    asked = confirm(client, where, settle_2=str(cy.pk)).context["form"]
    assert "2 of the 6 people" in asked.errors["many_leave"][0]
    assert people() == before
    confirm(client, where, settle_2=str(cy.pk), many_leave="on")
    assert by_email("c.cook").leaves_on == TODAY + 4 * DAY


# Undoing --------------------------------------------------------------------------------------------------------------------


def test_nobody_takes_back_their_own_last_day_by_undoing(cast, signed_in):
    grant_role(person=cast.ada, name="administrator", by=None, at=timezone.now())
    imported(signed_in(cast.ines), [*everybody(cast)[0][:6], day(90)])
    before = people()
    assert "nobody sets their own" in undo(signed_in(cast.ada))
    assert by_email("ada").leaves_on == TODAY + 91 * DAY
    assert "Undone" in undo(signed_in(cast.ines))
    assert by_email("ada").leaves_on is None
    assert before != people()


def test_what_was_written_of_a_joiner_since_is_not_lost(cast, signed_in):
    imported(signed_in(cast.ines), ["N1", "Nina New", "nina@hillside.example", "", "", "", ""])
    Person.objects.filter(staff_number="N1").update(job_title="cook", starts_on=TODAY)  # the list said neither
    assert "Something was done with people of this list since: Nina New." in undo(signed_in(cast.ines))
    assert by_email("nina").job_title == "cook"


@pytest.mark.parametrize(("names", "named"), [("ABC", ": A, B, C."), ("ABCD", ": A, B, C …."), ("", ": ?.")])
def test_three_are_named_at_most(names: str, named: str):
    assert named in str(undo_import.in_the_way(Person(full_name=name) for name in names))


def test_who_was_invited_is_named(cast, signed_in):
    rows = [["N1", "Nina New", "nina@hillside.example", "", "", "", ""], ["N2", "Noor New", "noor@hillside.example", "", "", "", ""]]
    client = signed_in(cast.ines)
    imported(client, *rows)
    invite(person=by_email("nina"), by=cast.ines, at=timezone.now())
    assert "They have been invited since: Nina New. Set their last day" in undo(client)
    assert Invitation.objects.filter(person=by_email("nina"), ended_at__isnull=True).count() == 1
    assert Email.objects.filter(kind="invitation").count() == 1
    assert by_email("noor").full_name == "Noor New"
    with pytest.raises(RefusedError, match="Nina New"):
        undo_import.undo(staff_list=StaffList.objects.get(), by=cast.ines, at=timezone.now())


# What no database takes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ["\x00", "\x1b", "_x0000_", "_xD800_"])
def test_headings_and_cells_that_cannot_be_kept_are_shown_and_imported(cast, signed_in, odd):
    """As columns that are chosen, as first cells, as what is remembered."""
    rows = [[f"Name{odd}", "Email", f"Room{odd}"], ["Nina New", "nina@hillside.example", f"{odd}1"], [f"Noor{odd} New", "", ""]]
    is_sheet = odd.startswith("_")
    content = workbook(rows) if is_sheet else "\n".join(",".join(row) for row in rows).encode("utf-16")
    client = signed_in(cast.ines)
    where = upload(client, content, "staff.xlsx" if is_sheet else "staff.csv")
    page = client.get(f"{where}columns/").content.decode()
    assert "Name\ufffd" in page
    response = client.post(f"{where}columns/", {"covers": ["staff"], "full_name": "Name\ufffd", "email": "Email"})
    assert response.status_code == 302
    assert "holds a character that cannot be read" in client.get(f"{where}preview/").content.decode()
    confirm(client, where)
    assert by_email("nina").full_name == "Nina New"
    assert StaffList.objects.get().columns["columns"]["full_name"] == "Name\ufffd"
    assert not Person.objects.filter(full_name__startswith="Noor").exists()
