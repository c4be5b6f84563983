"""Importing a staff list on the pages: the file, the columns, the preview, the import, and undoing it."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.models import Permission
from declarations.evidence.models import Entry
from declarations.jobs import scheduler
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.people.leaving import leave
from declarations.people.roles import grant_role
from declarations.signing.models.declaration import Declaration
from declarations.staff_lists import compare, files, import_list
from declarations.staff_lists import undo as undo_import
from declarations.staff_lists.models import StaffList
from declarations.staff_lists.plan import Choices
from tests.cast import make_person, sign
from tests.evidence.owner import checked, facts_of
from tests.staff_lists.exports import FILES, many, text

ADD = "/admin/declarations/stafflist/add/"
LIST = "/admin/declarations/stafflist/"
HEADINGS = ["Staff number", "Name", "Email", "Job title", "Category", "Start date", "End date"]
COLUMNS = {"staff_number": "Staff number", "full_name": "Name", "email": "Email", "job_title": "Job title", "category": "Category",
           "starts_on": "Start date", "last_day": "End date"}  # fmt: skip
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


def listed(*rows: list[str]) -> bytes:
    return text([HEADINGS, *rows]).encode()


def everybody(cast, **changes: list[str]) -> list[list[str]]:
    """The rows of Hillside's staff in a list; `ada=[…]` replaces the row of Ada, `ada=[]` leaves it out."""
    rows = []
    for name in ("ada", "ben", "hilda", "ines", "omar"):
        person = getattr(cast, name)
        row = changes.get(name, ["", person.full_name, person.email, "", "", "", ""])
        rows += [row] if row else []
    return rows


def people() -> list[tuple]:
    """All of everybody but what every change of an address leaves behind: see tests/dual_control."""
    names = [field.name for field in Person._meta.concrete_fields if field.name not in {"password", "email_since", "waits_until"}]
    return list(Person.objects.order_by("pk").values_list(*names))


