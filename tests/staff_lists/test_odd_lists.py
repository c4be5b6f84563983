"""Lists as schools really hand them in: damaged, in other letters, from other systems. What is not taken is named, with its row."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.common.errors import UnreadableFileError
from declarations.staff_lists import columns, files
from declarations.staff_lists import rows as staff_rows
from declarations.staff_lists.plan import Choices
from declarations.staff_lists.rows import Listed, Reading
from declarations.staff_lists.values import email_of, is_same_but_for_accents, same_name
from tests.staff_lists.exports import ON, text
from tests.staff_lists.workbook import cells, sheets

HANDED_IN = Path(__file__).parent / "handed_in"
HEAD = "Staff code,Name,Email,Room\n"


def read(content: bytes | str, **chosen: str) -> tuple[files.File, Reading]:
    file = files.opened(content if isinstance(content, bytes) else content.encode(), chosen=chosen)
    return file, staff_rows.read(file.rows, file.names, columns.guess(file.names), on=ON)


def people(content: bytes | str, **chosen: str) -> list[Listed]:
    return read(content, **chosen)[1].people


def faults(content: bytes | str) -> list[tuple[int, str]]:
    return [(fault.row, fault.code) for fault in read(content)[1].faults]


def odd(content: bytes | str) -> dict[str, list[int]]:
    return {oddity.code: oddity.rows for oddity in read(content)[0].odd}


# A quotation mark that is never closed, and other damage -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ('1,Ann,a@x.example,"Lab\n2,Bob,b@x.example,B2\n', "2"),  # never closed
        ('1,Ann,a@x.example,A1\n2,Bob,b@x.example,"Lab', "3"),
        ('1,Ann,a@x.example,"Lab\n2,Bob,b@x.example,"Lab"\n', "2"),  # another opens it again
        ('1,Ann,a@x.example,"Lab\n2,Bob,b@x.example,Lab"\n3,Cat,c@x.example,C\n', "2"),  # closed in the same column
        ('1,"Ann,a@x.example,A\n2,Bob",b@x.example,B\n', "2"),
        ('1,Ann,a@x.example,"Lab\n2,Bob,b@x.example,B\n3,"\n', "2"),
        ('1,"Ann,a@x.example,A\n2,Bob,b@x.example",B\n', "2"),  # in fewer columns
        ('1,"Ann "Annie" Lee",a@x.example,A\n', "2"),
        ('1,Ann,a@x.example,"Lab" 2\n', "2"),
    ],
)
def test_a_quotation_mark_that_is_not_closed_is_refused_with_its_row(rows: str, row: str):
    with pytest.raises(UnreadableFileError, match=f"^Row {row}: a quotation mark is not closed") as refused:
        files.opened((HEAD + rows).encode())
    assert refused.value.code == "open_quotation"


def test_the_original_of_the_swallowed_rows_is_refused():
    with pytest.raises(UnreadableFileError, match=r"^Row \d+: a quotation mark"):
        files.opened((HANDED_IN / "stray-quote.csv").read_bytes())


def test_a_cell_may_have_lines_and_commas_of_its_own():
    found = people(HEAD + '1,Ann Lee,a@x.example,"Block A,\nLab"\n2,Bob Ray,b@x.example, "Lab, 2"\n')
    assert [person.name for person in found] == ["Ann Lee", "Bob Ray"]
    assert odd(HEAD + '1,Ann Lee,a@x.example,"Block A,\nLab"\n') == {"lines": [2]}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("1,Ann Lee,a@x.example,A\n2,Bob\n", {"fewer_cells": [3]}),  # cut in half
        ("1,Lee, Ann,a@x.example,A\n", {"more_cells": [2]}),  # a comma without quotation marks
        ("Total: 2\n", {"footer": [2]}),
        ("1,Ann Lee,a@x.example,A,,,\n", {}),  # commas at the end hold nothing
        ("\n\n1,Ann Lee,a@x.example,A\n\n", {}),
        ("1,Ann Lee,a@x.example,A\nPage 1 of 1\nEnd of report,\n", {"footer": [3, 4]}),
    ],
)
def test_what_is_odd_about_rows_is_named(rows: str, expected: dict[str, list[int]]):
    assert odd(HEAD + rows) == expected


def test_a_row_wider_than_the_headings_is_refused():
    assert faults(HEAD + "1,Lee, Ann,a@x.example,A\n2,Bob Ray,b@x.example,B\n") == [(2, "more_cells")]


def test_a_row_that_has_nothing_below_the_chosen_headings_is_refused_and_not_passed_over():
    assert faults("Name,Email,Room\n,,Ann Lee\nBob Ray,b@x.example,B\n,,\n") == [(2, "no_name")]


def test_lines_above_the_headings_are_named_and_a_full_one_is_not_passed_over():
    assert odd("Confidential\nStaff of Hillside, 2026\n" + HEAD + "1,Ann Lee,a@x.example,A\n") == {"above": [1, 2]}
    assert odd("Nr,Who,Where,Room\n" + HEAD + "1,Ann Lee,a@x.example,A\n") == {"full_above": [1]}
    assert odd("Ann Lee,a@x.example\nName,Email\nBob Ray,b@x.example\n") == {"full_above": [1]}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"1,Ann Lee,a@x.example,A\n2,Bob Ray,b@x.example,B\n", "no_headings"),
        (b"Ann Lee,a@x.example,staff\n", "no_headings"),
        ((HEAD + "1,Ann Lee,a@x.example,A\nSurname,Forename,Email,Staff code\nRay,Bob,b@x.example,2\n").encode(), "second_table"),
        (HEAD.encode() + b"1,Ann Lee,a@x.example,A\n" + b"\x00" * 40, "zero_bytes"),
        (HEAD.encode() + b"1,Ann\x00 Lee,a@x.example,A\n", "zero_bytes"),
        (HEAD.encode("utf-16")[:-1], "damaged"),
        (b"MIME-Version: 1.0\nContent-Type: text/html\n", "web_page"),
        (b"\xef\xbb\xbf<html><table><tr><td>Name", "web_page"),
    ],
)
def test_what_cannot_be_a_list_is_refused_with_the_mend(content: bytes, code: str):
    with pytest.raises(UnreadableFileError, match=r"\w.*\.$") as refused:
        files.opened(content)
    assert refused.value.code == code


def test_the_same_headings_again_and_a_mark_in_the_middle_are_passed_over():
    both = HEAD + "1,Ann Lee,a@x.example,A\n\ufeff" + HEAD + "2,Bob Ray,b@x.example,B\n"
    assert [person.name for person in people(both)] == ["Ann Lee", "Bob Ray"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_each_separator_is_found_although_others_stand_in_the_cells(separator: str):
    rows = [["Name", "Email", "Job title"], ["Lee, Ann", "ann@x.example", "A, B, C, D, E | F"], ["Ray, Bob", "bob@x.example", "A; B; C"]]
    for heading in ("", "sep=" + separator + "\r\n"):
        assert [person.name for person in people(heading + text(rows, separator))] == ["Ann Lee", "Bob Ray"]


# Letters ------------------------------------------------------------------------------------------------------------------------

NAMED = "Name,Email\r\nZoë Lee,z@x.example\r\nAndré Ray,a@x.example\r\nRenée O’Neill,r@x.example\r\n"
NAMES = ["Zoë Lee", "André Ray", "Renée O’Neill"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"])
def test_letters_are_read_as_they_were_written(encoding: str):
    file, reading = read(NAMED.encode(encoding))
    assert [person.name for person in reading.people] == NAMES
    assert file.is_certain == (encoding != "mac_roman")


def test_central_european_letters_are_noticed_and_western_ones_offered():
    polish = "Name,Email\nPaweł Żak,p@x.example\nŁukasz Wiśniewski,l@x.example\n".encode("cp1250")
    file, reading = read(polish)
    assert [person.name for person in reading.people] == ["Paweł Żak", "Łukasz Wiśniewski"]
    assert not file.is_certain
    assert files.words_in_question(polish, file)["cp1252"] == "Pawe³ ¯ak, £ukasz Wiœniewski"
    chosen, _reading = read(polish, reading="cp1250")
    assert chosen.is_certain


def test_letters_that_were_encoded_twice_are_noticed_and_the_mended_ones_offered():
    twice = NAMED.encode().decode("cp1252").encode()
    file, reading = read(twice)
    assert not file.is_certain
    assert [person.name for person in reading.people][1] == "AndrÃ© Ray"
    assert files.words_in_question(twice, file)["utf-8 twice"].startswith("Zoë Lee, André Ray")
    assert [person.name for person in people(twice, reading="utf-8 twice")] == NAMES
    book = sheets(Staff=cells(["Name"], ["BÃ©nÃ©dicte Ray"]))
    assert not read(book)[0].is_certain
    assert people(book, reading="utf-8 twice")[0].name == "Bénédicte Ray"


def test_one_row_in_other_letters_changes_no_other_row():
    content = (HANDED_IN / "mixed-encoding.csv").read_bytes()
    file, reading = read(content)
    assert [person.name for person in reading.people] == ["Zoë Lee"]
    assert [(fault.row, fault.code, fault.staff_number) for fault in reading.faults] == [(3, "unreadable", "8")]
    assert files.words_in_question(content, file)["utf-8 in part"] == "André"
    assert [person.name for person in people(content, reading="utf-8 in part")] == ["Zoë Lee", "André Ray"]


@pytest.mark.parametrize(
    ("name", "other"),
    [("Siân Bevan-O’Neill", "Sia\u0302n Bevan-O'Neill"), ("Tomás  Herrera", "Tomás Herrera"), ("Ann\u00adLee", "Ann Lee"), ("ZOË", "Zoe")],
)
def test_names_are_the_same_however_their_letters_are_put_together(name: str, other: str):
    assert same_name(name) == same_name(other)


def test_names_from_a_mac_are_those_that_are_here():
    names = [person.name for person in people((HANDED_IN / "decomposed-accents.csv").read_bytes())]
    assert names == ["Siân Bevan-O’Neill", "Wanda Zielińska", "Tomás Herrera", "Ada Marsh"]
    assert people("Name,Email\nAnn\u200d\u00ad Lee\u200b,a@x.example\n")[0].name == "Ann Lee"


@pytest.mark.parametrize("wrong", ["BÃ©nÃ©dicte", "B�n�dicte", "BŽnŽdicte", "Bènèdicte"])
def test_a_name_in_wrong_letters_differs_in_nothing_else(wrong: str):
    assert is_same_but_for_accents(wrong, "Bénédicte")
    assert not is_same_but_for_accents("Bénédicte", "Bénédicte")
    assert not is_same_but_for_accents(wrong, "Bénédicte Ray")


# Cells --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [('="00731"', "00731"), ('"=""00731"""', "00731"), ("'00732", "00732"), ("00733", "00733"), ("'t Hooft", "'t Hooft"), ("'=1", "=1")],
)
def test_a_guard_of_excel_is_no_part_of_the_cell(cell: str, number: str):
    assert people(f"Staff code,Name,Email\n{cell},Ann Lee,ann@x.example\n")[0].staff_number == number


