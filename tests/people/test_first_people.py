"""`manage.py add_school` and `add_person`: how an empty installation begins."""

import datetime as dt
import io
import sys

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.policies.text import placeholders
from tests.cast import make_school

NEEDED = {
    "--slug": "hillside",
    "--name": "Hillside School",
    "--dsl": "Dora Fenwick, dsl@hillside.example",
    "--child-protection": "Children’s services, 01632 960199",
    "--it": "it@hillside.example",
    "--data-protection": "dpo@hillside.example",
}


def run(command: str, *options: str) -> str:
    out = io.StringIO()
    call_command(command, *options, stdout=out, no_color=True)
    return out.getvalue()


def words(options: dict[str, str]) -> list[str]:
    return [word for pair in options.items() for word in pair]


def refusal(command: str, *options: str) -> str:
    before = School.objects.count(), Person.objects.count(), Role.objects.count(), PolicyVersion.objects.count()
    with pytest.raises(CommandError) as refused:
        run(command, *options)
    assert (School.objects.count(), Person.objects.count(), Role.objects.count(), PolicyVersion.objects.count()) == before
    return str(refused.value)


@pytest.fixture
def hillside(db: None) -> School:
    return make_school("hillside", "Hillside School")


def test_a_school_is_added_and_the_next_step_is_said(db):
    said = run("add_school", *words(NEEDED))
    school = School.objects.get()
    assert (school.slug, school.short_name, school.time_zone) == ("hillside", "Hillside School", "Europe/London")
    assert school.dsl_contact == NEEDED["--dsl"]
    assert not PolicyVersion.objects.exists()
    assert "manage.py add_person --school hillside" in said


def test_starter_texts_become_drafts(db):
    run("add_school", *words(NEEDED), "--with-starter-texts", "--short-name", "Hill", "--areas", "the hut", "--time-zone", "Europe/Dublin")
    school = School.objects.get()
    assert (school.short_name, school.designated_areas, school.time_zone) == ("Hill", "the hut", "Europe/Dublin")
    drafts = PolicyVersion.objects.filter(school=school, published_at=None)
    assert sorted(drafts.values_list("document", "number")) == [("aup", 1), ("leaflet", 1)]
    assert all("Hillside School" in draft.text() and not placeholders.placeholders(draft.text()) for draft in drafts)


def test_everything_that_is_missing_is_said_at_once(db):
    sentence = refusal("add_school", "--name", "Hillside School", "--it", " ")
    assert sentence.startswith("This is missing:")
    for option in NEEDED:
        assert (option in sentence) == (option != "--name")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--slug": "Hill side!"}, "--slug: "),
        ({"--slug": "riverside"}, "--slug: "),
        ({"--slug": "s" * 41}, "--slug: "),
        ({"--name": "n" * 121}, "--name: "),
        ({"--name": "a\x07b"}, "--name must be a line of text"),
        ({"--dsl": "\udcff"}, "--dsl must be a line of text"),
        ({"--time-zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone"),
    ],
)
def test_a_school_that_cannot_be_is_refused_by_the_option(db, change, says):
    make_school("riverside", "Riverside School")
    assert says in refusal("add_school", *words(NEEDED | change))


def test_the_first_leader_and_administrator(hillside, client, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("green kettle sings twice\n"))
    said = run(
        "add_person", "--school", "hillside", "--email", "Hilda@Hillside.example", "--name", "Hilda Brook", "--title", "headteacher",
        "--role", "leadership", "--headteacher", "--password-from-stdin",
    )  # fmt: skip
    hilda = Person.objects.get()
    assert (hilda.email, hilda.job_title, hilda.category, hilda.school) == ("hilda@hillside.example", "headteacher", "staff", hillside)
    assert hilda.check_password("green kettle sings twice")
    assert hilda.roles(on=timezone.now().date()) == {"leadership"}
    assert School.objects.get().headteacher == hilda
    assert "hilda@hillside.example" in said


def test_without_a_password_there_is_none_and_the_trust_has_no_school(hillside):
    run("add_person", "--trust", "--email", "tara@trust.example", "--name", "Tara Kingsley", "--role", "administrator")
    tara = Person.objects.get()
    assert tara.school is None
    assert not tara.has_usable_password()


def test_an_auditor_has_a_last_day(hillside):
    auditor = ["add_person", "--school", "hillside", "--email", "g@x.example", "--name", "Gita Rao", "--category", "external"]
    auditor += ["--role", "auditor"]
    assert "--until" in refusal(*auditor)
    last = timezone.now().date() + dt.timedelta(days=10)
    run(*auditor, "--until", last.isoformat())
    gita = Person.objects.get()
    assert gita.roles(on=last) == {"auditor"}
    assert gita.roles(on=last + dt.timedelta(days=1)) == frozenset()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--email", "nobody"], "--email: "),
        (["--email", "held@hillside.example"], "Somebody already signs in with this e-mail address."),
        (["--email", "HELD@hillside.example"], "Somebody already signs in with this e-mail address."),
        (["--name", "n" * 121], "--name: "),
        (["--name", "\udcff"], "--name must be a line of text"),
        (["--title", "t" * 81], "--title: "),
        (["--category", "pupil"], "invalid choice"),
        (["--role", "king"], "invalid choice"),
        (["--until", "2030-01-01"], "name it with --role"),
        (["--role", "leadership", "--until", "1.9.2030"], "write it as 2027-08-31"),
        (["--role", "leadership", "--until", "2001-01-01"], "The role would have ended already"),
        (["--role", "leadership", "--until", "9999-12-31"], "between 2000 and 2100"),
        (["--school", "hill"], "There are: hillside."),
        (["--trust"], "not allowed with argument"),
    ],
)
def test_a_person_that_cannot_be_is_refused(hillside, options, says):
    Person.objects.create(email="held@hillside.example", full_name="Holder", school=hillside)
    given = {"--school": "hillside", "--email": "new@hillside.example", "--name": "New One"}
    assert says in refusal("add_person", *words(given), *options)


@pytest.mark.parametrize(("typed", "says"), [("short\n", "too short"), ("password1234\n", "too common"), ("", "too short")])
def test_a_weak_password_is_refused(hillside, monkeypatch, typed, says):
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    given = ["--school", "hillside", "--email", "new@hillside.example", "--name", "New One", "--password-from-stdin"]
    assert says in refusal("add_person", *given)


def test_headteacher_is_of_a_school(hillside):
    assert "--school" in refusal("add_person", "--trust", "--email", "t@x.example", "--name", "T", "--headteacher")