def upload(client, content: bytes, name: str = "staff.csv") -> str:
    """Uploads the file and returns the beginning of the address of its pages."""
    response = client.post(ADD, {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 302, response.context["form"].errors
    assert client.get(response.url).status_code == 200
    return response.url.removesuffix("columns/")


def choose(client, where: str, **changes) -> None:
    response = client.post(f"{where}columns/", COLUMNS | {"covers": ["staff"]} | changes)
    assert response.status_code == 302, response.context["form"].errors


def confirm(client, where: str, follow: bool = True, **answers):
    page = client.get(f"{where}preview/").content.decode()
    seen = re.search(r'name="fingerprint" value="(\w+)"', page)[1]
    return client.post(f"{where}preview/", {"fingerprint": seen} | answers, follow=follow)


def imported(client, *rows: list[str], missing: bool = False, **answers) -> str:
    where = upload(client, listed(*rows))
    choose(client, where, **({"missing_leave": "on"} if missing else {}))
    return confirm(client, where, **answers).content.decode()


def by_email(name: str) -> Person:
    return Person.objects.get(email=f"{name}@hillside.example")


def kinds_since(position: int) -> list[str]:
    return list(
        Entry.objects.filter(log__school__slug="hillside", position__gte=position).order_by("position").values_list("kind", flat=True)
    )


def entries(cast) -> int:
    return Entry.objects.filter(log__school=cast.hillside).count()


def test_the_whole_way(cast, signed_in):
    """People who join, change and leave, somebody without e-mail, and a refused row; then the log, and the file is deleted."""
    client, before = signed_in(cast.ines), entries(cast)
    rows = everybody(
        cast,
        ada=["A1", "Ada Example-Jones", "ada@hillside.example", "head of year", "", "01/09/2020", ""],
        ben=["B1", "Ben Example", "ben@hillside.example", "", "", "", (TODAY + 90 * DAY).strftime("%d/%m/%Y")],
        omar=["O1", "Omar Example", "omar@hillside.example", "", "", "", (TODAY - DAY).strftime("%d/%m/%Y")],
    )
    rows += [
        ["N1", "Nina New", "Nina@Hillside.Example", "cook", "", "01/09/2026", ""],
        ["N2", "Noor New", "", "cleaner", "Support staff", "02/09/2026", ""],
        ["N3", "Nils New", "nils at hillside", "", "", "", ""],
    ]
    where = upload(client, listed(*rows))
    choose(client, where)
    page = client.get(f"{where}preview/").content.decode()
    assert "no e-mail address: cannot be written to" in page
    assert "“nils at hillside” is not an e-mail address" in page
    assert people() == people()
    shown = confirm(client, where).content.decode()
    assert "Imported: 2 people have joined, 1 was changed, 2 leave." in shown
    ada, nina, noor = by_email("ada"), by_email("nina"), Person.objects.get(staff_number="N2")
    assert (ada.pk, ada.full_name, ada.staff_number, ada.job_title, ada.starts_on) == (
        cast.ada.pk, "Ada Example-Jones", "A1", "head of year", dt.date(2020, 9, 1),
    )  # fmt: skip
    assert (nina.school, nina.category, nina.leaves_on, nina.has_usable_password()) == (cast.hillside, "staff", None, False)
    assert (noor.email, noor.starts_on) == ("", dt.date(2026, 9, 2))
    assert by_email("ben").leaves_on == TODAY + 91 * DAY
    assert by_email("omar").leaves_on == TODAY
    assert not Person.objects.filter(full_name="Nils New").exists()
    assert kinds_since(before) == ["person.left_dated", "person.left_dated", "people.imported"]
    record = facts_of(Entry.objects.filter(log__school=cast.hillside).latest("position"))
    row = StaffList.objects.get()
    assert (record["sha256"], record["joins"], record["leaves"], record["refused"]) == (row.sha256, 2, 1, 1)
    assert "New" not in str(record)
    assert row.content is None
    assert row.confirmed_by == cast.ines
    assert checked() == (0, [])


def test_the_same_list_twice_changes_nothing(cast, signed_in):
    client = signed_in(cast.ines)
    rows = [
        *everybody(cast),
        ["", "Noor New", "", "cleaner", "", "02/09/2026", ""],
        ["N1", "Nina New", "nina@hillside.example", "", "Supply", "", ""],
    ]
    imported(client, *rows)
    before, log = people(), entries(cast)
    assert "there is nothing to import" in client.get(upload(client, listed(*rows)) + "preview/").content.decode()
    assert "nothing was changed" in imported(client, *rows)
    assert (people(), entries(cast)) == (before, log)
    assert StaffList.objects.count() == 1


def test_many_leaving_wants_a_second_yes(cast, signed_in):
    client, before = signed_in(cast.ines), people()
    rows = everybody(cast, ada=[], ben=[])
    assert "2 of the 5 people whom the list is about would leave now or within 60 days (40 %)" in imported(client, *rows, missing=True)
    assert people() == before
    assert "2 leave" in imported(client, *rows, missing=True, many_leave="on")
    assert {person.full_name for person in Person.objects.filter(leaves_on=TODAY)} == {"Ada Example", "Ben Example"}


def test_one_in_five_needs_no_second_yes_and_nobody_leaves_without_that_choice(cast, signed_in):
    client = signed_in(cast.ines)
    assert "nothing was changed" in imported(client, *everybody(cast, ada=[]))
    assert "many_leave" not in client.get(upload(client, listed(*everybody(cast, ada=[]))) + "preview/").content.decode()
    imported(client, *everybody(cast, ada=[]), missing=True)
    assert by_email("ada").leaves_on == TODAY


def test_who_is_in_a_refused_row_or_of_another_category_or_oneself_has_not_left(cast, signed_in):
    make_person(cast.hillside, "gov@hillside.example", "Gus Governor", category="governor")
    make_person(cast.hillside, "later@hillside.example", "Lara Later", starts_on=TODAY + 20 * DAY)
    client = signed_in(cast.ines)
    rows = everybody(cast, ines=[], ada=["", "Ada Example", "ada@hillside.example", "", "", "31/31/2020", ""])
    imported(client, *rows, missing=True)
    assert not Person.objects.filter(leaves_on__isnull=False).exists()


def test_a_preview_of_people_who_were_changed_meanwhile_is_refused(cast, signed_in):
    client = signed_in(cast.ines)
    where = upload(client, listed(*everybody(cast), ["N1", "Nina New", "nina@hillside.example", "", "", "", ""]))
    choose(client, where)
    seen = re.search(r'name="fingerprint" value="(\w+)"', client.get(f"{where}preview/").content.decode())[1]
    make_person(cast.hillside, "nina@hillside.example", "Nina New")
    before = people()
    page = client.post(f"{where}preview/", {"fingerprint": seen}, follow=True).content.decode()
    assert "Something was changed meanwhile" in page
    assert people() == before


def test_nobody_is_taken_for_another_without_being_asked(cast, signed_in):
    """A person of the same name and first day is left out, merged or added, as the administrator chooses."""
    client = signed_in(cast.ines)
    cy = make_person(cast.hillside, "cy@hillside.example", "Cy Cook", starts_on=dt.date(2020, 9, 1))
    row = ["", "Cy Cook", "c.cook@hillside.example", "", "", "01/09/2020", ""]
    assert "nothing was changed" in imported(client, *everybody(cast), row, missing=True)
    where = upload(client, listed(row))
    choose(client, where)
    page = client.get(f"{where}preview/").content.decode()
    assert "The same person as Cy Cook, cy@hillside.example" in page
    assert confirm(client, where, settle_2="999999").status_code == 200
    assert Person.objects.filter(full_name="Cy Cook").count() == 1
    confirm(client, where, settle_2=str(cy.pk))
    cy.refresh_from_db()
    assert cy.email == "c.cook@hillside.example"
    imported(client, ["", "Cy Cook", "other@hillside.example", "", "", "01/09/2020", ""], settle_2="new")
    assert Person.objects.filter(full_name="Cy Cook").count() == 2


def test_a_namesake_with_another_first_day_is_somebody_else(cast, signed_in):
    make_person(cast.hillside, "cy@hillside.example", "Cy Cook", starts_on=dt.date(2020, 9, 1))
    imported(signed_in(cast.ines), ["", "Cy Cook", "c.cook@hillside.example", "", "", "01/09/2026", ""])
    assert Person.objects.filter(full_name="Cy Cook").count() == 2


def test_a_staff_number_tells_who_it_is_whatever_else_changes(cast, signed_in):
    Person.objects.filter(pk=cast.ada.pk).update(staff_number="A1")
    imported(signed_in(cast.ines), ["A1", "Ada Jones", "a.jones@hillside.example", "", "", "", ""])
    cast.ada.refresh_from_db()
    assert (cast.ada.full_name, cast.ada.email) == ("Ada Jones", "a.jones@hillside.example")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["", "Rita Two", "rita@riverside.example", "", "", "", ""], "somebody else signs in"),
        (["", "Gita Two", "gita@hillside.example", "", "", "", ""], "somebody else signs in"),
        (["B1", "Ada Example", "ada@hillside.example", "", "", "", ""], "one person&#x27;s here"),
        (["A2", "Ada Example", "ada@hillside.example", "", "", "", ""], "one person&#x27;s here"),
    ],
)
def test_what_belongs_to_somebody_else_is_refused(cast, signed_in, row, why):
    Person.objects.filter(pk=cast.ada.pk).update(staff_number="A1")
    Person.objects.filter(pk=cast.ben.pk).update(staff_number="B1")
    client, before = signed_in(cast.ines), people()
    where = upload(client, listed(row))
    choose(client, where)
    assert why in client.get(f"{where}preview/").content.decode()
    confirm(client, where) if "Import it" in client.get(f"{where}preview/").content.decode() else None
    assert people() == before


