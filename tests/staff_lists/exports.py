"""Twelve invented staff lists in the formats in which SIMS, Arbor, Bromcom and people's own spreadsheets export them.

`python -m tests.staff_lists.exports` writes them into tests/people/files; a test says if they differ. What each row must come to, on
23 November 2026 in a school where nobody is known, stands beside it: EXPECTED. Everybody is fictional.
"""

import csv
import datetime as dt
import io
import random
from pathlib import Path

from tests.staff_lists.workbook import Cell, workbook

FILES = Path(__file__).parent / "files"
ON = dt.date(2026, 11, 23)
NO_END = dt.date(9999, 12, 31)


def text(rows: list[list[str]], separator: str = ",", line_end: str = "\r\n", always: bool = False) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL if always else csv.QUOTE_MINIMAL).writerows(rows)
    return out.getvalue()


SIMS = [
    "Staff Code",
    "Legal Surname",
    "Legal Forename",
    "Preferred Forename",
    "Work Email",
    "Post",
    "Contract Start Date",
    "Contract End Date",
]


def sims_contracts() -> bytes:
    """A report with a title, one row for each contract, in Windows-1252, with the headings repeated on page two."""
    rows = [
        ["Staff contracts"], ["Hillside School, printed 23/11/2026"], [], SIMS,
        ["AEX", "Exámple", "Adelaide", "Ada", "a.example@hillside.example", "Teacher", "01/09/2019", ""],
        ["AEX", "Exámple", "Adelaide", "Ada", "a.example@hillside.example", "Head of Year", "01/09/2024", ""],
        ["BOK", "O’Kafor", "Benedict", "Ben", "B.OKafor@Hillside.Example", "Teacher", "01/09/2021", "31/08/2027"],
        ["BOK", "O’Kafor", "Benedict", "Ben", "", "Exam invigilator", "01/05/2020", "30/06/2020"],
        SIMS,
        ["CLO", "Lowe", "Cecily", "", "", "Cleaner", "03/01/2011", ""],
        ["DUN", "Dunne", "Dermot", "Dermot", "d.dunne@hillside.example", "Teacher", "01/09/2001", "31/08/2026"],
    ]  # fmt: skip
    return text(rows, always=True).encode("cp1252")


def sims_unicode() -> bytes:
    """Excel's “Unicode text”: UTF-16 with a byte order mark, separated by tabs."""
    rows = [
        ["Employee Number", "Surname", "Forename", "Email", "Role", "Start Date", "End Date"],
        ["1001", "Zielińska", "Wanda", "wanda@hillside.example", "Trainee teacher", "1/9/26", ""],
        ["1002", "Bevan", "Siân", "sian@hillside.example", "Office manager", "12.04.2010", "31.12.9999"],
    ]
    return text(rows, "\t").encode("utf-16")


ARBOR = ["Arbor ID", "Full Name", "Email address", "Business role", "Start date", "End date"]


def arbor_csv() -> bytes:
    """UTF-8 with a byte order mark, days in several notations, and a cell with a line break."""
    rows = [
        ARBOR,
        ["501", "Mr Jakub Nowak", "jakub@hillside.example", "Site\nmanager", "2018-02-01", ""],
        ["502", "Kezia Mbeki", "Kezia Mbeki <kezia@hillside.example>", "School nurse", "2020-09-01 00:00:00", "2027-07-31"],
        ["", "", "", "", "", ""],
        ["503", "Jennifer Null", "none", "Supply teacher", "2 Nov 2026", "-"],
    ]
    return text(rows).encode("utf-8-sig")


BROMCOM = ["Name", "Payroll No", "E-mail", "Job Title", "Staff Type", "Date of Arrival", "Date of Leaving"]


def bromcom_csv() -> bytes:
    """Separated by semicolons, with the surname first and an unknown category."""
    rows = [
        BROMCOM,
        ["Hale, Ms Imogen", "P1", "imogen@hillside.example", "Teacher of art", "Teaching", "01/09/2015", ""],
        ["Karim, Nadia (Mrs)", "P2", "nadia@hillside.example", "Supply teacher", "Agency", "02/11/2026", ""],
        ["Chen, Mei", "P3", "mei@hillside.example", "Trainee teacher", "PGCE student", "01/09/2026", "16/07/2027"],
        ["Ashby, Quentin", "P4", "quentin@hillside.example", "", "Friend of the school", "01/09/2022", ""],
    ]
    return text(rows, ";").encode("utf-8")