def test_the_original_with_guards():
    assert [person.staff_number for person in people((HANDED_IN / "excel-text-guard.csv").read_bytes())] == ["00731", "00732"]


def test_the_original_with_invisible_characters_in_its_addresses():
    found = people((HANDED_IN / "invisible-in-email.csv").read_bytes())
    assert [person.email.partition("@")[0] for person in found] == ["ann", "bob", "cat", "dan", "eve"]
    assert {person.email.partition("@")[2] for person in found} == {"hillside.example"}


@pytest.mark.parametrize(
    "cell",
    [
        "Ann Lee <ann@x.example>", "“Lee, Ann” <Ann@x.example>;", "mailto:ann@x.example", "<ann@x.example>", "ann@x.example.",
        "ann@x.example,",
        "ann@x.example; Ann@x.example", "E-mail: ann@x.example", "SMTP:ann@x.example", "ann@x.example (work)", "'ann@x.example'",
        "[ann@x.example](mailto:ann@x.example)",
    ],
)  # fmt: skip
def test_an_address_is_found_among_what_stands_around_it(cell: str):
    assert email_of(cell) == "ann@x.example"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("ann@x.example; bob@x.example", "two_addresses"), ("Ann <ann@x.example>, Bob <bob@x.example>", "two_addresses"),
        ("ann@x", "bad_email"), ("ann smith@x.example", "bad_email"), ("ann@x..example", "bad_email"), ("zoë@x.example", "bad_email"),
        ("ann@x.example is old", "bad_email"),
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused_with_its_row(cell: str, code: str):
    assert faults(f'Name,Email\nAnn Lee,"{cell}"\n') == [(2, code)]


