"""A mail server that takes, refuses, hangs or is away, and counts what it took by Message-ID."""

import socketserver
import threading
from collections import Counter
from email.parser import BytesHeaderParser
from enum import Enum


class Mood(Enum):
    TAKES = "takes"
    REFUSES = "refuses"  # every letter, after its address
    HANGS = "hangs"  # takes the connection and says nothing


class Conversation(socketserver.StreamRequestHandler):
    server: "Server"

    def handle(self) -> None:
        post = self.server.post
        if post.mood is Mood.HANGS:
            post.changed.wait(timeout=60)
            return
        self.say("220 mail.example ready")
        while line := self.rfile.readline(2000):
            verb = line[:4].upper().strip()
            if verb == b"QUIT":
                self.say("221 bye")
                return
            if verb == b"RCPT" and post.mood is Mood.REFUSES:
                self.say("451 not now")
            elif verb == b"DATA":
                self.say("354 go on")
                post.take(self.letter())
                self.say("250 taken")
            else:
                self.say("250 mail.example")

    def letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if not line:
            raise ConnectionError("the sender went away in the middle of a letter")
        return b"".join(lines)

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, post: "Post", port: int) -> None:
        self.post = post
        super().__init__(("127.0.0.1", port), Conversation)

    def handle_error(self, request: object, client_address: object) -> None:
        """Senders are killed in the middle of a letter here: that is no news."""


class Post:
    """The mail server on a port of the loopback interface, with the letters that it took."""

    def __init__(self) -> None:
        self.mood = Mood.TAKES
        self.changed = threading.Event()
        self.copies: Counter[str] = Counter()
        self.letters: dict[str, bytes] = {}
        self.lock = threading.Lock()
        self.server: Server | None = None
        self.port = 0
        self.come_back()

    def come_back(self) -> None:
        self.server = Server(self, self.port)
        self.port = int(self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def go_away(self) -> None:
        """Nobody listens: connections are refused."""
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def be(self, mood: Mood) -> None:
        self.mood = mood
        self.changed.set()
        self.changed = threading.Event()

    def take(self, letter: bytes) -> None:
        number = str(BytesHeaderParser().parsebytes(letter)["Message-ID"])
        with self.lock:
            self.copies[number] += 1
            self.letters[number] = letter

    def duplicates(self) -> int:
        with self.lock:
            return sum(count - 1 for count in self.copies.values())