def test_who_comes_back_is_the_same_person_without_what_had_slept(cast, signed_in):
    at = timezone.now()
    grant_role(person=cast.ben, name="leadership", by=None, at=at)
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=TODAY - 40 * DAY)
    client = signed_in(cast.ines)
    page = imported(client, ["", "Ben Example", "ben@hillside.example", "", "", (TODAY - 2 * DAY).strftime("%d/%m/%Y"), ""])
    assert "Imported" in page
    ben = by_email("ben")
    assert (ben.pk, ben.leaves_on, ben.starts_on) == (cast.ben.pk, None, TODAY - 2 * DAY)
    assert ben.roles(on=TODAY) == frozenset()
    assert Role.objects.get(person=ben).removed_by == cast.ines
    assert Declaration.objects.get(person=ben).person_name == "Ben Example"
    assert Entry.objects.filter(kind="person.came_back").count() == 1


def test_a_list_that_is_a_day_behind_opens_nothing_that_was_closed(cast, signed_in):
    leave(person=cast.ben, leaves_on=TODAY, by=cast.hilda, at=timezone.now())
    client = signed_in(cast.ines)
    rows = everybody(cast, ben=["", "Ben Example", "ben@hillside.example", "", "", "01/09/2020", ""])
    where = upload(client, listed(*rows))
    choose(client, where)
    assert "has left here, and the list gives no new first day" in client.get(f"{where}preview/").content.decode()
    confirm(client, where) if "Import it" in client.get(f"{where}preview/").content.decode() else None
    assert by_email("ben").leaves_on == TODAY


