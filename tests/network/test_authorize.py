"""What the view answers, over HTTP as FreeRADIUS sends it, and to everything else."""

import json
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from declarations.devices.models import Device
from declarations.network import last_seen
from declarations.network.models import LastSeen, NetworkSettings, NetworkToken
from declarations.network.tokens import end_token, make_token
from tests.cast import Cast, ask
from tests.network.conftest import approve

URL = "/network/authorize/"
MINE = "3C-22-FB-00-00-01"
HOST = "declarations.school.example"
NOTATIONS = [
    *("3c22fb000001", "3C-22-FB-00-00-01", "3c:22:fb:00:00:01", "3c22.fb00.0001", "3c22fb-000001", "3c22-fb00-0001", "0x3C22FB000001"),
    " 3C22FB000001 ",
]


def post(client: Client, token: str, body: Any, **more: Any) -> Any:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(URL, data, content_type="application/json", headers={"Authorization": f"Bearer {token}"}, **more)


def test_its_address_is_the_one_that_the_documents_name():
    assert reverse("network_authorize") == URL


@pytest.mark.parametrize("address", NOTATIONS)
def test_yes_in_mac_mode_is_a_sign_in_and_in_gate_mode_never(client: Client, token: str, phone: Device, address: str):
    yes = post(client, token, {"mac": address, "mode": "mac"})
    assert yes.status_code == 200
    assert yes.json() == {
        "control:Tmp-String-9": {"op": ":=", "value": ["permit"], "do_xlat": False},
        "control:Auth-Type": {"op": ":=", "value": ["Accept"], "do_xlat": False},
        "reply:Session-Timeout": {"op": ":=", "value": [3600], "do_xlat": False},
    }
    NetworkSettings.objects.create(school=phone.school, vlan=120, session_timeout=900)
    gate = post(client, token, {"mac": address, "mode": "gate"}).json()
    assert {name: attribute["value"] for name, attribute in gate.items()} == {
        "control:Tmp-String-9": ["permit"],
        "reply:Session-Timeout": [900],
        "reply:Tunnel-Type": ["VLAN"],
        "reply:Tunnel-Medium-Type": ["IEEE-802"],
        "reply:Tunnel-Private-Group-Id": ["120"],
    }
    assert all(attribute["do_xlat"] is False for attribute in gate.values())


def test_one_query_no_cookie_no_redirect_no_session_even_of_somebody_signed_in(signed_in: Any, cast: Cast, token: str, phone: Device):
    client = signed_in(cast.ben)
    post(client, token, {"mac": MINE, "mode": "mac"})  # PostgreSQL plans the question once for each connection
    with CaptureQueriesContext(connection) as queries, override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=[HOST]):
        answer = post(client, token, {"mac": MINE, "mode": "mac"}, HTTP_HOST=HOST, secure=True)
    assert answer.status_code == 200
    assert len(queries) == 1
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


def test_an_ended_token_a_guess_and_none_are_the_same_to_a_caller(client: Client, cast: Cast, token: str, phone: Device):
    end_token(token=NetworkToken.objects.get(), by=None, at=timezone.now())
    answers = [post(client, one, {"mac": MINE, "mode": "mac"}) for one in (token, "guess", "")]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1


def test_another_schools_device_is_answered_like_one_that_nobody_has(client: Client, cast: Cast, phone: Device):
    there = make_token(school=cast.riverside, name="There", by=None, at=timezone.now())[1]
    known, unknown = (post(client, there, {"mac": address, "mode": "mac"}) for address in (MINE, "3C-22-FB-00-00-99"))
    assert (known.status_code, known.content, known.headers) == (unknown.status_code, unknown.content, unknown.headers)
    assert known.status_code == 401


