"""The state of an account as a table; SQL says the same of the same facts."""

import datetime as dt
from itertools import product
from types import SimpleNamespace

import pytest
from django.db.models import BooleanField, DateField, DateTimeField, Value

from declarations.social_media import rules
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.queries import of_state
from tests.cast import Cast
from tests.social_media.making import draft
from tests.whole.rows import AT, ON

DAY = dt.timedelta(days=1)
BLANK = {"proposed_at": AT, "withdrawn_at": None, "approved": None, "live_at": None, "closed_at": None, "found_live": False,
         "next_review_on": None, "is_asked": False, "is_suspended": False}  # fmt: skip
LIVE = {"approved": True, "live_at": AT}
TABLE = [
    ({"proposed_at": None}, "draft"),
    ({}, "proposed"),
    ({"is_asked": True}, "question"),
    ({"found_live": True, "live_at": AT}, "found"),
    ({"found_live": True, "live_at": AT, "is_asked": True}, "question"),
    ({"found_live": True, "live_at": AT, "is_suspended": True}, "suspended"),
    ({"found_live": True, "live_at": AT, "approved": False}, "declined"),
    ({"approved": False}, "declined"),
    ({"withdrawn_at": AT}, "withdrawn"),
    ({"approved": True, "next_review_on": ON}, "approved"),
    (LIVE | {"next_review_on": ON + DAY}, "live"),
    (LIVE | {"next_review_on": ON}, "review_due"),
    (LIVE | {"next_review_on": ON - 30 * DAY}, "review_due"),
    (LIVE | {"next_review_on": ON - 31 * DAY}, "overdue"),
    (LIVE | {"next_review_on": None}, "overdue"),
    (LIVE | {"next_review_on": ON - 31 * DAY, "is_suspended": True}, "suspended"),
    (LIVE | {"next_review_on": ON, "closed_at": AT, "is_suspended": True}, "closed"),
]


@pytest.mark.parametrize(("facts", "state"), TABLE)
def test_the_state_of_an_account(facts, state):
    assert rules.state(SimpleNamespace(**BLANK | facts), on=ON) == state


@pytest.mark.django_db
def test_the_database_says_the_same(cast: Cast):
    """Of facts in all combinations, possible or not."""
    account = draft(cast)
    fields = {"approved": BooleanField(), "found_live": BooleanField(), "is_asked": BooleanField(), "is_suspended": BooleanField(),
              "next_review_on": DateField()}  # fmt: skip
    moments = ("proposed_at", "withdrawn_at", "live_at", "closed_at")
    values = [(None, AT)] * 4 + [(None, True, False), (True, False), (True, False), (True, False),
                                 (None, ON + DAY, ON, ON - 30 * DAY, ON - 31 * DAY)]  # fmt: skip
    names = (*moments, "approved", "found_live", "is_asked", "is_suspended", "next_review_on")
    for number, row in enumerate(product(*values)):
        if number % 7:  # 1,920 take a minute; every seventh meets every branch
            continue
        facts = dict(zip(names, row, strict=True))
        columns = {f"the_{name}": Value(value, fields.get(name, DateTimeField())) for name, value in facts.items()}
        found = SchoolAccount.objects.filter(pk=account.pk).annotate(**columns).annotate(said=of_state(on=ON, prefix="the_"))
        assert found.values_list("said", flat=True).get() == rules.state(SimpleNamespace(**facts), on=ON), facts


@pytest.mark.parametrize(
    ("platform", "age", "answer"), [("instagram", 12, True), ("instagram", 13, False), ("instagram", None, False), ("other", 5, False)]
)
def test_an_audience_younger_than_the_platform_takes(platform, age, answer):
    assert rules.is_too_young(platform, age) is answer
