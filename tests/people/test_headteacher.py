"""The headteacher and who acts in her place: one of each, given by two people, told to those who hold the role."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from declarations.common.errors import RefusedError
from declarations.dual_control import actions as dual_control
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.organisation.queries import headteacher_on
from declarations.people.identity import ask_for_role
from declarations.people.leaving import leave
from declarations.people.roles import grant_role, remove_role
from tests.cast import Cast

DAY = dt.timedelta(days=1)


@pytest.fixture
def at(cast: Cast) -> dt.datetime:
    return cast.aup.published_at + dt.timedelta(minutes=1)


def test_whoever_acts_goes_before_the_headteacher_until_the_last_day(cast: Cast, at):
    on = cast.hillside.day_of(at)
    assert headteacher_on(cast.hillside, on=on) is None
    role = grant_role(person=cast.hilda, name="headteacher", by=None, at=at)
    assert headteacher_on(cast.hillside, on=on) == cast.hilda
    acting = grant_role(person=cast.omar, name="headteacher", by=cast.ines, at=at, ends_on=on + 5 * DAY)
    table = [(0, cast.omar), (4, cast.omar), (5, cast.hilda), (400, cast.hilda)]
    assert [(days, headteacher_on(cast.hillside, on=on + days * DAY)) for days, _ in table] == table
    assert headteacher_on(cast.riverside, on=on) is None
    remove_role(role=acting, by=cast.ines, at=at)
    assert headteacher_on(cast.hillside, on=on) == cast.hilda
    remove_role(role=role, by=cast.ines, at=at)
    assert headteacher_on(cast.hillside, on=on) is None


def test_a_headteacher_who_has_left_is_none(cast: Cast, at):
    on = cast.hillside.day_of(at)
    grant_role(person=cast.hilda, name="headteacher", by=None, at=at)
    Person.objects.filter(pk=cast.hilda.pk).update(leaves_on=on + DAY)
    assert headteacher_on(cast.hillside, on=on) == cast.hilda
    assert headteacher_on(cast.hillside, on=on + DAY) is None


def test_there_is_one_for_good_and_one_for_days(cast: Cast, at):
    on = cast.hillside.day_of(at)
    grant_role(person=cast.hilda, name="headteacher", by=None, at=at)
    with pytest.raises(RefusedError, match="Hilda Example is headteacher") as no:
        grant_role(person=cast.omar, name="headteacher", by=cast.ines, at=at)
    assert no.value.code == "held"
    grant_role(person=cast.omar, name="headteacher", by=cast.ines, at=at, ends_on=on + DAY)
    with pytest.raises(RefusedError, match="Omar Example is acting headteacher"):
        grant_role(person=cast.ben, name="headteacher", by=cast.ines, at=at, ends_on=on + 3 * DAY)
    grant_role(person=cast.ben, name="headteacher", by=cast.ines, at=at + DAY, ends_on=on + 3 * DAY)
    with pytest.raises(RefusedError, match="of one school"):
        grant_role(person=cast.tara, name="headteacher", by=None, at=at)
    grant_role(person=cast.rosa, name="headteacher", by=None, at=at)


def test_a_successor_who_starts_later_has_the_role_already(cast: Cast, at):
    on = cast.hillside.day_of(at)
    Person.objects.filter(pk=cast.omar.pk).update(starts_on=on + 30 * DAY)
    grant_role(person=Person.objects.get(pk=cast.omar.pk), name="headteacher", by=cast.ines, at=at)
    assert headteacher_on(cast.hillside, on=on) is None
    assert headteacher_on(cast.hillside, on=on + 30 * DAY) == cast.omar
    with pytest.raises(RefusedError, match="Omar Example is headteacher"):
        grant_role(person=cast.hilda, name="headteacher", by=cast.ines, at=at)


@pytest.mark.parametrize("ends", [None, "2099-01-01"])
def test_the_database_refuses_a_second_one(cast: Cast, at, ends):
    ends_on = dt.date.fromisoformat(ends) if ends else None
    grant_role(person=cast.hilda, name="headteacher", by=None, at=at, ends_on=ends_on)
    for person in (cast.omar, cast.tara):
        with pytest.raises(IntegrityError), transaction.atomic():
            Role.objects.create(person=person, name="headteacher", granted_at=at, ends_on=ends_on)
    Role.objects.create(person=cast.rosa, name="headteacher", granted_at=at, ends_on=ends_on)


def test_the_database_takes_no_role_from_before(cast: Cast, at):
    """A role that was taken away is not held again by an UPDATE."""
    role = grant_role(person=cast.hilda, name="headteacher", by=None, at=at)
    remove_role(role=role, by=None, at=at)
    grant_role(person=cast.omar, name="headteacher", by=None, at=at)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE declarations_role SET removed_at = NULL, removed_by_id = NULL WHERE id = %s", [role.pk])


def test_two_people_give_it_and_all_who_hold_it_hear_of_it(cast: Cast, at):
    grant_role(person=cast.ben, name="dsl", by=None, at=at)
    change = ask_for_role(person=cast.ada, name="dsl", by=cast.ines, at=at)
    told = set(Email.objects.filter(kind=Email.Kind.CHANGE, change=change).values_list("recipient", flat=True))
    assert {"ben@hillside.example", "ada@hillside.example", "hilda@hillside.example"} <= told
    assert not Role.objects.filter(person=cast.ada, name="dsl").exists()
    for nobody in (cast.ines, cast.ada, cast.gita):
        with pytest.raises(RefusedError):
            dual_control.confirm(change=change, by=nobody, at=at)
    dual_control.confirm(change=change, by=cast.hilda, at=at)
    assert Person.objects.get(pk=cast.ada.pk).roles(on=cast.hillside.day_of(at)) == {"dsl"}


def test_an_only_leader_becomes_headteacher_by_the_command_line(cast: Cast, at):
    """Nobody is left who could confirm it, and still there is a way."""
    change = ask_for_role(person=cast.rosa, name="headteacher", by=grant_administrator(cast, at), at=at)
    with pytest.raises(RefusedError):
        dual_control.confirm(change=change, by=cast.rosa, at=at)
    out = StringIO()
    call_command("grant_role", email="ROSA@riverside.example", role="headteacher", stdout=out)
    assert out.getvalue() == "Rosa Example has the role Headteacher.\n"
    assert headteacher_on(cast.riverside, on=cast.riverside.day_of(at) + DAY) == cast.rosa
    with pytest.raises(CommandError, match="They have this role already"):
        call_command("grant_role", email="rosa@riverside.example", role="headteacher")
    with pytest.raises(CommandError, match="Nobody signs in as"):
        call_command("grant_role", email="nobody@riverside.example", role="headteacher")


def grant_administrator(cast: Cast, at: dt.datetime) -> Person:
    grant_role(person=cast.rita, name="administrator", by=None, at=at)
    return Person.objects.get(pk=cast.rita.pk)


def test_leaving_ends_it(cast: Cast, at):
    grant_role(person=cast.omar, name="headteacher", by=None, at=at)
    on = cast.hillside.day_of(at)
    leave(person=Person.objects.get(pk=cast.omar.pk), leaves_on=on, by=cast.hilda, at=at)
    assert headteacher_on(cast.hillside, on=on) is None
    grant_role(person=cast.hilda, name="headteacher", by=cast.ines, at=at)
