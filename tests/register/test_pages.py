"""The register over HTTP: who may read it, what they may ask, and the files that they take away."""

import csv
import datetime as dt
import hashlib
import io
import subprocess
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from declarations.devices.actions import approval
from declarations.organisation.models.person import Person, Role
from declarations.people.roles import grant_role
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, ask, make_person, sign

pytestmark = pytest.mark.pages

FILES = ["/register.csv", "/register.pdf", "/certificates.zip"]
HOSTILE = [
    "\0", "\0" * 5000, "%", "' OR 1=1 --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "9" * 5000, "-1", "1e9", "٣",
    "\u202e", "\U0001f600", "{{ 7*7 }}", "file:///etc/passwd", "A" * 100_000, "0001-01-01", "9999-12-31", "2026-02-30",
]  # fmt: skip


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"), newline="")))


def dicts(response) -> list[dict[str, str]]:
    heads, *lines = rows(response)
    return [dict(zip(heads, line, strict=True)) for line in lines]


@pytest.mark.parametrize("path", ["/register/", *FILES])
def test_who_may_read(cast: Cast, signed_in, path: str) -> None:
    assert Client().get(path).status_code == 302
    for person in (cast.ada, cast.ben, cast.ines, cast.rita):
        assert signed_in(person).get(path).status_code == 403
    for person in (cast.gita, cast.hilda, cast.omar, cast.rosa):
        assert signed_in(person).get(path).status_code == 200
    for method in ("post", "put", "patch", "delete"):
        assert getattr(signed_in(cast.gita), method)(path).status_code == 405


def test_an_auditor_whose_time_is_over_reads_nothing(cast: Cast, signed_in) -> None:
    Role.objects.create(person=cast.ada, name="auditor", granted_at=timezone.now(), ends_on=cast.hillside.day_of(timezone.now()))
    assert signed_in(cast.ada).get("/register/").status_code == 403


def test_the_trusts_people_choose_a_school(cast: Cast, signed_in) -> None:
    tara = signed_in(cast.tara)
    page = tara.get("/register/").content.decode()
    assert "/register/?school=hillside" in page
    assert "/register/?school=riverside" in page
    page = tara.get("/register/?school=hillside").content.decode()
    assert "Ben Example" in page
    assert "/register.csv?school=hillside&amp;on=" in page
    assert "Rita Example" not in page
    assert tara.get("/register/?school=nowhere").status_code == 404
    assert tara.get("/register.csv").url == "/register/"
    assert tara.get("/register.csv?school=nowhere").status_code == 404
    assert len(rows(tara.get("/register.csv?school=riverside"))) == 3


def test_the_other_schools_leadership_sees_its_own(cast: Cast, signed_in) -> None:
    rosa = signed_in(cast.rosa)
    for path in ("/register/?school=hillside", "/register.csv?school=hillside", "/certificates.zip?school=hillside&all=1"):
        text = body(rosa.get(path))
        assert b"Ben Example" not in text
        assert Declaration.objects.get().reference.encode() not in text


def test_totals_states_and_certificates_are_on_the_page(cast: Cast, signed_in) -> None:
    page = signed_in(cast.gita).get("/register/").content.decode()
    reference = Declaration.objects.get().reference
    assert f"/declarations/{reference}/" in page
    assert "signed, in force" in page
    assert "of 5" in page
    assert "(20 %)" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("on=yesterday", "This is not a day."),
        ("on=2026-02-30", "This is not a day."),
        ("on=0001-01-01", "Choose a day from the year 2000"),
        ("on=9999-12-31", "Choose a day from the year 2000"),
        ("state=green", "There is no such state."),
        ("stands=never", "There is no such state."),
        ("category=pupil", "There is no such category."),
        ("newer=2", "Choose one from the list."),
        ("q=a%00b", "cannot be typed"),
        ("q=" + "a" * 121, "at most 120 characters"),
    ],
)
def test_a_bad_question_gets_a_sentence_and_keeps_what_was_typed(cast: Cast, signed_in, typed: str, sentence: str) -> None:
    gita = signed_in(cast.gita)
    page = gita.get(f"/register/?{typed}").content.decode()
    assert sentence in page
    assert "Ben Example" not in page
    if typed.startswith("on="):
        # As text: a browser shows a date field empty that holds no date.
        assert f'<input type="text" name="on" value="{typed[3:]}"' in page
    for path in FILES:
        response = gita.get(f"{path}?{typed}")
        assert response.status_code == 400
        assert sentence in response.content.decode()