def test_one_line_for_each_request_and_no_address_in_it(client: Client, token: str, phone: Device, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        post(client, token, {"mac": MINE, "mode": "gate"})
        post(client, token, {"mac": "3C-22-FB-00-00-99", "mode": "mac"})
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "declarations.network"]
    assert [(line["status"], line["reason"], line["device"], line["mode"]) for line in lines] == [
        (200, "", phone.pk, "gate"),
        (401, "unknown_device", None, "mac"),
    ]
    assert all(line["school"] == "hillside" and line["ms"] >= 0 for line in lines)
    assert not re.search("3C.?22.?FB", caplog.text, re.IGNORECASE)


def test_what_was_answered_is_written_beside_it(client: Client, cast: Cast, token: str, phone: Device):
    post(client, token, {"mac": MINE, "mode": "mac"})
    post(client, token, {"mac": "3C-22-FB-00-00-99", "mode": "mac"})
    assert not LastSeen.objects.exists()
    last_seen.write()
    assert set(LastSeen.objects.values_list("address", "device", "reason")) == {
        ("3C:22:FB:00:00:01", phone.pk, ""),
        ("3C:22:FB:00:00:99", None, "unknown_device"),
    }
    assert NetworkToken.objects.get().last_used_at is not None


# The request that FreeRADIUS sends, changed until it is one that must not be answered with a yes.
MODES: list[Any] = ["mac", "gate", "", "MAC", None, 1, True, [], {}, "mac ", "%{config:security}", "x" * 500]
STUFF: list[Any] = [
    "", " ", None, 0, 1.5, True, [], {}, ["3C-22-FB-00-00-01"], {"mac": MINE},
    "FF-FF-FF-FF-FF-FF", "00:00:00:00:00:00", "01-00-5E-00-00-01",
    "3C-22-FB-00-00-0", "3C-22-FB-00-00-011", "3C-22-FB-00-00-0G", "%{User-Password}", "%{exec:/bin/true}", "${client.secret}",
    "3C-22-FB-00-00-99\x00",
    "\ud800", "３C-22-FB-00-00-99", "' OR '1'='1", "3C-22-FB-00-00-99'--", "<script>", "permit", "\r\nReply-Message: hello", "9" * 1500,
]  # fmt: skip
RAW = [
    b"", b" ", b"null", b"[]", b"0", b'"permit"', b"{", b"{}", b"[" * 2000, b'{"a":' * 300, b"\xff\xfe",
    b"\x00" * 40, b"\xef\xbb\xbf{}", b"NaN",
    b'{"mac":"3C-22-FB-00-00-01","mac":"3C-22-FB-00-00-01","mode":"mac"}', b'{"mode":"mac","mac":"3C-22-FB-00-00-01","mode":"gate"}',
    b"mac=3C-22-FB-00-00-01&mode=mac", b'{"mac":"3C-22-FB-00-00-01","mode":"mac"} trailing', b"x" * 100_000, b'{"mac":1e999,"mode":"mac"}',
    b"1" * 2048, b'{"mac":' + b"9" * 2000 + b"}", '{"mac":"3C-22-FB-00-00-01","mode":"mac"}'.encode("utf-16"),
    b'{"mac":"\\ud800","mode":"mac"}',
]  # fmt: skip
METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "P%ST"]
TYPES = ["application/json", "text/plain", "", "multipart/form-data", "multipart/form-data; boundary=x",
         "application/x-www-form-urlencoded",
         "application/json; charset=utf-16", "%{x}", "a" * 300]  # fmt: skip
PATHS = ["/network/authorize", "/network/authorize//", "/network/", "/network", "/network/authorize/%2e%2e/",
         "/network/allow-list/plain/",
         "/network/allow-list/../authorize/", "/network/authorise/", "/network/\x00/", "/network/%{x}/",
         "/network/allow-list/exe/"]  # fmt: skip


