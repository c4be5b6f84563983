"""Roles: by an administrator of the school or from the command line, never one's own, held once, ended and kept."""

import datetime as dt

import pytest

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person, Role
from declarations.people.roles import grant_role, remove_role
from tests.cast import Cast, make_person

DAY = dt.timedelta(days=1)


@pytest.fixture
def at(cast: Cast) -> dt.datetime:
    return cast.aup.published_at + dt.timedelta(minutes=1)


def refused(code: str, action, **facts) -> None:
    before = list(Role.objects.order_by("id").values())
    with pytest.raises(RefusedError) as no:
        action(**facts)
    assert no.value.code == code
    assert list(Role.objects.order_by("id").values()) == before


def test_an_administrator_gives_and_takes_a_role(cast: Cast, at):
    on = cast.hillside.day_of(at)
    role = grant_role(person=cast.ada, name="leadership", by=cast.ines, at=at)
    assert (role.granted_by, role.granted_at, role.ends_on) == (cast.ines, at, None)
    assert cast.ada.roles(on=on) == {"leadership"}
    remove_role(role=role, by=cast.ines, at=at)
    assert Person.objects.get(pk=cast.ada.pk).roles(on=on) == frozenset()
    refused("too_late", remove_role, role=role, by=cast.ines, at=at)
    assert grant_role(person=cast.ada, name="leadership", by=cast.ines, at=at) != role
    assert Role.objects.filter(person=cast.ada).count() == 2


def test_nobody_changes_their_own_roles(cast: Cast, at):
    refused("own", grant_role, person=cast.ines, name="leadership", by=cast.ines, at=at)
    refused("own", remove_role, role=Role.objects.get(person=cast.ines), by=cast.ines, at=at)


@pytest.mark.parametrize("name", ["ada", "hilda", "gita", "rosa", "tara"])
def test_only_an_administrator_of_the_school_does(cast: Cast, at, name):
    refused("not_yours", grant_role, person=cast.ben, name="leadership", by=getattr(cast, name), at=at)
    role = Role.objects.get(person=cast.omar)
    refused("not_yours", remove_role, role=role, by=getattr(cast, name), at=at)


def test_an_administrator_of_the_trust_does_so_everywhere_and_a_schools_only_there(cast: Cast, at):
    grant_role(person=cast.tara, name="administrator", by=None, at=at)
    tara = Person.objects.get(pk=cast.tara.pk)
    grant_role(person=cast.ada, name="leadership", by=tara, at=at)
    grant_role(person=cast.rita, name="leadership", by=tara, at=at)
    refused("not_yours", grant_role, person=cast.rita, name="administrator", by=cast.ines, at=at)
    trust = make_person(None, "other@trust.example", "Other Example")
    refused("not_yours", grant_role, person=trust, name="leadership", by=cast.ines, at=at)


def test_a_role_is_held_once_and_comes_back_after_its_end(cast: Cast, at):
    refused("held", grant_role, person=cast.hilda, name="leadership", by=cast.ines, at=at)
    ending = grant_role(person=cast.ada, name="auditor", by=None, at=at, ends_on=cast.hillside.day_of(at) + DAY)
    refused("held", grant_role, person=cast.ada, name="auditor", by=None, at=at, ends_on=cast.hillside.day_of(at) + 9 * DAY)
    later = at + DAY
    again = grant_role(person=cast.ada, name="auditor", by=cast.ines, at=later, ends_on=cast.hillside.day_of(later) + DAY)
    ending.refresh_from_db()
    assert (ending.removed_at, ending.removed_by) == (later, cast.ines)
    assert again.is_live(on=cast.hillside.day_of(later))


def test_an_auditor_has_an_end_in_the_future(cast: Cast, at):
    on = cast.hillside.day_of(at)
    refused("end", grant_role, person=cast.ada, name="auditor", by=None, at=at)
    refused("end", grant_role, person=cast.ada, name="auditor", by=None, at=at, ends_on=on)
    refused("end", grant_role, person=cast.ada, name="leadership", by=None, at=at, ends_on=on - DAY)
    role = grant_role(person=cast.ada, name="auditor", by=None, at=at, ends_on=on + DAY)
    assert [role.is_live(on=on + days * DAY) for days in (0, 1, 2)] == [True, False, False]


def test_an_administrator_whose_role_has_ended_gives_nothing(cast: Cast, at):
    Role.objects.filter(person=cast.ines).update(removed_at=at)
    refused("not_yours", grant_role, person=cast.ada, name="leadership", by=Person.objects.get(pk=cast.ines.pk), at=at)