def bromcom_xlsx() -> bytes:
    """Days in date cells, and payroll numbers in number cells."""
    rows: list[list[Cell]] = [
        list(BROMCOM),
        ["Reid, Callum", 2001, "callum@hillside.example", "Teacher of physics", "Teaching", dt.date(2025, 9, 1), None],
        ["Orr, Hamish", 2002, None, "Midday supervisor", "Support", dt.date(2020, 1, 6), dt.date(2026, 12, 18)],
    ]
    return workbook(rows)


def serials() -> bytes:
    """A CSV from a spreadsheet without formats, so days are numbers; it begins with Excel's line `sep=`."""
    rows = [
        ["name", "email", "start", "end"],
        ["Grace Whitlock", "grace@hillside.example", "45901", "46599"],
        ["Liam Doyle", "liam@hillside.example", "46266", ""],
    ]
    return ("sep=;\r\n" + text(rows, ";")).encode()


def odd_headings() -> bytes:
    """Headings that cannot be guessed, one of them twice and one empty, so the columns are chosen by hand."""
    rows = [["Who", "Where to write", "", "Dates", "Dates"], ["Edith Lowe", "edith@hillside.example", "Librarian", "04/01/2010", ""]]
    return text(rows, "|").encode()


def macs_xlsx() -> bytes:
    """Days counted from 1904, inline strings, and a hidden first sheet."""
    rows: list[list[Cell]] = [
        ["Staff list", None, None, None],
        ["Known as", "Last name", "Work e-mail", "Started", "Start date"],
        ["Femi", "Adeyemi", "femi@hillside.example", "yes", dt.date(2016, 9, 1)],
    ]
    return workbook(rows, macs=True, inline=True, hidden_first=True)


def strict_xlsx() -> bytes:
    rows: list[list[Cell]] = [
        ["Staff ID", "Display name", "Mail", "Employment start", "Employment end"],
        ["7", "Tomás Herrera", "tomas@hillside.example", dt.date(2012, 9, 3), dt.date(2027, 8, 31)],
    ]
    return workbook(rows, strict=True)


def faults() -> bytes:
    """Every fault once, among correct rows."""
    rows = [row for row, _outcome in FAULTY]
    return text(rows).encode("utf-8")


HEADINGS = ["Staff number", "Name", "Email", "Job title", "Category", "Start date", "End date"]
FAULTY: list[tuple[list[str], str]] = [
    (HEADINGS, ""),
    (["1", "Ada Example", "ada@school.example", "Teacher", "", "01/09/2020", ""], "joins"),
    (["2", "", "nobody@school.example", "Teacher", "", "01/09/2020", ""], "no_name"),
    (["3", "Total: 45", "", "", "", "", ""], "no_persons_name"),
    (["4", "Ben Example", "ben at school.example", "", "", "", ""], "bad_email"),
    (["5", "Cy Example", "cy@school.example; cy@home.example", "", "", "", ""], "two_addresses"),
    (["6", "Di Example", "di@school.example", "", "", "09/25/2020", ""], "bad_starts_on"),
    (["7", "Ed Example", "ed@school.example", "", "", "30/02/2020", ""], "bad_starts_on"),
    (["8", "Flo Example", "flo@school.example", "", "", "01/09/2020", "soon"], "bad_last_day"),
    (["9", "Gus Example", "gus@school.example", "", "", "01/09/2020", "01/09/2019"], "ends_before_it_starts"),
    (["10", "Hal\ufffd Example", "hal@school.example", "", "", "", ""], "unreadable"),
    (["11", "Ida \u202eelpmaxE", "ida@school.example", "", "", "", ""], "unreadable"),
    (["12", "J" * 121, "jo@school.example", "", "", "", ""], "too_long"),
    (["13", "Kay Example", "kay@school.example", "T" * 81, "", "", ""], "too_long"),
    (["14", "Len Example", "shared@school.example", "", "", "", ""], "email_of_two_numbers"),
    (["15", "Meg Example", "shared@school.example", "", "", "", ""], "email_of_two_numbers"),
    (["16", "Ned Example", "ned@school.example", "", "", "", ""], "two_names"),
    (["16", "Oz Example", "", "", "", "", ""], "two_names"),
    (["17", "Pat Example", "pat@school.example", "", "", "", ""], "two_emails"),
    (["17", "Pat Example", "pat@home.example", "", "", "", ""], "two_emails"),
    (["", "Quin Example", "", "Cleaner", "", "01/09/2020", ""], "cannot_be_told_apart"),
    (["", "Quin Example", "", "Cook", "", "01/09/2021", ""], "cannot_be_told_apart"),
    (["18", "Rae Example", "rae@school.example", "", "", "2026-09-01", "31/12/9999"], "joins"),
    (["", "Sy Example", "", "Cleaner", "", "01/09/2020", ""], "joins"),
    (["", "Sy Example", "", "Midday supervisor", "", "01/09/2020", ""], "joins"),
    (["19", "=cmd|' /C calc'!A0", "tim@school.example", "", "", "", ""], "no_persons_name"),
    (["20", "Una Example", "una@school.example", "", "", "01/09/2001", "31/08/2005"], "long gone"),
]  # fmt: skip


