"""Accounts in a given state, made through the verbs."""

import datetime as dt
from typing import Any

from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.people.roles import grant_role
from declarations.social_media.actions import decision, life, proposal
from declarations.social_media.models.account import SchoolAccount
from tests.cast import Cast

YEAR = dt.timedelta(days=300)
LINES = dict.fromkeys(("links", "photographs", "direct_messages", "keepers", "two_step", "registered_email"), "yes")


def facts(**changed: Any) -> dict[str, Any]:
    return {
        "platform": "instagram", "name": "hillside_art", "address": "https://instagram.example/hillside_art",
        "purpose": "Pupils' work, for parents to see", "audience": "parents", "registered_email": "art@hillside.example",
        "begins_on": dt.date(2026, 9, 1), "promised": True,
    } | changed  # fmt: skip


def get_ready(cast: Cast) -> dt.datetime:
    """Hillside names its domain, hilda is headteacher, omar chairs the governors; the moment that follows."""
    at = cast.aup.published_at
    School.objects.filter(pk=cast.hillside.pk).update(email_domains="hillside.example other.example")
    cast.hillside.refresh_from_db()
    for person, name in ((cast.hilda, "headteacher"), (cast.omar, "chair")):
        if not Role.objects.filter(person=person, name=name).exists():
            grant_role(person=person, name=name, by=None, at=at)
    return at


def fresh(cast: Cast, name: str) -> Person:
    """The person as the database has them now, with their school and roles."""
    person: Person = Person.objects.select_related("school").get(pk=getattr(cast, name).pk)
    return person


def draft(cast: Cast, *, by: str = "ada", keepers: tuple[str, ...] = ("ada", "ben"), **changed: Any) -> SchoolAccount:
    at, people = get_ready(cast), [getattr(cast, name) for name in keepers]
    return proposal.save_draft(by=fresh(cast, by), facts=facts(**changed), keepers=people, at=at)


def proposed(cast: Cast, *, by: str = "ada", **changed: Any) -> SchoolAccount:
    account = draft(cast, by=by, **changed)
    return proposal.send(account=account, by=fresh(cast, by), at=account.started_at)


def approved(cast: Cast, **changed: Any) -> SchoolAccount:
    account = proposed(cast, **changed)
    at = account.proposed_at
    return decision.approve(account=account, by=fresh(cast, "hilda"), review_on=cast.hillside.day_of(at) + YEAR, at=at)


def live(cast: Cast, **changed: Any) -> SchoolAccount:
    account = approved(cast, **changed)
    return life.go_live(account=account, by=fresh(cast, "ada"), address=account.address, at=account.decided_at)
