"""What a token may do: from where, how, for what, until when; and what it leaves behind when it is used otherwise."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.models import Device
from declarations.evidence.models import Entry
from declarations.network import last_seen
from declarations.network.models import NetworkToken
from declarations.network.rules import is_within
from declarations.network.tokens import make_token
from tests.cast import Cast

HOST = "declarations.school.example"
LIST = "/network/allow-list/plain/"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def over_https(settings: Any) -> None:
    """As behind a proxy with TLS."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ALLOWED_HOSTS = [HOST]


def ask(token: str, *, source: str = "10.1.0.5", scheme: str = "https", peer: str = "127.0.0.1", **more: Any) -> tuple[int, str]:
    """Status and sentence of a question that came through the proxy on this machine, from `source`; "" without a proxy."""
    forwarded = {"HTTP_X_FORWARDED_FOR": source, "HTTP_X_FORWARDED_PROTO": scheme} if source else {}
    environ = {"HTTP_HOST": HOST, "REMOTE_ADDR": peer, "HTTP_AUTHORIZATION": f"Bearer {token}"} | forwarded | more
    body = {"mac": "3C-22-FB-00-00-01", "mode": "mac"}
    answer = Client().post("/network/authorize/", json.dumps(body), content_type="application/json", **environ)
    return answer.status_code, answer.json().get("reply:Reply-Message", {"value": [""]})["value"][0]


def made(cast: Cast, **limits: Any) -> str:
    return make_token(school=cast.hillside, name="Main", by=cast.ines, at=timezone.now(), **limits)[1]


def test_without_https_only_this_machine_asks(cast: Cast, phone: Device):
    token = made(cast)
    assert ask(token)[0] == 200
    assert ask(token, scheme="http") == (403, "This token is for HTTPS only.")
    assert ask(token, source="", peer="127.0.0.1")[0] == 200
    assert ask(token, source="", peer="::1")[0] == 200
    assert ask(token, source="", peer="10.1.0.5")[0] == 403
    # Whatever shows a proxy on this machine: somebody else asks.
    for header in ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED"):
        assert ask(token, source="", **{header: "127.0.0.1"})[0] == 403


def test_without_https_from_the_networks_of_a_token_that_says_so(cast: Cast, phone: Device):
    token = made(cast, networks="10.1.0.0/24", plain_http=True)
    assert ask(token, scheme="http")[0] == 200
    assert ask(token, scheme="http", source="10.1.1.5")[0] == 403
    assert ask(made(cast, networks="10.1.0.0/24"), scheme="http") == (403, "This token is for HTTPS only.")


def test_another_host_is_not_answered(cast: Cast, phone: Device, caplog: pytest.LogCaptureFixture):
    token = made(cast)
    for host in ("evil.example", "127.0.0.1:8000", f"{HOST}.evil.example", "a b", ""):
        assert ask(token, HTTP_HOST=host)[0] == 400
    assert "ALLOWED_HOSTS" in caplog.text
    assert Client().get(LIST, headers={"Host": "evil.example", "Authorization": f"Bearer {token}"}).status_code == 400


def test_from_elsewhere_it_is_refused_and_what_a_caller_claims_counts_for_nothing(cast: Cast, phone: Device, settings: Any):
    token = made(cast, networks="10.1.0.5 2001:db8::/32")
    refused = (403, "This token is for other addresses.")
    for source in ("10.1.0.5", "2001:db8::7", "192.0.2.9, 10.1.0.5", "::ffff:10.1.0.5"):
        assert ask(token, source=source)[0] == 200, source
    for source in ("10.1.0.6", "10.1.0.5, 192.0.2.9", "2001:db9::1", "nonsense", "10.1.0.5 10.1.0.5"):
        assert ask(token, source=source) == refused, source
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2  # and only one was passed
    assert ask(token) == refused
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0  # nobody is believed
    assert ask(token, peer="192.0.2.9") == refused
    assert ask(token, peer="10.1.0.5", source="192.0.2.9")[0] == 200


def test_one_for_questions_gets_no_list_and_one_for_lists_no_answer(cast: Cast, phone: Device):
    for only_for, asks, lists in (("", 200, 200), ("questions", 200, 403), ("lists", 403, 200)):
        token = made(cast, only_for=only_for)
        assert ask(token)[0] == asks
        got = Client().get(LIST, headers={"Host": HOST, "Authorization": f"Bearer {token}", "X-Forwarded-Proto": "https"})
        assert got.status_code == lists
        assert (b"3c:22" in got.content) == (lists == 200)


def test_after_its_last_day_it_is_refused(cast: Cast, phone: Device, monkeypatch: pytest.MonkeyPatch):
    at = timezone.now()
    token = made(cast, expires_on=cast.hillside.day_of(at))
    row = NetworkToken.objects.get()
    assert row.last_day == cast.hillside.day_of(at)
    assert ask(token)[0] == 200
    monkeypatch.setattr(timezone, "now", lambda: row.expires_at)
    assert ask(token) == (403, "This token has expired.")
    assert Client().get(LIST, headers={"Host": HOST, "Authorization": f"Bearer {token}", "X-Forwarded-Proto": "https"}).status_code == 403


