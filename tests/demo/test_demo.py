"""`manage.py demo`: the promised people, in the promised states, on whatever day it is made; and made only once."""

import datetime as dt
import os
import socket
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from declarations.devices.models import Device, Permission, Suspension
from declarations.mail.models import Email
from declarations.management.demo import schools, script
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.schools.admin.holidays import years_without
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.paper import PaperSignature
from declarations.signing.status import signing_status
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.queries import with_state
from declarations.social_media.rules import State

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
LONDON = ZoneInfo("Europe/London")
DAYS = [
    "2026-11-23T10:15",  # an ordinary day
    "2027-07-31T23:59",  # the last minute of a school year
    "2027-08-01T00:00",  # and the first of the next
    "2027-08-15T12:00",  # summer: last year's declarations still hold
    "2027-09-08T08:30",  # signing is due
    "2027-09-30T18:00",  # the last day of grace
    "2027-10-01T00:01",  # the first without
    "2027-10-09T09:00",
    "2028-02-29T09:00",
]


def make(at: dt.datetime) -> None:
    schools.make(at=at, password="for the tests only", content=ROOT / "content")


@pytest.fixture(params=DAYS)
def at(request, db) -> dt.datetime:
    """The moment at which the demo has been made."""
    at = dt.datetime.fromisoformat(request.param).replace(tzinfo=LONDON)
    make(at)
    return at


def person(email: str) -> Person:
    return Person.objects.get(email=email)


def test_the_demo_is_the_same_on_every_day(at):
    on = at.date()
    # No e-mail of the past waits: all of them would go in the first minutes, with the dashboard in alarm meanwhile.
    assert Email.objects.filter(sent_at=None).count() == 8
    assert Email.objects.order_by("written_at", "id")[Email.objects.count() - 1].sent_at is None
    # Its people, as the documents name them.
    assert set(schools.SIGN_INS) <= set(Person.objects.values_list("email", flat=True))
    # An account in every state, at both schools.
    for slug in ("hillside", "riverside"):
        states = with_state(SchoolAccount.objects.filter(school__slug=slug), on=on).values_list("state", flat=True)
        assert set(states) == {state.value for state in State}
    roles = {email: person(email).roles(on=on) for email in schools.SIGN_INS}
    assert {email: set(held) for email, held in roles.items() if held} == {
        "hilda@hillside.example": {"headteacher", "leadership"},
        "omar@hillside.example": {"leadership"},
        "dora@hillside.example": {"dsl", "leadership"},
        "oscar@hillside.example": {"chair"},
        "gita@hillside.example": {"auditor"},
        "ines@hillside.example": {"administrator"},
        "rosa@riverside.example": {"headteacher", "leadership"},
        "tara@trust.example": {"leadership"},
    }
    hillside, riverside = School.objects.get(slug="hillside"), School.objects.get(slug="riverside")
    assert (hillside.headteacher, riverside.headteacher) == (person("hilda@hillside.example"), person("rosa@riverside.example"))
    ada, ben, omar = (person(f"{name}@hillside.example") for name in ("ada", "ben", "omar"))
    assert not Declaration.objects.filter(person=ada).exists()
    assert signing_status(person=ben, on=on).status == "signed"
    assert list(Permission.objects.filter(owner=ben).values_list("status", flat=True)) == ["requested"]
    assert list(Permission.objects.filter(owner=omar).values_list("status", flat=True)) == ["requested"]
    assert person("gita@hillside.example").category == "external"

    # Everybody stands where the plan says.
    planned = {"now": {"signed"}, "due": {"due", "overdue"}, "lapsed": {"lapsed"}, "never": {"due", "overdue", "not_yet"},
               "talk": {"talk"}, "decline": {"declines"}, "exempt": {"exempt"}}  # fmt: skip
    for slug in ("hillside", "riverside"):
        for someone in script.read(ROOT / f"content/demo/{slug}.toml").people:
            found = signing_status(person=person(f"{someone.key}@{slug}.example"), on=on).status
            assert found in planned[someone.says or someone.signs], someone.key
            assert Declaration.objects.filter(person__email=f"{someone.key}@{slug}.example").exists() is (someone.signs != "never")
    for school in (hillside, riverside):
        assert years_without(school, on=on) == []
    everybody = Person.objects.filter(school=hillside)
    assert everybody.count() >= 30
    assert {"staff", "governor", "volunteer", "supply", "trainee", "contractor", "external"} == set(
        everybody.values_list("category", flat=True)
    )
    assert everybody.filter(leaves_on__lte=on).count() == 2
    assert everybody.filter(starts_on__gt=on).count() == 2

    # Every answer about a device is there to be seen.
    reasons = Counter(Device.objects.filter(school=hillside).with_reason(on=on).values_list("reason", flat=True))
    assert {"", "not_approved", "approval_expired", "suspended", "owner_left", "not_signed", "lapsed"} == set(reasons)
    assert set(Permission.objects.values_list("status", flat=True)) == {
        "requested", "approved", "declined", "withdrawn", "revoked", "renewed",
    }  # fmt: skip
    assert Permission.objects.filter(reviews__isnull=False, renews__isnull=False).exists()
    assert PaperSignature.objects.get().declaration.person == person("quentin@hillside.example")
    assert Permission.objects.filter(approved=True).exclude(conditions="").exists()
    assert Suspension.objects.filter(lifted_at__isnull=False).exists()

    # The texts: a correction, one that all sign again, and a draft.
    versions = [
        (version.document, version.number, version.is_published, version.sign_by is not None)
        for version in PolicyVersion.objects.filter(school=hillside).order_by("document", "number")
    ]
    assert versions == [
        ("aup", 1, True, False),
        ("aup", 2, True, False),
        ("aup", 3, False, False),
        ("leaflet", 1, True, False),
        ("leaflet", 2, True, True),
    ]
    bodies = list(PolicyVersion.objects.published().filter(school=hillside).order_by("document", "number").values_list("body", flat=True))
    assert len(set(bodies)) == 4
    assert "Doris Peel" in bodies[0]
    assert "Dora Fenwick" in bodies[1]

    # And nothing has happened that could not have: nothing in the future, nothing out of order.
    assert not Declaration.objects.filter(signed_at__gt=at).exists()
    assert not Permission.objects.filter(asked_at__gt=at).exists()
    assert not PolicyVersion.objects.filter(published_at__gt=at).exists()
    assert not Role.objects.filter(granted_at__gt=at).exists()
    for signed_at in Declaration.objects.order_by("id").filter(school=hillside).values_list("signed_at", flat=True):
        if at.month != 8:  # in the first weeks of the year all that was signed for it is pressed into few days
            assert signed_at.astimezone(LONDON).weekday() < 5