def bad_requests(number: int, *, token: str, others: list[str], refused: list[str]) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """(method, path, body, headers) of requests of which not one may be answered with a yes; the same ones in every run."""
    chance = random.Random(20261123)  # no secret: the same in every run
    tokens = [
        *others,
        "",
        "x",
        token[:-1],
        token + "x",
        token.swapcase(),
        " ".join(token),
        "%{token}",
        "' OR 1=1 --",
        "é" * 20,
        "a" * 5000,
        "\x00",
    ]

    def a_body(address: Any, mode: Any) -> bytes:
        names = ["x", "control:Auth-Type", "User-Password", "%{x}", "mode2"]
        extra = {chance.choice(names): chance.choice(STUFF)} if chance.random() < 0.3 else {}
        return json.dumps({"mac": address, "mode": mode, **extra}).encode()

    def one(changed: int) -> tuple[str, str, bytes, dict[str, str]]:
        bodies = {
            1: lambda: a_body(chance.choice(STUFF), chance.choice(MODES)),
            2: lambda: a_body(chance.choice(NOTATIONS), chance.choice(MODES[2:])),
            3: lambda: chance.choice([*RAW, chance.randbytes(chance.randrange(200))]),
            4: lambda: a_body(chance.choice(refused), chance.choice(MODES[:2])),
        }
        path = URL + chance.choice(["", "", "?mode=mac", "?mac=3C-22-FB-00-00-01&%{x}", "?\x00"])
        schemes = ["Bearer ", "bearer ", "Bearer  ", "Basic ", "", "Bearer:", "Token ", "Bearer\t"]
        heading = chance.choice(schemes) + chance.choice(tokens) if changed == 0 else f"Bearer {token}"
        headers = {"CONTENT_TYPE": chance.choice(TYPES), "HTTP_AUTHORIZATION": heading}
        return (
            chance.choice(METHODS) if changed == 5 else "POST",
            chance.choice(PATHS) if changed == 6 else path,
            bodies.get(changed, lambda: a_body(MINE, "mac"))(),
            headers,
        )

    for _ in range(number):
        yield one(chance.randrange(7))


def test_ten_thousand_bad_requests_and_not_one_yes(cast: Cast, token: str, phone: Device, caplog: pytest.LogCaptureFixture):
    at = timezone.now()
    others = [
        make_token(school=cast.riverside, name="There", by=None, at=at)[1],
        make_token(school=cast.hillside, name="Old", by=None, at=at)[1],
    ]
    end_token(token=NetworkToken.objects.get(name="Old", school=cast.hillside), by=None, at=at)
    ask(cast.rita, "3c:22:fb:00:00:51")
    ask(cast.ben, "3c:22:fb:00:00:53")
    approve(ask(cast.ada, "3c:22:fb:00:00:52"), cast.hilda)
    refused = ["3C-22-FB-00-00-51", "3c22fb000053", "3c:22:fb:00:00:52", "3C-22-FB-00-00-99"]
    caplog.set_level(logging.ERROR)  # ten thousand lines say nothing
    client = Client(raise_request_exception=False)
    assert post(client, token, {"mac": MINE, "mode": "mac"}).status_code == 200
    counts: Counter[int] = Counter()
    wrong = []
    for method, path, body, headers in bad_requests(10_000, token=token, others=others, refused=refused):
        where, _mark, query = path.partition("?")
        answer = client.generic(method, where, body, QUERY_STRING=query, **headers)
        counts[answer.status_code] += 1
        allowed = {400, 401, 403, 405} if where != "/network/allow-list/plain/" else {403, 405}
        said = answer.content.decode()
        if answer.status_code not in allowed or "permit" in said or "Accept" in said or "%{" in said or "3C-22" in said.upper():
            wrong.append((method, path, body[:80], headers, answer.status_code, said[:200]))
    assert wrong == []
    assert set(counts) == {400, 401, 403, 405}
    assert min(counts.values()) > 500, counts


def test_a_yes_is_still_possible_among_them(cast: Cast, token: str, phone: Device):
    """The control: the same generator with nothing bad about it gets its yes."""
    client = Client(raise_request_exception=False)
    headers = {"CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"bearer {token}"}
    for mode in ("mac", "gate"):
        assert client.generic("POST", URL, json.dumps({"mac": MINE, "mode": mode, "x": 1}).encode(), **headers).status_code == 200
