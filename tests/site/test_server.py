"""The door to the web: a client that does not send the rest of its request keeps nobody else waiting."""

import asyncio
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from schoolpolicy import server

ROOT = Path(__file__).resolve().parent.parent.parent
SLOW_CLIENTS = 40  # a process works on four requests at once


class Asking:
    """A request as granian hands it over, and what it was answered."""

    def __init__(self, *parts: bytes, stops: bool = False) -> None:
        self.parts, self.stops = parts, stops
        self.answered: tuple[int, dict[str, str], bytes] | None = None

    async def __call__(self) -> bytes:
        return b"".join([part async for part in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part
        if self.stops:
            await asyncio.sleep(3600)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answered = status, dict(headers), body

    def response_str(self, status: int, headers: list[tuple[str, str]], body: str) -> None:
        self.response_bytes(status, headers, body.encode())

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Any:
        self.response_bytes(status, headers, b"")

        async def send_bytes(part: bytes) -> None:
            assert self.answered
            self.answered = *self.answered[:2], self.answered[2] + part

        return SimpleNamespace(send_bytes=send_bytes)


def scope(method: str = "POST", **headers: str) -> Any:
    """`content_length` for the header `content-length`."""
    return SimpleNamespace(
        proto="http", method=method, http_version="1.1", scheme="http", server="[::1]:8000", client="192.0.2.7:50123",
        path="/é", query_string="a=%ff",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )  # fmt: skip


def ask(asking: Asking, scope: Any, application: Callable[..., Any]) -> tuple[int, dict[str, str], bytes]:
    asyncio.run(server.Server(application).__rsgi__(scope, asking))
    assert asking.answered
    return asking.answered


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response(
        "200 OK", [("x-address", environ["REMOTE_ADDR"]), ("x-path", environ["PATH_INFO"]), ("x-length", environ["CONTENT_LENGTH"])]
    )
    return [environ["wsgi.input"].read()]


def never(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    raise AssertionError("the application was asked")


def test_the_application_gets_the_whole_request():
    status, headers, body = ask(Asking(b"one", b"two"), scope(content_length="6"), echo)
    assert (status, body) == (200, b"onetwo")
    assert headers == {"x-address": "192.0.2.7", "x-path": "/é".encode().decode("latin-1"), "x-length": "6"}


def test_a_body_without_a_length_is_read_to_its_end():
    assert ask(Asking(b"one", b"two"), scope(transfer_encoding="chunked"), echo)[2] == b"onetwo"


def test_a_request_without_a_body_waits_for_nothing():
    assert ask(Asking(stops=True), scope("GET"), echo)[2] == b""


@pytest.mark.parametrize("length", ["10", "200000"])
def test_the_rest_that_does_not_come_is_not_waited_for(length: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "SECONDS_FOR_BODY", 0.01)
    monkeypatch.setattr(server, "BYTES_A_SECOND", 10**9)
    status, headers, _body = ask(Asking(b"login=", stops=True), scope(content_length=length), never)
    assert (status, headers["connection"]) == (408, "close")


def test_a_body_that_says_that_it_is_too_large_is_not_read():
    assert ask(Asking(stops=True), scope(content_length=str(server.LARGEST_BODY + 1)), never)[0] == 413


def test_a_body_that_turns_out_to_be_too_large_is_given_up():
    parts = [bytes(1_000_000)] * (server.LARGEST_BODY // 1_000_000 + 1)
    assert ask(Asking(*parts, stops=True), scope(transfer_encoding="chunked"), never)[0] == 413


def test_large_files_wait_for_room_and_forms_do_not(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(server, "ROOM", 100_000)
    assert ask(Asking(bytes(60_000), bytes(60_000)), scope(content_length="120000"), never)[0] == 503
    assert ask(Asking(bytes(60_000)), scope(content_length="60000"), echo)[0] == 200


@pytest.mark.parametrize("length", ["10", "200000"])
def test_a_body_that_broke_off_is_not_taken_for_the_whole(length: str):
    asking = Asking(b"login=")
    asyncio.run(server.Server(never).__rsgi__(scope(content_length=length), asking))
    assert asking.answered is None


def test_a_web_socket_is_closed():
    closed: list[int] = []
    asyncio.run(server.Server(never).__rsgi__(SimpleNamespace(proto="ws"), SimpleNamespace(close=closed.append)))  # type: ignore[arg-type]
    assert closed == [403]


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen():
    asked = scope("GET")
    asked.headers = {"x_forwarded_for": "203.0.113.9", "x-forwarded-proto": "https"}
    found = server.environ(asked, b"")
    assert "HTTP_X_FORWARDED_FOR" not in found
    assert found["HTTP_X_FORWARDED_PROTO"] == "https"


def test_a_long_answer_goes_out_whole_and_is_closed():
    closed = []

    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            return iter([bytes(700_000)] * 5)

        def close(self) -> None:
            closed.append(True)

    def long(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Parts:
        start_response("200 OK", [])
        return Parts()

    assert len(ask(Asking(), scope("GET"), long)[2]) == 3_500_000
    assert closed == [True]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The product's own server, one process of it, over a database that nothing has been put into."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--port", str(number), "schoolpolicy.rsgi:application"]
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "DATA_DIR": str(folder), "SECRET_KEY": "only-here"}
    log = (folder / "log").open("w")
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while running.poll() is None and time.monotonic() < deadline:
            try:
                assert status(number, "GET", "/healthz") in {200, 503}
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail((folder / "log").read_text())
        yield number
    finally:
        running.terminate()
        running.wait(timeout=30)
        log.close()


def status(port: int, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        client.request(method, path, body, headers)
        return client.getresponse().status
    finally:
        client.close()


def test_half_sent_forms_hold_up_nobody(port: int):
    half = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nlogin="
    with ExitStack() as stack:
        for _number in range(SLOW_CLIENTS):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(half)
        time.sleep(0.5)  # until all of them have been taken up
        assert status(port, "GET", "/healthz") in {200, 503}
        assert status(port, "POST", "/network/authorize/", b"{}") == 403, "the network gets its answer"


def test_four_hundred_megabytes_are_refused_before_they_come(port: int):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    client.putrequest("POST", "/verify/")
    client.putheader("Content-Length", "400000000")
    client.endheaders()
    assert client.getresponse().status == 413
    client.close()


def test_the_networks_workers_answer_nothing_else():
    statuses: list[str] = []
    application = server.network_alone(lambda environ, _start: [environ["PATH_INFO"].encode()])

    def get(path: str) -> bytes:
        return b"".join(application({"PATH_INFO": path}, lambda status, _headers: statuses.append(status)))

    assert get("/healthz") == b"/healthz"
    assert get("/network/authorize/") == b"/network/authorize/"
    assert statuses == []
    for path in ("/", "/admin/", "/networks", "/accounts/login/"):
        assert get(path) == b""
    assert statuses == ["400 Bad Request"] * 4