def test_months_first_are_not_read_as_days():
    rows = "Name,Start date,End date\nAnn Lee,09/01/2024,\nBob Ray,09/25/2024,\nCat Ray,1 Sept 2024,13/07/2027\n"
    assert faults(rows) == [(2, "month_first"), (3, "month_first")]
    assert [person.name for person in people(rows)] == ["Cat Ray"]
    assert faults(rows + "Dan Ray,25/09/2024,\n") == [(3, "bad_starts_on")]  # one typing error is not a column


# Workbooks ----------------------------------------------------------------------------------------------------------------------

ZEROS = (
    '<numFmts count="3"><numFmt numFmtId="170" formatCode="00000"/><numFmt numFmtId="171" formatCode="&quot;E&quot;0000;-0"/>'
    '<numFmt numFmtId="172" formatCode="000\\-000"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="172"/><xf numFmtId="2"/><xf numFmtId="14"/>'
    '<xf numFmtId="20"/></cellXfs>'
)


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [(0, "731", "731"), (1, "731", "00731"), (1, "1234567", "1234567"), (2, "731", "E0731"), (3, "1731", "001-731"), (4, "731", "731")],
)
def test_a_staff_number_has_the_zeros_that_its_cell_shows(style: int, value: str, shown: str):
    cell = f'<c s="{style}"><v>{value}</v></c>'
    assert people(sheets(styles=ZEROS, Staff=cells(["Staff no", "Name"], [cell, "Ann Lee"])))[0].staff_number == shown


