"""A mail server on the loopback that behaves as badly as a test wants it to."""

import email
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message


@dataclass
class Stub:
    """`mood`: "well", "refuses" (every recipient), "rejects" (every message, at its end), "busy" (4xx at the greeting),
    "hangs" (says nothing).
    """

    mood: str = "well"
    port: int = 0
    arrived: list[Message] = field(default_factory=list)
    # Called when a message has arrived whole, before the sender is told.
    on_arrival: Callable[[], None] = lambda: None
    released: threading.Event = field(default_factory=threading.Event)

    def ids(self) -> Counter[str]:
        return Counter(message["Message-ID"] for message in self.arrived)

    def options(self, timeout: int = 5) -> dict[str, dict]:
        """What `MAILERS` is while this server is the school's."""
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"default": {"BACKEND": backend, "OPTIONS": {"host": "127.0.0.1", "port": self.port, "timeout": timeout}}}


class Conversation(socketserver.StreamRequestHandler):
    """One sender's; as much of RFC 5321 as it needs."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        stub: Stub = self.server.stub
        if stub.mood == "hangs":
            stub.released.wait(30)
            return
        if stub.mood == "busy":
            self.say("421 Come back later")
            return
        self.say("220 stub.example")
        while line := self.rfile.readline():
            self.answer(line[:4].upper().strip(), stub)

    def answer(self, verb: bytes, stub: Stub) -> None:
        if verb == b"RCPT" and stub.mood == "refuses":
            self.say("550 Nobody of the name ben@hillside.example here")
        elif verb == b"DATA":
            self.say("354 Go on")
            if stub.mood == "rejects":
                self.body()
                self.say("554 No such words here")
            else:
                self.take(stub)
                self.say("250 Taken")
        else:
            self.say("221 Bye" if verb == b"QUIT" else "250 Well")

    def body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def take(self, stub: Stub) -> None:
        stub.arrived.append(email.message_from_bytes(self.body()))
        stub.on_arrival()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    stub: Stub

    def handle_error(self, request: object, client_address: object) -> None:
        """Who went away in the middle was killed: that is the test."""


@contextmanager
def mail_server(mood: str = "well") -> Iterator[Stub]:
    stub = Stub(mood)
    with Server(("127.0.0.1", 0), Conversation) as server:
        server.stub, stub.port = stub, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield stub
        finally:
            stub.released.set()
            server.shutdown()
            thread.join()


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