def test_nobody_dates_their_own_leaving_with_a_list(cast, signed_in):
    yesterday = (TODAY - DAY).strftime("%d/%m/%Y")
    imported(signed_in(cast.ines), *everybody(cast, ines=["I1", "Ines Example", "ines@hillside.example", "", "", "", yesterday]))
    assert (by_email("ines").leaves_on, by_email("ines").staff_number) == (None, "I1")


def test_a_first_day_ahead_takes_nothing_from_somebody_who_is_here(cast, signed_in):
    tomorrow = (TODAY + DAY).strftime("%d/%m/%Y")
    imported(signed_in(cast.ines), ["A1", "Ada Example", "ada@hillside.example", "", "", tomorrow, ""])
    assert (by_email("ada").starts_on, by_email("ada").staff_number) == (None, "A1")


def test_supply_trainees_and_contractors_have_an_end(cast, signed_in):
    imported(
        signed_in(cast.ines),
        ["1", "Sue Supply", "sue@hillside.example", "", "Agency", "", ""],
        ["2", "Tim Trainee", "tim@hillside.example", "", "Trainee", "", ""],
        ["3", "Cora Contractor", "cora@hillside.example", "", "Contractor", "", ""],
    )
    assert by_email("sue").leaves_on == TODAY + dt.timedelta(weeks=12)
    assert by_email("tim").leaves_on > TODAY
    assert by_email("cora").leaves_on == TODAY + dt.timedelta(weeks=52)


def test_the_columns_are_remembered(cast, signed_in):
    client = signed_in(cast.ines)
    content = (FILES / "odd_headings.csv").read_bytes()
    where = upload(client, content)
    assert "Say which column holds the name" in client.get(f"{where}preview/", follow=True).content.decode()
    odd = dict.fromkeys(COLUMNS, "") | {"full_name": "Who", "email": "Where to write", "job_title": "Column 3", "starts_on": "Dates"}
    response = client.post(f"{where}columns/", odd | {"covers": ["staff"], "surname": "Who"})
    assert "chosen twice" in response.content.decode()
    assert "Say which column" in client.post(f"{where}columns/", {"covers": ["staff"]}).content.decode()
    client.post(f"{where}columns/", odd | {"covers": ["staff", "governor"]})
    confirm(client, where)
    assert by_email("edith").job_title == "Librarian"
    upload(client, content)
    assert StaffList.objects.get(confirmed_at=None).columns["columns"] == {name: column for name, column in odd.items() if column}
    assert StaffList.objects.get(confirmed_at=None).columns["covers"] == ["staff", "governor"]


# Undoing --------------------------------------------------------------------------------------------------------------


def undo(client) -> str:
    last = StaffList.objects.filter(confirmed_at__isnull=False).latest("confirmed_at")
    assert client.get(f"{LIST}{last.pk}/undo/").status_code == 200
    return client.post(f"{LIST}{last.pk}/undo/", follow=True).content.decode()


def changing_much(cast) -> list[list[str]]:
    """Rows that change every field of Ada, whose staff number is known, make somebody leave, and add two people."""
    Person.objects.filter(pk=cast.ada.pk).update(staff_number="A1")
    return [
        *everybody(cast, ada=["A1", "Ada Jones", "a.jones@hillside.example", "cook", "Volunteer", "01/09/2020", ""], ben=[]),
        ["N1", "Nina New", "nina@hillside.example", "", "", "", ""],
        ["N2", "Noor New", "", "", "", "", (TODAY + DAY).strftime("%d/%m/%Y")],
    ]