def test_the_originals_of_workbooks():
    assert people((HANDED_IN / "number_format_00000.xlsx").read_bytes())[0].staff_number == "00731"
    assert people((HANDED_IN / "second_sheet_active.xlsx").read_bytes())[0].staff_number == "00731"
    assert [code for _row, code in faults((HANDED_IN / "formula_no_cache.xlsx").read_bytes())] == ["no_value"]


@pytest.mark.parametrize(
    "cell", ["<c><f>A1</f></c>", "<c><f>A1</f><v></v></c>", '<c t="e"><v>#REF!</v></c>', '<c t="e"><f>A1</f><v>#N/A</v></c>']
)
def test_a_formula_without_a_value_is_named_by_its_row(cell: str):
    assert faults(sheets(Staff=cells(["Name", "Email"], ["Ann Lee", "a@x.example"], ["Bob Ray", cell]))) == [(3, "no_value")]
    assert people(sheets(Staff=cells(["Name", "Room"], ["Ann Lee", cell])))  # nobody uses that column


def test_a_formula_that_came_to_nothing_is_an_empty_cell():
    assert people(sheets(Staff=cells(["Name", "Email"], ["Ann Lee", '<c t="str"><f>A1</f><v></v></c>'])))[0].email == ""


@pytest.mark.parametrize("style", [5, 6])
def test_a_cell_that_holds_only_a_time_is_no_day(style: int):
    rows = cells(
        ["Name", "Start date"], ["Ann Lee", f'<c s="{style}"><v>0.375</v></c>'], ["Bob Ray", f'<c s="{style}"><v>46266.375</v></c>']
    )
    assert faults(sheets(styles=ZEROS, Staff=rows)) == [(2, "bad_starts_on")]
    assert people(sheets(styles=ZEROS, Staff=rows))[0].starts_on == dt.date(2026, 9, 1)


LIST, NOTES = cells(["Name", "Email"], ["Ann Lee", "a@x.example"]), cells(["Notes"], ["Ring the office"])


def test_the_list_is_found_on_whatever_sheet_it_is():
    for active in (0, 1):
        content = sheets(active=active, Notes=NOTES, Staff=LIST, Other="<sheetData/>")
        assert [person.name for person in people(content)] == ["Ann Lee"]
        assert odd(content) == {"other_sheets": []}
    assert [person.name for person in people(sheets(hidden_Old=LIST.replace("Ann", "Old"), Staff=LIST))] == ["Ann Lee"]


def test_of_several_lists_nobody_chooses_but_the_school():
    content = sheets(active=1, Teachers=LIST, Support=LIST.replace("Ann", "Bob"), Notes=NOTES)
    assert read(content)[0].sheets == ["Teachers", "Support"]
    file, reading = read(content, sheet="Teachers")
    assert (file.sheets, [oddity.code for oddity in file.odd]) == ([], ["other_lists"])
    assert [person.name for person in reading.people] == ["Ann Lee"]


def test_hidden_rows_and_merged_cells_are_named():
    hidden = LIST.replace("<row>", '<row hidden="1">').replace('<row hidden="1">', "<row>", 1)
    assert odd(sheets(Staff=hidden)) == {"hidden": [2]}
    merged = cells(["Name", "Job title"], ["Ann Lee", "cook"], ["", "cleaner"]) + '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    assert odd(sheets(Staff=merged)) == {"merged": [2, 3]}
    assert faults(sheets(Staff=merged)) == [(3, "no_name")]


