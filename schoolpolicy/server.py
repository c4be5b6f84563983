"""The door to the web: granian waits here for the whole of a request, and a thread of Django gets it only then.

Granian's own WSGI interface gives each request a thread as soon as its head has come, so that a few clients that never send
the rest of theirs would hold all threads. RSGI is granian's own interface: https://github.com/emmett-framework/granian, docs/spec/RSGI.md.
"""

import asyncio
import io
import logging
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # what granian documents for it

# Requests that are worked on at once in each process: a certificate takes a core, a page waits for the database most of the time.
THREADS = 4
# No upload is larger than 5 MB; the rest is the form around it.
LARGEST_BODY = 6_000_000
# A form of ticks and words has less: it always finds room, whatever else is on its way.
SMALL_BODY = 65_536
# What may lie in memory of all requests that are still on their way.
ROOM = 60_000_000
# A body must be here after so many seconds, and one more for each 25 kB: less than the slowest line of a school.
SECONDS_FOR_BODY, BYTES_A_SECOND = 20, 25_000
# So long a client may take for the next part of a download that is written while it goes.
SECONDS_FOR_PART = 60
SHORT = 1_000_000  # bytes of an answer that is handed over in one piece, so that its thread is free
TOO_LARGE = "This is more than any file that is taken here: at most 5 MB are possible."

log = logging.getLogger("schoolpolicy.server")


class Headers(Protocol):
    """The headers of a request, their names in lower case."""

    def get(self, key: str, default: Any = None) -> Any: ...
    def items(self) -> list[tuple[str, str]]: ...


class Scope(Protocol):
    """What RSGI says of a request before its body."""

    proto: str
    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    headers: Headers


class Refused(Exception):
    """A request that is not let in; `args` are the status and what is wrong, in one sentence."""


class Server:
    """An RSGI application that answers with a WSGI application."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self.on_its_way = 0  # bytes of bodies; only the loop's thread writes it

    async def __rsgi__(self, scope: Scope, protocol: Any) -> None:
        if scope.proto != "http":  # a web socket
            protocol.close(403)
            return
        try:
            body = await self.read(scope, protocol)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self.threads, self.answer, environ(scope, body), protocol, loop)
        except Refused as refused:
            status, sentence = refused.args
            headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close"), ("cache-control", "no-store")]
            protocol.response_str(status, headers, sentence)
        except (ProtocolClosed, TimeoutError):
            log.info("A client went away before it was answered.")

    async def read(self, scope: Scope, protocol: Any) -> bytes:
        """Returns the whole body; raises Refused for one that is too large, too slow, or finds no room."""
        declared = scope.headers.get("content-length")
        if declared is None and scope.headers.get("transfer-encoding") is None:
            return b""
        length = int(declared) if declared is not None else LARGEST_BODY
        if length > LARGEST_BODY:
            raise Refused(413, TOO_LARGE)
        try:
            async with asyncio.timeout(SECONDS_FOR_BODY + length / BYTES_A_SECOND):
                # In one piece costs half of what it costs in parts.
                body: bytes = await protocol() if length <= SMALL_BODY else await self.gather(protocol)
        except TimeoutError:
            raise Refused(408, "The rest of what you sent did not come.") from None
        if declared is not None and len(body) != length:
            raise ProtocolClosed("the body broke off")
        return body

    async def gather(self, protocol: Any) -> bytes:
        """Returns a body that may be large, unless there is no room for it."""
        parts: list[bytes] = []
        size = 0
        try:
            async for part in protocol:
                size += len(part)
                self.on_its_way += len(part)
                if size > LARGEST_BODY:
                    raise Refused(413, TOO_LARGE)
                if size > SMALL_BODY and self.on_its_way > ROOM:
                    raise Refused(503, "Too many files are on their way here. Send yours again in a minute.")
                parts.append(part)
        finally:
            self.on_its_way -= size
        return b"".join(parts)

    def answer(self, asked: dict[str, Any], protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread: lets Django answer; a long answer goes out part by part."""
        started: list[Any] = []
        response = self.application(asked, lambda status, headers, _error=None: started.extend([int(status.split(" ", 1)[0]), headers]))
        try:
            parts = iter(response)
            beginning = first(parts)
            status, headers = started
            rest = next(parts, None)
            if rest is None:
                protocol.response_bytes(status, headers, beginning)
                return
            stream = protocol.response_stream(status, headers)
            while rest is not None:
                for part in (beginning, rest):
                    if part:
                        asyncio.run_coroutine_threadsafe(send(stream, part), loop).result(SECONDS_FOR_PART)
                beginning, rest = b"", next(parts, None)
        finally:
            if hasattr(response, "close"):
                response.close()


async def send(stream: Any, part: bytes) -> None:
    await stream.send_bytes(part)


def first(parts: Iterable[bytes]) -> bytes:
    """The beginning of an answer, all of it if it is short."""
    beginning = b""
    for part in parts:
        beginning += part
        if len(beginning) > SHORT:
            break
    return beginning


def environ(scope: Scope, body: bytes) -> dict[str, Any]:
    """What WSGI (PEP 3333) calls the environment: its texts are bytes, written as Latin-1."""
    found: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": host(scope.client),
        "SERVER_NAME": host(scope.server),
        "SERVER_PORT": scope.server.rpartition(":")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:  # `X_Forwarded_For` would pass for the header with hyphens, which a proxy vouches for
            continue
        key = "HTTP_" + name.upper().replace("-", "_")
        found[key] = f"{found[key]},{value}" if key in found else value
    found["CONTENT_TYPE"] = found.pop("HTTP_CONTENT_TYPE", "")
    found.pop("HTTP_CONTENT_LENGTH", None)
    found["CONTENT_LENGTH"] = str(len(body))
    return found


def host(address: str) -> str:
    """`127.0.0.1` of `127.0.0.1:8000`."""
    return address.rpartition(":")[0].strip("[]")


def network_alone(application: Any) -> Any:
    """Returns a WSGI application that answers `/network/…` and `/healthz` as `application` does, and nothing else.

    The network has workers of its own, so that no page, upload or drawing makes a device wait (docs/install.md).
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/healthz" or path.startswith("/network/"):
            answered: Iterable[bytes] = application(environ, start_response)
            return answered
        # As below /network/: FreeRADIUS would go on after a 404.
        start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]

    return answer