def test_undoing_restores_everybody_exactly(cast, signed_in):
    Person.objects.filter(pk=cast.omar.pk).update(leaves_on=TODAY - 9 * DAY)
    rows = changing_much(cast)
    client, before, log = signed_in(cast.ines), people(), entries(cast)
    rows[-3] = ["", "Omar Example", "omar@hillside.example", "", "", TODAY.strftime("%d/%m/%Y"), ""]
    imported(client, *rows, missing=True, many_leave="on")
    assert people() != before
    assert "Undone" in undo(client)
    assert people() == before
    came, went = (
        ["person.left_dated", "role.removed", "person.came_back", "people.imported", "change.made"],
        ["person.stays", "person.left_dated", "people.import_undone", "change.made"],
    )
    assert sorted(kinds_since(log)) == sorted(came + went)
    assert StaffList.objects.get().changes is None
    assert "Only the last import" in undo(client)
    assert people() == before
    assert checked() == (0, [])


def somebody_signs_in(cast):
    Person.objects.filter(staff_number="N1").update(last_login=timezone.now())


def somebody_has_a_role(cast):
    grant_role(person=by_email("nina"), name="leadership", by=None, at=timezone.now())


def somebody_signed(cast):
    sign(by_email("nina"))


def somebody_was_changed(cast):
    Person.objects.filter(pk=cast.ada.pk).update(job_title="head of year")


def the_address_was_taken(cast):
    make_person(cast.hillside, "ada@hillside.example", "Another Ada")


@pytest.mark.parametrize("happened", [somebody_signs_in, somebody_has_a_role, somebody_signed, somebody_was_changed, the_address_was_taken])
def test_undoing_is_refused_with_a_sentence_if_things_depend_on_it(cast, signed_in, happened):
    client = signed_in(cast.ines)
    assert "Imported" in imported(client, *changing_much(cast), missing=True)
    happened(cast)
    before, log = people(), entries(cast)
    page = undo(client)
    assert "Something was done with people of this list since" in page or "Somebody has taken an e-mail address" in page
    assert (people(), entries(cast)) == (before, log)


def test_only_the_last_import_is_undone_and_only_for_two_weeks(cast, signed_in):
    client = signed_in(cast.ines)
    imported(client, ["N1", "Nina New", "nina@hillside.example", "", "", "", ""])
    first = StaffList.objects.get()
    imported(client, ["N2", "Noor New", "noor@hillside.example", "", "", "", ""])
    assert "Only the last import" in client.post(f"{LIST}{first.pk}/undo/", follow=True).content.decode()
    last = StaffList.objects.latest("pk")
    end = last.confirmed_at + dt.timedelta(days=14)
    with pytest.raises(RefusedError, match="within two weeks"):
        undo_import.undo(staff_list=last, by=cast.ines, at=end + dt.timedelta(seconds=1))
    assert import_list.forget(at=first.confirmed_at + dt.timedelta(days=14)) == 0
    undo_import.undo(staff_list=last, by=cast.ines, at=end)
    assert [person.full_name for person in Person.objects.filter(full_name__endswith=" New")] == ["Nina New"]
    assert import_list.forget(at=end) == 1
    assert not StaffList.objects.filter(changes__isnull=False).exists()


def test_a_file_that_nobody_confirmed_is_gone_after_a_day(cast, signed_in):
    client = signed_in(cast.ines)
    upload(client, listed(["N1", "Nina New", "", "", "", "", ""]))
    where = upload(client, listed(["N2", "Noor New", "", "", "", "", ""]))
    assert StaffList.objects.count() == 1
    task = scheduler.task_called("staff-lists")
    assert task.result % {"number": task.run(timezone.now() + dt.timedelta(hours=25), None)} == "1 list forgotten"
    assert client.get(f"{where}preview/").status_code == 404


# Who, and how much ------------------------------------------------------------------------------------------------------


def test_only_administrators_of_the_school_import(cast, signed_in):
    where = upload(signed_in(cast.ines), listed(["N1", "Nina New", "", "", "", "", ""]))
    for name, code in (("hilda", 403), ("rosa", 403), ("tara", 403), ("ada", 403)):
        client = signed_in(getattr(cast, name))
        assert client.post(ADD, {"file": SimpleUploadedFile("a.csv", b"Name\nX Y")}).status_code == code
        for step in ("columns", "preview", "undo"):
            assert client.get(f"{where}{step}/").status_code in {403, 404}
            assert client.post(f"{where}{step}/").status_code in {403, 404}
    grant_role(person=cast.rosa, name="administrator", by=None, at=timezone.now())
    assert signed_in(cast.rosa).get(f"{where}preview/").status_code == 404
    draft = StaffList.objects.get()
    with pytest.raises(RefusedError):
        import_list.confirm(staff_list=draft, by=cast.rosa, at=timezone.now())