@pytest.mark.parametrize("name", ["on", "state", "stands", "category", "newer", "q", "page", "all", "school"])
def test_hostile_questions(cast: Cast, signed_in, name: str) -> None:
    gita, tara = signed_in(cast.gita), signed_in(cast.tara)
    for hostile in HOSTILE:
        query = urlencode({name: hostile})
        response = gita.get(f"/register/?{query}")
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
        assert gita.get(f"/register.csv?{query}").status_code in {200, 400}
        assert tara.get(f"/register/?{urlencode({name: hostile, 'school': hostile})}").status_code in {200, 404}
        assert tara.get(f"/register.csv?{urlencode({name: hostile, 'school': 'hillside'})}").status_code in {200, 400, 404}


def test_british_days_are_understood(cast: Cast, signed_in) -> None:
    page = signed_in(cast.gita).get("/register/?on=12/05/2027").content.decode()
    assert "12 May 2027" in page


def test_pages_of_fifty(cast: Cast, signed_in) -> None:
    for number in range(60):
        make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number:02}")
    gita = signed_in(cast.gita)
    first, second = gita.get("/register/").content.decode(), gita.get("/register/?page=2&q=").content.decode()
    assert "Page 1 of 2" in first
    assert "Person 59" not in first
    assert "Person 59" in second
    for odd in ("0", "-3", "99", "x", "9" * 5000):
        assert gita.get(f"/register/?page={odd}").status_code == 200
    assert len(rows(gita.get("/register.csv"))) == 66


def test_as_many_queries_for_thirty_as_for_one(cast: Cast, signed_in, django_assert_num_queries) -> None:
    gita = signed_in(cast.gita)
    gita.get("/register/")  # the first page puts the secret of its forms into the session
    with django_assert_num_queries(8):
        gita.get("/register/?q=ben")
    for number in range(29):
        sign(make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number}"))
    with django_assert_num_queries(8):
        gita.get("/register/")
    with django_assert_num_queries(8):
        assert len(rows(gita.get("/register.csv"))) == 35


def test_the_csv_is_for_excel_in_the_uk(cast: Cast, signed_in) -> None:
    today = cast.hillside.day_of(Declaration.objects.get().signed_at)
    [waiting] = cast.ben.permissions.all()
    approval.approve(permission=waiting, by=cast.hilda, until=today, at=Declaration.objects.get().signed_at + dt.timedelta(minutes=1))
    response = signed_in(cast.gita).get(f"/register.csv?on={today}")
    assert response["Content-Disposition"] == f'attachment; filename="register-hillside-{today}.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    data = body(response)
    assert data.startswith(b'\xef\xbb\xbf"Name","')
    assert data.count(b"\r\n") == data.count(b"\n") == 6
    [ben] = [row for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")) if row["Name"] == "Ben Example"]
    assert ben["Signed on"] == f"{today:%d/%m/%Y}"
    assert ben["State"] == "signed, in force"
    assert f"until {today:%d/%m/%Y}, by Hilda Example" in ben["Devices permitted"]
    assert ben["Devices that could connect"] == "1"


def test_whose_address_was_new_when_they_signed_is_found(cast: Cast, signed_in) -> None:
    at = timezone.now()
    for person, since in ((cast.ada, at - dt.timedelta(hours=20)), (cast.ines, at - dt.timedelta(days=20))):
        Person.objects.filter(pk=person.pk).update(email_since=since)
        sign(Person.objects.get(pk=person.pk), at)
    gita = signed_in(cast.gita)
    found = {days: [row["Name"] for row in dicts(gita.get(f"/register.csv?newer={days}"))] for days in ("1", "7", "30")}
    assert found == {"1": ["Ada Example"], "7": ["Ada Example"], "30": ["Ada Example", "Ines Example"]}
    [ada] = dicts(gita.get("/register.csv?newer=1"))
    assert (ada["E-mail address since"], ada["Second factor since"]) == (
        f"{cast.hillside.day_of(at - dt.timedelta(hours=20)):%d/%m/%Y}",
        "",
    )
    assert "newer=7" in gita.get("/register/?newer=7").text
    admin = signed_in(cast.hilda)
    listed = {days: admin.get(f"/admin/declarations/declaration/?newer={days}").text for days in ("1", "30")}
    assert ["Ines Example" in page for page in listed.values()] == [False, True]
    assert all("Ada Example" in page and "Ben Example" not in page for page in listed.values())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "＝"])