def test_signing_happened_in_the_order_of_time(db):
    make(dt.datetime(2026, 11, 23, 10, tzinfo=LONDON))
    moments = list(Declaration.objects.filter(school__slug="hillside").order_by("id").values_list("signed_at", flat=True))
    assert moments == sorted(moments)


def run(data: Path, *words: str | bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    """manage.py, called by somebody who knows nothing of DEMO."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "schoolpolicy.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


NOT_OURS = {"DEMO", "DEMO_PASSWORD", "SECRET_KEY", "SECRET_KEY_FILE", "SITE_URL", "DATABASE_URL", "PORT", "STATIC_ROOT"}


def password_said(run: subprocess.CompletedProcess[str]) -> str:
    assert run.returncode == 0, run.stderr
    return run.stdout.partition("The password of everybody: ")[2].splitlines()[0]


def passwords(data: Path) -> set[str]:
    """How the passwords are stored."""
    with closing(sqlite3.connect(data / "schoolpolicy.sqlite3")) as database:
        return {stored for (stored,) in database.execute("SELECT password FROM declarations_person")}


def test_the_second_start_keeps_everything_and_a_given_password_is_taken(tmp_path):
    first = run(tmp_path, "demo", "--no-serve")
    made = password_said(first)
    for email in schools.SIGN_INS:
        assert email in first.stdout
    for secret in ("demo-password", "secret-key"):
        assert stat.S_IMODE((tmp_path / secret).stat().st_mode) == 0o600
    key, stored = (tmp_path / "secret-key").read_text(), passwords(tmp_path)
    assert len(stored) == 1

    second = run(tmp_path, "demo", "--no-serve")
    assert password_said(second) == made
    assert "Making" not in second.stdout
    assert "Compressing" not in second.stdout
    assert ((tmp_path / "secret-key").read_text(), passwords(tmp_path)) == (key, stored)

    given = run(tmp_path, "demo", "--no-serve", DEMO_PASSWORD="another for everybody")
    assert password_said(given) == "another for everybody"
    assert len(passwords(tmp_path)) == 1
    assert passwords(tmp_path) != stored
    assert "another for everybody" not in (tmp_path / "demo-password").read_text()

    # In the same place: on the command line a refusal is one line and no traceback, whatever the name of the file.
    latin_1 = os.fsencode(tmp_path) + b"/caf\xe9.md"
    refused = run(tmp_path, "load_policy", "--school", "riverside", "--document", "aup", latin_1, SECRET_KEY="only-here")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("CommandError: There is no file")
    assert refused.stderr.count("\n") == 1


@pytest.fixture
def as_demo(monkeypatch, settings, tmp_path):
    """The environment in which the command goes straight on, here in this process."""
    for name in NOT_OURS:
        monkeypatch.delenv(name, raising=False)
    for name, value in {"DEMO": "1", "SITE_URL": "http://127.0.0.1:8000", "SECRET_KEY": "any"}.items():
        monkeypatch.setenv(name, value)
    settings.DATA_DIR = tmp_path / "data"


def test_a_port_that_is_taken_or_none_is_said_before_anything_is_made(as_demo, settings, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(CommandError, match=rf"Port {port} cannot be used .* make demo PORT="):
            call_command("demo")
    for wrong in ("0", "65536", "http", "80²", "9" * 5000):
        monkeypatch.setenv("PORT", wrong)
        with pytest.raises(CommandError, match="it takes a number from 1 to 65535"):
            call_command("demo")
    assert not settings.DATA_DIR.exists()


def test_a_database_with_other_schools_is_left_alone(as_demo, cast):
    School.objects.filter(slug="hillside").update(slug="hill")
    School.objects.filter(slug="riverside").update(slug="river")
    before = Person.objects.count()
    with pytest.raises(CommandError, match="schools that are not the demo's"):
        call_command("demo", "--no-serve")
    assert Person.objects.count() == before


def test_a_folder_that_cannot_be_used_is_named(as_demo, db, settings, tmp_path):
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(CommandError, match=r"data.* cannot be used"):
        call_command("demo", "--no-serve")
