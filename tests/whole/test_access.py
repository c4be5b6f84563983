"""Who gets in where: every address, everybody, every method; an address that no room has a row for fails.

The rows are in `tests/<room>/access.py`, and what they mean in tests/access.py. Nobody ever meets an error of the server's.
"""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from declarations.devices.models import Suspension
from declarations.evidence.models import Checkpoint, Entry, IssuedCertificate
from declarations.policies.models import SectionRead
from tests.access import EVERYBODY, METHODS, table
from tests.addresses import address, bens_things, routes
from tests.cast import Cast

READING = ("get", "head", "put", "delete")
TABLE = table()


def test_every_address_is_in_the_table_and_no_other():
    assert set(routes()) == set(TABLE)


@pytest.fixture(autouse=True)
def unhurried(settings) -> None:
    """More requests from one address than the limits let through; tests/staff and tests/auditor hold the limits."""
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(settings.ACCOUNT_RATE_LIMITS, "1000000/m/ip")


@pytest.fixture
def clients(cast: Cast, signed_in: Callable[..., Client]) -> dict[str, Client]:
    return {name: Client() if name == "out" else signed_in(getattr(cast, name)) for name in EVERYBODY}


def answer(client: Client, method: str, url: str) -> str:
    """The code of the answer; what a POST does is undone, so that nobody meets what another left behind."""
    cookies, before = client.cookies.copy(), connection.savepoint() if method == "post" else ""
    client.raise_request_exception = False
    response = getattr(client, method)(url)
    if response.streaming:
        list(response.streaming_content)
    if before:
        connection.savepoint_rollback(before)
        client.cookies = cookies
    to_sign_in = response.status_code == 302 and response.url.startswith("/accounts/login/")
    return "in" if to_sign_in else str(response.status_code)


GROUPS = 10  # not a test for each address: making the cast and signing everybody in takes longer than asking


@pytest.mark.parametrize("group", range(GROUPS))
def test_who_gets_in(cast: Cast, clients, group: int):
    things = bens_things(cast)
    device, at = things["device/<path:object_id>"], cast.aup.published_at
    # ben's phone is suspended here: to report it lost again is done, and is the same suspension.
    lost = Suspension.objects.create(device_id=device, suspended_by=cast.ben, suspended_at=at)
    wrong = {}
    for route in sorted(TABLE)[group::GROUPS]:
        url = address(route, things | {"suspension/<path:object_id>": lost.pk})
        before = facts()
        answers = {name: {method: answer(client, method, url) for method in READING} for name, client in clients.items()}
        # Only a POST changes anything.
        assert facts() == before, url
        for name, client in clients.items():
            answers[name]["post"] = answer(client, "post", url)
            codes = " ".join(answers[name][method] for method in METHODS)
            if codes != TABLE[route][name]:
                wrong[route, name] = f"{codes}, not {TABLE[route][name]}"
    assert wrong == {}


# In the middle of signing in, or at its end.
NO_WAY_BACK = {"accounts/login/code/confirm/", "accounts/logout/", "accounts/2fa/authenticate/", "accounts/2fa/passkeys/login/"}


def test_signing_in_leads_back(cast: Cast):
    things = bens_things(cast)
    for route, codes in TABLE.items():
        if codes["out"].startswith("in"):
            target = Client().get(address(route, things)).url
            assert "?next=/" in target or route in NO_WAY_BACK, route


def facts() -> list[list[tuple]]:
    """All rows of all tables of ours, but for what showing a text or handing out a certificate writes down."""
    written = {SectionRead, Checkpoint, IssuedCertificate}
    models = [model for model in apps.get_app_config("declarations").get_models() if model not in written]
    handed_out = {"kind": "certificate.issued"}
    return [
        list((model._default_manager.exclude(**handed_out) if model is Entry else model._default_manager).order_by("pk").values_list())
        for model in models
    ]
