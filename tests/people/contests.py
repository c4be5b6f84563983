"""Contests of people: what may come of two who do something in the same moment."""

from collections import Counter

from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Role
from declarations.people.legal_holds import place_hold
from declarations.people.roles import grant_role
from tests.cast import Cast
from tests.racing import DONE, only, people, race


def grant_twice(cast: Cast, rounds: int) -> Counter:
    """Two give somebody the same role: they have it once."""
    at, some = cast.aup.published_at, people(cast, rounds)
    results = race(
        rounds,
        lambda n: grant_role(person=some[n], name="leadership", by=None, at=at),
        lambda n: grant_role(person=some[n], name="leadership", by=cast.ines, at=at),
    )
    outcomes = only(results, (DONE, "held"), ("held", DONE))
    assert Role.objects.filter(person__in=some).count() == rounds
    return outcomes


def hold_twice(cast: Cast, rounds: int) -> Counter:
    """Two place a legal hold on the same person: there is one."""
    at, some = cast.aup.published_at, people(cast, rounds)
    results = race(
        rounds,
        lambda n: place_hold(person=some[n], reason="File 7", by=cast.hilda, at=at),
        lambda n: place_hold(person=some[n], reason="File 7", by=cast.omar, at=at),
    )
    outcomes = only(results, (DONE, "held"), ("held", DONE))
    assert LegalHold.objects.filter(person__in=some).count() == rounds
    return outcomes


CONTESTS = [grant_twice, hold_twice]
