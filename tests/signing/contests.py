"""Contests of signing: what may come of two who do something in the same moment."""

import datetime as dt
import threading
from collections import Counter

from django.db import transaction

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.models.person import Person
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.signing.actions import paper
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast
from tests.racing import DONE, SECOND, a_signature, have_read, only, people, race


def double_sign(cast: Cast, rounds: int) -> Counter:
    """One person clicks twice: one declaration, and both clicks land on it."""
    at, signers = cast.aup.published_at, people(cast, rounds)
    versions = PolicyVersion.objects.filter(school=cast.hillside).current(on=cast.hillside.day_of(at))
    for version in versions.values():
        have_read(signers, version, at)
    results = race(
        rounds,
        lambda n: a_signature(signers[n], versions, at).pk,
        lambda n: a_signature(signers[n], versions, at + SECOND).pk,
    )
    outcomes = only(results, (DONE, DONE))
    assert all(first == second for first, second in results)
    assert Declaration.objects.filter(person__in=signers).count() == rounds
    return outcomes


def paper_against_sign(cast: Cast, rounds: int) -> Counter:
    """Somebody signs on screen while the office enters their paper: one declaration, and both land on it."""
    at, signers = cast.aup.published_at, people(cast, rounds)
    on = cast.hillside.day_of(at)
    versions = PolicyVersion.objects.filter(school=cast.hillside).current(on=on)
    for version in versions.values():
        have_read(signers, version, at)
    results = race(
        rounds,
        lambda n: a_signature(signers[n], versions, at).pk,
        lambda n: paper.enter(person=signers[n], by=cast.ines, signed_on=on, sighted_by="Ines", filed_where="Cabinet 2", at=at).pk,
    )
    outcomes = only(results, (DONE, DONE))
    assert all(first == second for first, second in results)
    assert Declaration.objects.filter(person__in=signers).count() == rounds
    return outcomes


def publish_against_sign(cast: Cast, rounds: int, *, naive: bool = False) -> Counter:
    """The next version is published while somebody signs: every signature on the old text was there before.

    The publisher, having published and not yet committed, still sees everything that others have committed, and nobody
    signs until it commits. So a signature on the old text that the publisher does not see came after the publication.
    """
    at, signers = cast.aup.published_at, people(cast, rounds)
    on = cast.hillside.day_of(at)
    have_read(signers, cast.leaflet, at)
    state: dict[str, PolicyVersion] = {"aup": cast.aup, "leaflet": cast.leaflet}
    committed = threading.Event()

    def before(number: int) -> None:
        committed.clear()
        state["aup"] = PolicyVersion.objects.filter(school=cast.hillside).current(on=on)["aup"]
        have_read(signers[number : number + 1], state["aup"], at)
        state["draft"] = publishing.draft(school=cast.hillside, document="aup", title="Next", body=cast.aup.source_body)

    def publish(number: int) -> bool:
        try:
            with transaction.atomic():
                publishing.publish(version=state["draft"], by=cast.hilda, at=at, reason="New.", effective_from=on, sign_by=on)
                return Declaration.objects.filter(person=signers[number]).exists()
        finally:
            committed.set()

    def click(number: int) -> bool:
        versions = {"aup": state["aup"], "leaflet": cast.leaflet}
        if naive:
            naive_signature(signers[number], versions, at, committed)
        else:
            a_signature(signers[number], versions, at)
        return True

    results = race(rounds, publish, click, before=before)
    only(results, (DONE, DONE), (DONE, "changed"))
    outcomes: Counter = Counter()
    for person, (seen, signed) in zip(signers, results, strict=True):
        declarations = Declaration.objects.filter(person=person).count()
        assert declarations == (1 if signed is True else 0)
        outcomes["signed before" if seen else "signed after" if declarations else "refused"] += 1
    return outcomes


# The control: the same contest, written as one would who does not think of the other. What may happen between the
# reading and the writing is made to happen, so that a slow machine does not decide whether the control shows it.
def naive_signature(person: Person, versions: dict[str, PolicyVersion], at: dt.datetime, published: threading.Event) -> Declaration:
    """Looks which text is current, and then signs, without the school's lock."""
    on = person.school.day_of(at)
    if PolicyVersion.objects.filter(school=person.school).current(on=on)["aup"].pk != versions["aup"].pk:
        raise RefusedError("Changed.", "changed")
    published.wait(timeout=60)
    known = Declaration.objects.order_by("id").values().first()
    facts = {name: value for name, value in known.items() if name != "id"}
    with transaction.atomic():
        entry = log.append(school=person.school, kind="declaration.signed", at=at, by=person, facts={})
        own = {"person_id": person.pk, "aup_id": versions["aup"].pk, "reference": f"{person.pk:019}", "entry_id": entry.pk}
        return Declaration.objects.create(**(facts | own))


CONTESTS = [double_sign, publish_against_sign, paper_against_sign]