def test_no_cell_starts_a_formula(cast: Cast, signed_in, start: str) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(full_name=f"{start}cmd|' /C calc'!A0", job_title=f"{start}1+1")
    sign(Person.objects.get(pk=cast.ada.pk))
    gita = signed_in(cast.gita)
    index = zipfile.ZipFile(io.BytesIO(body(gita.get("/certificates.zip")))).read("index.csv").decode("utf-8-sig")
    for lines in (rows(gita.get("/register.csv")), list(csv.reader(io.StringIO(index, newline="")))):
        cells = [cell for line in lines for cell in line if cell]
        assert not [cell for cell in cells if cell[0] in "=+-@\t\r\n＝＋－＠"]
        assert any(cell.startswith(f"'{start}cmd") for cell in cells)


def test_the_register_on_paper(cast: Cast, signed_in, tmp_path: Path) -> None:
    for number in range(40):
        make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number:02}")
    response = signed_in(cast.gita).get("/register.pdf")
    assert response["Content-Type"] == "application/pdf"
    (tmp_path / "register.pdf").write_bytes(body(response))
    command = ["pdftotext", "-layout", tmp_path / "register.pdf", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pages = text.split("\f")[:-1]
    assert len(pages) > 1
    assert "Hillside School" in pages[0]
    assert "Ben Example" in pages[0]
    for number, page in enumerate(pages, 1):
        assert "Devices permitted" in page  # the heading of the table, on every page
        assert f"{number}/{len(pages)}" in page.replace(" ", "")


def test_the_archive_verifies(cast: Cast, signed_in, tmp_path: Path) -> None:
    mine, omars = Declaration.objects.get(), sign(cast.omar)
    response = signed_in(cast.gita).get("/certificates.zip")
    assert response.streaming
    data = body(response)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{mine.reference}.pdf", f"{omars.reference}.pdf", "index.csv", "MANIFEST.sha256"
    }  # fmt: skip
    command = ["sha256sum", "--strict", "-c", "MANIFEST.sha256"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count(": OK") == 3
    assert done.stderr == ""
    index = list(csv.reader(io.StringIO((tmp_path / "index.csv").read_text("utf-8-sig"), newline="")))
    assert [row[0] for row in index[1:]] == [mine.reference, omars.reference]
    assert hashlib.sha256(data).digest() == hashlib.sha256(body(signed_in(cast.hilda).get("/certificates.zip"))).digest()


def test_which_certificates_are_in_the_archive(cast: Cast, signed_in) -> None:
    mine, omars = Declaration.objects.get(), sign(cast.omar)
    Person.objects.filter(pk=cast.omar.pk).update(leaves_on=dt.date(2020, 1, 1))
    grant_role(person=cast.gita, name="leadership", by=None, at=omars.signed_at)
    gita = signed_in(cast.gita)

    def names(query: str) -> set[str]:
        data = body(gita.get(f"/certificates.zip?{query}"))
        return {name.removesuffix(".pdf") for name in zipfile.ZipFile(io.BytesIO(data)).namelist()} - {"index.csv", "MANIFEST.sha256"}

    assert names("") == {mine.reference}  # Omar has left
    assert names("all=1") == {mine.reference, omars.reference}
    assert names("all=1&q=omar") == {omars.reference}
    assert names("q=nobody") == set()
    assert names(f"on={mine.lapses_on}") == set()
    assert names(f"on={mine.lapses_on}&state=lapsed") == {mine.reference}


def test_the_archive_is_made_while_it_is_sent(cast: Cast, signed_in) -> None:
    for number in range(3):
        sign(make_person(cast.hillside, f"p{number}@hillside.example", f"Person {number}"))
    parts = [len(part) for part in signed_in(cast.gita).get("/certificates.zip").streaming_content]
    assert len(parts) == 5  # four certificates, then the index, the manifest and the directory
    assert max(parts) < 100_000


def test_another_schools_permission_is_not_shown(cast: Cast, signed_in) -> None:
    ask(cast.rita, address="3c:22:fb:00:00:09")
    assert b"Rita" not in signed_in(cast.hilda).get("/register/").content