def test_an_administrator_of_the_trust_chooses_the_school(cast, signed_in):
    grant_role(person=cast.tara, name="administrator", by=None, at=timezone.now())
    client = signed_in(cast.tara)
    file = listed(["N1", "Nina New", "nina@riverside.example", "", "", "", ""])
    assert client.post(ADD, {"file": SimpleUploadedFile("a.csv", file)}).context["form"].errors
    where = client.post(ADD, {"file": SimpleUploadedFile("a.csv", file), "school": cast.riverside.pk}).url.removesuffix("columns/")
    confirm(client, where)
    assert Person.objects.get(email="nina@riverside.example").school == cast.riverside


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"PK\x03\x04 damaged", b"\xd0\xcf\x11\xe0", b"<html>", b"a\x00b"])
def test_a_file_that_is_no_list_is_answered_beside_the_field(cast, signed_in, content):
    response = signed_in(cast.ines).post(ADD, {"file": SimpleUploadedFile("staff.csv", content)})
    assert response.status_code == 200
    assert response.context["form"].errors["file"]
    assert not StaffList.objects.exists()


def test_two_thousand_rows_are_looked_at_in_few_queries_and_imported_row_by_row(cast, signed_in):
    Person.objects.filter(pk=cast.ada.pk).update(full_name="Ada Lovage")  # the file has an Ada Example of its own
    client = signed_in(cast.ines)
    counts = []
    for content in (listed(["N1", "Nina New", "", "", "", "", ""]), (FILES / "two_thousand.csv").read_bytes()):
        where = upload(client, content)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{where}preview/").status_code == 200
        counts.append(len(seen))
    assert counts == [8, 8]
    draft = StaffList.objects.get()
    file = files.opened(bytes(draft.content))
    plan = compare.plan(school=cast.hillside, file=file, choices=Choices(**draft.columns), on=TODAY, by=cast.ines)
    results = {row: line.code or line.kind for line in plan.lines for row in line.rows}
    expected = {number: result for number, (_row, result) in enumerate(many(), 1) if result not in {"", "long gone"}}
    assert results == expected
    before = Person.objects.count()
    confirm(client, where)
    assert Person.objects.count() - before == len(plan.of("joins"))
    where = upload(client, (FILES / "two_thousand.csv").read_bytes())
    page = client.get(f"{where}preview/").content.decode()
    assert "there is nothing to import" in page


@pytest.mark.parametrize("value", ["\x00", "\ud800", "9" * 40, "-1", "' OR 1=1 --", "<script>alert(1)</script>", "x" * 5_000, "{{1}}"])
def test_what_nobody_types_is_answered(cast, signed_in, value):
    client = signed_in(cast.ines)
    row = ["", "Ada Example", "another@hillside.example", "", "", "", ""]
    in_a_file = value.replace("\ud800", "?").replace("\x00", "")
    where = upload(client, listed(row, ["", in_a_file, in_a_file, "", in_a_file, "", ""]))
    names = [*COLUMNS, "covers", "missing_leave", "fingerprint", "many_leave", "settle_2"]
    hostile = "&".join(f"{name}={quote(value, safe='', errors='surrogatepass')}" for name in names)
    before = people()
    for step in ("columns", "preview"):
        response = client.post(f"{where}{step}/", hostile, content_type="application/x-www-form-urlencoded")
        assert response.status_code in {200, 302}
        assert b"<script>alert" not in response.content
        assert b"<script>alert" not in client.get(f"{where}{step}/").content
    assert people() == before


def test_permissions_are_left_alone_and_only_new_addresses_are_written_to(cast, signed_in):
    emails, permissions = set(Email.objects.values_list("pk", flat=True)), list(Permission.objects.values())
    imported(signed_in(cast.ines), *changing_much(cast), missing=True)
    assert set(Email.objects.exclude(pk__in=emails).values_list("kind", flat=True)) == {"change"}
    assert list(Permission.objects.values()) == permissions
