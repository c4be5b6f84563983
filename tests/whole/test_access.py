"""Who gets in where: every address, everybody, every method; an address that no room has a row for fails.

The rows are in `tests/<room>/access.py`, and what they mean in tests/access.py. Nobody ever meets an error of the server's.
"""

import pytest
from django.test import Client

from tests.access import bens_things, table, wrong_answers
from tests.addresses import address, routes
from tests.cast import Cast

TABLE = table()


def test_every_address_is_in_the_table_and_no_other():
    assert set(routes()) == set(TABLE)


@pytest.fixture(autouse=True)
def unhurried(settings) -> None:
    """More requests from one address than the limits let through; tests/staff and tests/auditor hold the limits."""
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, "1000000/m/ip")


GROUPS = 10  # not a test for each address: making the cast and signing everybody in takes longer than asking


@pytest.mark.parametrize("group", range(GROUPS))
def test_who_gets_in(cast: Cast, clients, group: int):
    assert wrong_answers(cast, clients, sorted(TABLE)[group::GROUPS]) == {}


# In the middle of signing in, or at its end.
NO_WAY_BACK = {"accounts/login/code/confirm/", "accounts/logout/", "accounts/2fa/authenticate/", "accounts/2fa/passkeys/login/"}


def test_signing_in_leads_back(cast: Cast):
    things = bens_things(cast)
    for route, codes in TABLE.items():
        if codes["out"].startswith("in"):
            target = Client().get(address(route, things)).url
            assert "?next=/" in target or route in NO_WAY_BACK, route
