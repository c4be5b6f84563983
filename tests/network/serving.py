"""The app behind a web server on loopback, over the database of the test; and a server that answers as it is told."""

import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.wsgi import get_wsgi_application
from django.db import connections


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


class Crowd(ThreadingMixIn, WSGIServer):
    """A thread for each connection, because FreeRADIUS keeps some open; one request at a time, because they may share a database."""

    request_queue_size = 64
    daemon_threads = True


@contextmanager
def app() -> Iterator[str]:
    """The product's own WSGI application; its address."""
    main = connections["default"]
    # A database in memory is where its one connection is; any other is opened anew by each thread.
    is_shared = main.vendor == "sqlite"
    application = get_wsgi_application()
    one_at_a_time = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        with one_at_a_time:
            if is_shared:
                connections["default"] = main
            try:
                response: Any = application(environ, start_response)
                body = list(response)
                response.close()
                return body
            finally:
                if not is_shared:
                    connections["default"].close()

    if is_shared:
        main.inc_thread_sharing()
    server = Crowd(("127.0.0.1", 0), Quiet)
    server.set_app(answer)
    try:
        with in_thread(server, lambda: server.serve_forever(poll_interval=0.02)) as url:
            # The first request loads half of the app: not in the seconds that FreeRADIUS waits.
            urllib.request.urlopen(f"{url}/healthz").close()  # noqa: S310  # our own server
            yield url
    finally:
        if is_shared:
            main.dec_thread_sharing()


@contextmanager
def stray(
    status: int = 200, body: bytes = b"", *, headers: dict[str, str] | None = None, seconds: float = 0.0, port: int = 0
) -> Iterator[str]:
    """Something else that answers at the app's address: a proxy's page, a redirect, or nothing for a long time."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            time.sleep(seconds)
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # it asks no longer
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    with in_thread(server, lambda: server.serve_forever(poll_interval=0.02)) as url:
        yield url


@contextmanager
def in_thread(server: HTTPServer, serve: Any) -> Iterator[str]:
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