def many(rows: int = 2_000) -> list[tuple[list[str], str]]:
    """Many rows in which the faults above occur again and again, each time with other people."""
    chance = random.Random(2026)
    rows_made: list[tuple[list[str], str]] = [(HEADINGS, "")]
    faulty = FAULTY[1:]
    forenames, surnames = (
        ("Ada", "Bo", "Cleo", "Dev", "Eve", "Fay", "Gil", "Hana"),
        ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Lime", "Oak"),
    )
    count = 0
    while len(rows_made) - 1 < rows - len(faulty):
        count += 1
        if chance.random() < 0.05:
            # The whole set of faults, with this round's number in names and addresses: letters, for names hold no digits.
            mark = "".join(chr(97 + int(digit)) for digit in str(count))
            rows_made += [
                (
                    [
                        f"{row[0]}-{count}" if row[0] else "",
                        row[1].replace(" Example", f" Example-{mark}"),
                        row[2].replace("@", f".{mark}@"),
                        *row[3:],
                    ],
                    result,
                )
                for row, result in faulty
            ]
            continue
        name = f"{chance.choice(forenames)} {chance.choice(surnames)}-{chance.choice(surnames)}"
        start = dt.date(2000, 1, 1) + dt.timedelta(days=chance.randrange(9_000))
        shown = chance.choice(
            [start.strftime("%d/%m/%Y"), start.isoformat(), start.strftime("%d %b %Y"), str((start - dt.date(1899, 12, 30)).days)]
        )
        email = f"person{count}@school.example" if chance.random() < 0.9 else ""
        rows_made += [
            ([f"E{count:04}", name, email, post, "", shown, ""], "joins")
            for post in ("Teacher", "Invigilator")[: chance.choice([1, 1, 1, 2])]
        ]
    return rows_made + [([f"{row[0]}x" if row[0] else "", *row[1:]], result) for row, result in faulty]


MADE = {
    "sims_contracts.csv": sims_contracts,
    "sims_unicode.txt": sims_unicode,
    "arbor.csv": arbor_csv,
    "bromcom.csv": bromcom_csv,
    "bromcom.xlsx": bromcom_xlsx,
    "serials.csv": serials,
    "odd_headings.csv": odd_headings,
    "macs.xlsx": macs_xlsx,
    "strict.xlsx": strict_xlsx,
    "faults.csv": faults,
    "two_thousand.csv": lambda: text([row for row, _outcome in many()]).encode(),
}
# Not made here: written by openpyxl, as many web systems do.
ALSO = "arbor.xlsx"

# What each row comes to. Of a file with a name only: the people who join, with what is known of them.
BY_ROW = {
    "sims_contracts.csv": {5: "joins", 6: "joins", 7: "joins", 8: "joins", 10: "joins", 11: "long gone"},
    "sims_unicode.txt": {2: "joins", 3: "joins"},
    "arbor.csv": {2: "joins", 3: "joins", 5: "joins"},
    "arbor.xlsx": {2: "joins", 3: "joins", 4: "joins", 5: "bad_starts_on"},
    "bromcom.csv": {2: "joins", 3: "joins", 4: "joins", 5: "joins"},
    "bromcom.xlsx": {2: "joins", 3: "joins"},
    "serials.csv": {3: "joins", 4: "joins"},
    "odd_headings.csv": {2: "joins"},
    "macs.xlsx": {3: "joins"},
    "strict.xlsx": {2: "joins"},
    "faults.csv": {number: result for number, (_row, result) in enumerate(FAULTY, 1) if result},
    "two_thousand.csv": {number: result for number, (_row, result) in enumerate(many(), 1) if result},
}

if __name__ == "__main__":
    FILES.mkdir(exist_ok=True)
    for name, make in MADE.items():
        (FILES / name).write_bytes(make())