# Headings -----------------------------------------------------------------------------------------------------------------------

SYSTEMS = {
    "Microsoft 365": (
        "Block credential,City,Department,Display name,First name,Last name,Licenses,Object Id,Title,User principal name,When created",
        "False,,,Ann Lee,Ann,Lee,,aaaa-1,Teacher,ann@x.example,2020-01-01\nTrue,,,Bob Ray,Bob,Ray,,aaaa-2,Cook,bob@x.example,2020-01-01",
        {
            "email": "User principal name", "forename": "First name", "surname": "Last name", "job_title": "Title",
            "status": "Block credential",
        },
    ),
    "Entra": (
        "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,jobTitle,accountEnabled",
        "ann@x.example,Ann Lee,Lee,ann@x.example,Ann,aaaa,Member,Teacher,True\nbob@x.example,B Ray,Ray,,Bob,bbbb,Member,Cook,False",
        {"email": "userPrincipalName", "forename": "givenName", "surname": "surname", "job_title": "jobTitle", "status": "accountEnabled"},
    ),
    "Google Workspace": (
        "First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],Recovery Email,Employee ID,Employee Type,"  # noqa: ISC004  # one line of headings
        "Employee Title,Manager Email",
        "Ann,Lee,ann@x.example,Active,ann@home.example,7,,Teacher,\nBob,Ray,bob@x.example,Suspended,,8,,Cook,ann@x.example",
        {
            "staff_number": "Employee ID", "email": "Email Address [Required]", "forename": "First Name [Required]",
            "surname": "Last Name [Required]", "job_title": "Employee Title", "category": "Employee Type", "status": "Status [READ ONLY]",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_export_of_a_directory_is_recognised_whole(system: str):
    headings, rows, expected = SYSTEMS[system]
    assert columns.guess(headings.split(",")) == expected
    found = people(f"{headings}\n{rows}\n")
    assert [(person.name, person.email, person.job_title, person.is_active) for person in found] == [
        ("Ann Lee", "ann@x.example", "Teacher", True), ("Bob Ray", "bob@x.example", "Cook", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "heading",
    ["Leaves", "Leaving date", "Last day", "Left", "Finish date", "Contract end", "Date of leaving", "Contract End Date", "Leaver date",
     "LEAVE DATE", "Employment ends:", "Staff: Date of Leaving", "Termination Date", "Last working day", "End of contract"],
)  # fmt: skip
def test_a_last_day_goes_by_many_names(heading: str):
    assert columns.guess(["Name", heading]).get("last_day") == heading


@pytest.mark.parametrize(
    "heading",
    ["Object Id", "Days left", "Manager Name", "Line manager e-mail", "Next of kin email", "Home Email", "School name",
     "Probation end date", "Absence start date", "Absence End Date", "DBS end date", "Right to work end date", "Maternity leave end date",
     "Pension start date", "Pay scale: start date", "Visa Finish Date"],
)  # fmt: skip
def test_what_is_about_something_else_is_not_guessed(heading: str):
    assert columns.guess([heading, "Notes"]) == {}


@pytest.mark.parametrize("word", ["Permanent", "ongoing", "On-going", "Open ended", "present", "31/12/9999", "–"])
def test_a_contract_without_an_end_has_no_last_day(word: str):
    assert [person.last_day for person in people(f"Name,Email,End date\nAnn Lee,ann@x.example,{word}\n")] == [None]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("#REF!,ann@x.example,Teacher,1", "no_value"),
        ("Ann Lee,#NAME?,Teacher,1", "no_value"),
        ("Ann Lee,ann@x.example,#WERT!,1", "no_value"),
        ("Ann Lee,ann@x.example,Err:502,1", "no_value"),
        ("Ann Lee,ann@x.example,Teacher,########", "no_value"),
        ("Ann Lee,ann@x.example,Teacher,1.23457E+11", "shortened"),
        ('Ann Lee,ann@x.example,Teacher,"1,23457E+11"', "shortened"),
    ],
)
def test_what_a_spreadsheet_could_not_work_out_or_shortened_is_nobodys_fact(row: str, code: str):
    """In a CSV file it is text: it would become the name, the title or the number of somebody."""
    assert faults(f"Name,Email,Job title,Staff number\n{row}\n") == [(2, code)]


def test_a_miss_of_a_lookup_is_an_empty_cell():
    assert [person.email for person in people("Name,Email\nAnn Lee,#N/A\n")] == [""]


@pytest.mark.parametrize(
    ("status", "is_active"),
    [("Suspended (2 days)", False), ("Ex-employee", False), ("Retired", False), ("Resigned 31/08", False), ("Disabled account", False),
     ("On leave", True), ("Active", True), ("Extended contract", True)],
)  # fmt: skip
def test_who_is_nobody_active_in_other_words(status: str, *, is_active: bool):
    assert [person.is_active for person in people(f"Name,Email,Status\nAnn Lee,ann@x.example,{status}\n")] == [is_active]


@pytest.mark.parametrize("title", ["Title", "Salutation"])
def test_mr_and_mrs_are_no_job(title: str):
    assert "job_title" not in columns.guess([title, "Forename", "Surname", "Work Email"])


# Whatever ----------------------------------------------------------------------------------------------------------------------

ODD_TEXT = st.text(alphabet="Aé \u0301\u00ad\u200b\ufeff’\"',;|\t\n=@<>.0123456789/-�", max_size=14)


@given(st.lists(st.lists(ODD_TEXT, min_size=4, max_size=4), max_size=8), st.sampled_from(["utf-8", "cp1252", "utf-16", "mac_roman"]))
def test_each_row_is_a_person_a_fault_or_named(rows: list[list[str]], encoding: str):
    """Rows that a program has written come to a person, to a fault or to an oddity, or the whole file is refused with a sentence."""
    content = text([["Staff code", "Name", "Email", "Start date"], *rows]).encode(encoding, "replace")
    try:
        file, reading = read(content)
    except UnreadableFileError as refused:
        assert str(refused).endswith(".")  # noqa: PT017  # the other branch is as good
        return
    named = {row for oddity in file.odd for row in oddity.rows}
    taken = {row for person in reading.people for row in person.rows} | {fault.row for fault in reading.faults}
    assert {row.number for row in file.rows if any(row.cells)} <= taken | named


GOOD = text(
    [
        ["Staff code", "Name", "Email", "Room", "Notes"],
        *(
            [f"S{n:03}", f"{name} Example", f"{name.lower()}@hillside.example", f"B{n}", "Lab, 2"]
            for n, name in enumerate(("Ada", "Ben", "Cat"))
        ),
        *(
            [f"S{n:03}", f"{name} Example", f"{name.lower()}@hillside.example", "", 'the "big" hall']
            for n, name in enumerate(("Dan", "Eve"), 3)
        ),
    ]
).encode()
DAMAGE = st.lists(
    st.tuples(
        st.integers(0, len(GOOD)),
        st.integers(0, 30),  # so many bytes are lost there
        st.sampled_from([b"", b'"', b"'", b",", b"\n", b"\r", b";", b"\x00", b"\xe9", b"\xc3\xa9", b"\xef\xbb\xbf", b"=", b'""', b"\t"]),
    ),
    min_size=1,
    max_size=3,
)
HERE = [(f"S{n:03}", f"{name} Example", f"{name.lower()}@hillside.example") for n, name in enumerate(("Ada", "Ben", "Cat", "Dan", "Eve"))]


@given(DAMAGE)
def test_whoever_stands_in_a_damaged_list_is_read_or_something_stops_it(damage: list[tuple[int, int, bytes]]):
    """Whose address still stands in the file is a person of it, or is known in a refused row, or the file says what is odd about it."""
    content = GOOD
    for place, lost, put in damage:
        content = content[:place] + put + content[place + lost :]
    try:
        file, reading = read(content)
    except UnreadableFileError:
        return
    if (
        any(oddity.stops for oddity in file.oddities(Choices(columns.guess(file.names), ["staff"], missing_leave=True)))
        or not reading.people
    ):
        return
    known = {fact for row in (*reading.people, *reading.faults) for fact in (row.staff_number, row.email, same_name(row.name))}
    facts = {fact for number, name, email in HERE for fact in (number, same_name(name), email)}
    if any(facts.isdisjoint({fault.staff_number, fault.email, same_name(fault.name)}) for fault in reading.faults):
        return  # a refused row that may be about anybody stops it
    cells = "\n".join(cell for row in file.rows for cell in row.cells).lower()  # whose address stands there does not leave either
    for number, name, email in HERE:
        if re.search(rb"(?<![\w.+-])" + re.escape(email.encode()) + rb"(?![\w.-])", content):
            assert {number, same_name(name), email} & known or email in cells
