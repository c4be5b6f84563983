"""Contests of policies: what may come of two who do something in the same moment."""

from collections import Counter

from declarations.organisation.models.person import Person
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from tests.cast import Cast
from tests.racing import DONE, only, race, word


def two_publishers(cast: Cast, rounds: int) -> Counter:
    """Two leaders publish one draft: it is published once."""
    at = cast.aup.published_at
    on, state = cast.hillside.day_of(at), {}

    def before(number: int) -> None:
        state["draft"] = publishing.draft(school=cast.hillside, document="aup", title=f"Draft {number}", body=cast.aup.source_body)

    def publish(by: Person) -> PolicyVersion:
        return publishing.publish(version=state["draft"], by=by, at=at, reason=by.full_name, effective_from=on, sign_by=None)

    results = race(rounds, lambda n: publish(cast.hilda), lambda n: publish(cast.omar), before=before)
    outcomes = only(results, (DONE, "too_late"), ("too_late", DONE))
    for number, (hilda, _omar) in enumerate(results):
        row = PolicyVersion.objects.get(title=f"Draft {number}")
        winner = cast.hilda if word(hilda) == DONE else cast.omar
        assert (row.published_by_id, row.publish_reason) == (winner.pk, winner.full_name)
    return outcomes


CONTESTS = [two_publishers]