def test_a_refusal_costs_one_query_and_is_noted_with_the_address(cast: Cast, phone: Device, caplog: pytest.LogCaptureFixture):
    token = made(cast, networks="10.1.0.5")
    assert ask(token)[0] == 200
    with CaptureQueriesContext(connection) as queries:
        assert ask(token, source="192.0.2.9")[0] == 403
    assert len(queries) == 1
    last_seen.write()
    row = NetworkToken.objects.get()
    assert (row.last_address, row.refused_address) == ("10.1.0.5", "192.0.2.9")
    assert row.last_used_at <= row.refused_at
    assert "was refused from 192.0.2.9" in caplog.text


def test_a_list_is_a_use_too(cast: Cast):
    token = made(cast, only_for="lists")
    proxy = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.0.9"}
    Client().get(LIST, headers={"Host": HOST, "Authorization": f"Bearer {token}", **proxy})
    last_seen.write()
    assert NetworkToken.objects.get().last_address == "10.1.0.9"


def test_the_log_says_what_a_token_may_do(cast: Cast):
    made(cast, networks="10.1.0.0/24,10.2.0.5", plain_http=True, only_for="questions", expires_on=dt.date(2090, 7, 31))
    record = json.loads(bytes(Entry.objects.get(kind="token.made").record or b""))
    assert {name: record[name] for name in ("networks", "plain_http", "only_for", "expires_at")} == {
        "networks": "10.1.0.0/24 10.2.0.5/32", "plain_http": True, "only_for": "questions", "expires_at": "2090-07-31T23:00:00.000000Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"networks": "10.1.0.5/24"}, "networks"),
        ({"networks": "nas.example"}, "networks"),
        ({"networks": "10.1.0.5 " * 40}, "networks"),
        ({"plain_http": True}, "plain_http"),
        ({"expires_on": dt.date(2020, 1, 1)}, "expires_on"),
    ],
)
def test_what_is_no_limit_is_said_beside_it_and_kept(
    cast: Cast, signed_in: Callable[..., Client], limits: dict[str, Any], code: str, settings: Any
):
    with pytest.raises(RefusedError) as refused:
        made(cast, **limits)
    assert refused.value.code == code
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = False, ["testserver"]
    typed = {"school": cast.hillside.pk, "name": "Main", **{name: "on" if value is True else str(value) for name, value in limits.items()}}
    page = signed_in(cast.ines).post("/admin/declarations/networktoken/add/", typed)
    assert page.status_code == 200
    assert code in page.context["form"].errors
    assert 'value="Main"' in page.text
    assert not NetworkToken.objects.exists()


def test_the_dashboard_says_what_ends_and_what_was_refused(cast: Cast, signed_in: Callable[..., Client], settings: Any):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = False, ["testserver"]
    at, client = timezone.now(), signed_in(cast.ines)
    today = cast.hillside.day_of(at)
    make_token(school=cast.hillside, name="Far", by=None, at=at, expires_on=today + 40 * DAY)
    assert "Network tokens" not in client.get("/admin/").context["panels"]
    assert "its last day" not in client.get("/admin/").text
    make_token(school=cast.hillside, name="Near", by=None, at=at, expires_on=today + 20 * DAY)
    make_token(school=cast.riverside, name="Theirs", by=None, at=at, expires_on=today)
    make_token(school=cast.hillside, name="Over", by=None, at=at - 2 * DAY, only_for="lists", expires_on=today - DAY)
    pinned = make_token(school=cast.hillside, name="Stolen", by=None, at=at, only_for="lists")[0]
    last_seen.uses.append(last_seen.Use(pinned, at, "192.0.2.9", is_refused=True))
    last_seen.write()
    for page in ("/admin/", "/admin/declarations/networktoken/overview/"):
        text = client.get(page).text
        assert text.count("its last day is") == 1
        assert text.count("its last day was") == 1
        assert "from 192.0.2.9" in text
        assert "Theirs" not in text
    lines = client.get("/admin/declarations/networktoken/").text
    assert "expired" in lines
    assert "192.0.2.9" in lines


@pytest.mark.parametrize(
    ("address", "networks", "expected"),
    [
        ("10.1.0.5", "10.1.0.5", True),
        ("10.1.0.5", "10.0.0.0/8 ::1", True),
        ("10.1.0.5", "", False),
        ("", "0.0.0.0/0", False),
        ("::1", "0.0.0.0/0", False),
    ],
)
def test_whether_an_address_is_within(address: str, networks: str, expected: bool):
    assert is_within(address, networks) is expected
