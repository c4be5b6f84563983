"""Contests of sign-in: what may come of two who do something in the same moment."""

from collections import Counter

from declarations.sign_in.linked_accounts import recognise
from declarations.sign_in.models import IdentityProvider, LinkedAccount
from declarations.sign_in.oidc_claims import Identity
from tests.cast import Cast
from tests.racing import DONE, only, people, race


def first_time_twice(cast: Cast, rounds: int) -> Counter:
    """Somebody comes from Google for the first time in two browsers: both let them in, and the account is linked once."""
    at, some = cast.aup.published_at, people(cast, rounds)
    google = IdentityProvider.objects.create(school=cast.hillside, kind="google", slug="g", client_id="c", domains="hillside.example")

    def come(n: int) -> int:
        return recognise(provider=google, identity=Identity(f"subject-{n}", some[n].email), at=at).pk

    results = race(rounds, come, come)
    outcomes = only(results, (DONE, DONE))
    assert [one for one, _other in results] == [other for _one, other in results] == [person.pk for person in some]
    assert LinkedAccount.objects.count() == rounds
    return outcomes


CONTESTS = [first_time_twice]
