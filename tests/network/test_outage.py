"""When the app does not answer, or something else answers in its place: no, or the local list, and never a yes by accident."""

import socket
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from declarations.devices.actions import approval
from declarations.devices.models import Device, Permission
from tests.cast import Cast
from tests.network.radius import PASSWORD, USER, Radius, free_port, running
from tests.network.serving import stray

Start = Callable[..., Radius]
PAGE = b"<!doctype html><title>Welcome</title><p>permit Accept"
ON_LIST, NOT_ON_LIST = "3C-22-FB-00-00-01", "3C-22-FB-00-00-77"
# What answers, and whether that is *no answer*, so that the local list is asked.
STRAYS = {
    "an empty object": ({"status": 200, "body": b"{}", "headers": {"Content-Type": "application/json"}}, False),
    "an object of no type": ({"status": 200, "body": b"{}"}, None),
    "a page": ({"status": 200, "body": PAGE, "headers": {"Content-Type": "text/html"}}, False),
    "a page that says JSON": ({"status": 200, "body": PAGE, "headers": {"Content-Type": "application/json"}}, None),
    "nothing": ({"status": 204}, False),
    "moved": ({"status": 301, "headers": {"Location": "https://elsewhere.example/"}}, False),
    "moved for now": ({"status": 302, "headers": {"Location": "/accounts/login/"}}, False),
    "bad request": ({"status": 400}, False),
    "forbidden": ({"status": 403}, False),
    "not found": ({"status": 404, "body": PAGE}, False),
    "gone": ({"status": 410}, False),
    "too many": ({"status": 429}, False),
    "broken": ({"status": 500, "body": PAGE}, True),
    "unavailable": ({"status": 503}, True),
    "slow": ({"status": 200, "body": b"{}", "seconds": 6}, True),
    "another marker": ({"status": 200, "body": b'{"control:Tmp-String-9":"permitted","reply:Tmp-String-9":"permit"}',
                        "headers": {"Content-Type": "application/json"}}, False),
}  # fmt: skip


@pytest.mark.parametrize("mode", ["mac", "gate"])
def test_whatever_answers_in_its_place_it_is_a_no_or_the_local_list(live_cast: Cast, live_phone: Device, radius: Start, mode: str):
    wrong = []
    port = free_port(socket.SOCK_STREAM)
    server = radius(f"http://127.0.0.1:{port}", mode)
    credentials = {"user": USER, "password": PASSWORD} if mode == "gate" else {}
    for name, (how, asks_list) in STRAYS.items():
        with stray(**how, port=port):
            listed, unlisted = server.ask(ON_LIST, **credentials), server.ask(NOT_ON_LIST, **credentials)
        if unlisted.code != "Access-Reject" or (asks_list is not None and listed.is_accept != asks_list) or not listed.code:
            wrong.append((name, listed, unlisted))
    # Nobody there at all.
    listed, unlisted = server.ask(ON_LIST, **credentials), server.ask(NOT_ON_LIST, **credentials)
    assert (listed.code, unlisted.code) == ("Access-Accept", "Access-Reject")
    assert listed.attributes["Session-Timeout"] == "3600"
    assert wrong == []
    if mode == "gate":
        assert server.ask(ON_LIST, user=USER, password="wrong-password").code == "Access-Reject"


def test_a_no_of_the_app_goes_before_a_list_that_is_old(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    server = radius(site)
    assert (server.folder / "mods-config/wifi_hillside/authorized_macs").read_text().count("permit") == 1
    approval.revoke(permission=Permission.objects.get(device=live_phone), by=live_cast.omar, note="Left on a bus.", at=timezone.now())
    assert server.ask(ON_LIST).code == "Access-Reject"


def test_without_the_list_a_dead_app_is_a_no(live_cast: Cast, live_phone: Device, radius: Start):
    server = radius(f"http://127.0.0.1:{free_port(socket.SOCK_STREAM)}")
    assert server.ask(ON_LIST).is_accept
    (server.folder / "mods-config/wifi_hillside/authorized_macs").write_text("")
    again = radius(f"http://127.0.0.1:{free_port(socket.SOCK_STREAM)}")
    (again.folder / "mods-config/wifi_hillside/authorized_macs").write_text("")
    assert again.ask(NOT_ON_LIST).code == "Access-Reject"


@pytest.mark.parametrize("mode", ["mac", "gate"])
def test_a_wrong_address_of_the_app_lets_nobody_in(site: str, live_cast: Cast, live_phone: Device, radius: Start, mode: str):
    """The path is the app's own; were it another, the app says 400 below /network/, and the marker is missing everywhere else."""
    credentials = {"user": USER, "password": PASSWORD} if mode == "gate" else {}
    server = radius(site, mode)
    assert server.ask(ON_LIST, **credentials).is_accept
    module = server.folder / "mods-available/wifi_hillside"
    right, other = module.read_text(), free_port()
    listening = server.folder / f"sites-available/wifi_hillside_{mode}"
    listening.write_text(listening.read_text().replace(f"port = {server.port}", f"port = {other}"))
    for path in ("/network/authorise/", "/network/authorize", "/Network/authorize/", "/", "/accounts/login/", "/nothing/"):
        module.write_text(right.replace("/network/authorize/", path))
        with running(server.folder, port=other) as mistyped:
            assert mistyped.ask(ON_LIST, **credentials).code == "Access-Reject", path


def test_while_the_database_is_down_the_answer_is_none(client, cast: Cast, token: str, phone: Device, monkeypatch: pytest.MonkeyPatch):
    ask = {"path": reverse("network_authorize"), "data": {"mac": ON_LIST, "mode": "mac"}, "content_type": "application/json",
           "headers": {"Authorization": f"Bearer {token}"}}  # fmt: skip
    assert client.post(**ask).status_code == 200

    def refuse(*args: object) -> None:
        raise DatabaseError("the server closed the connection unexpectedly")

    with connection.execute_wrapper(refuse):
        assert client.post(**ask).status_code == 503
        lists = reverse("network_allow_list", args=["plain"])
        assert client.get(lists, headers={"Authorization": f"Bearer {token}"}).status_code == 503
