"""People who sign over HTTP, and try again when it did not work, as people do."""

import http.client
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass
from urllib.parse import parse_qs

type Post = tuple[str, str]  # the cookies, and the form

NOT_RECORDED = "Your declaration has not been recorded"
RECORDED = "/declarations/"


@dataclass(frozen=True)
class Answer:
    """What a person saw, and after how many seconds; status 0: the connection broke, and `words` say how."""

    status: int
    reference: str = ""
    words: str = ""
    seconds: float = 0.0

    @property
    def is_acknowledged(self) -> bool:
        return self.status == 302 and bool(self.reference)

    @property
    def is_honest_refusal(self) -> bool:
        return self.status == 0 or (self.status == 503 and NOT_RECORDED in self.words)


def name_of(post: Post) -> str:
    return parse_qs(post[1])["typed_name"][0]


def submit(port: int, post: Post, *, ready: threading.Barrier | None = None) -> Answer:
    """One press of Sign. With `ready`, connected first, and then all at once."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    headers = {"Cookie": post[0], "Content-Type": "application/x-www-form-urlencoded"}
    start = time.monotonic()
    try:
        if ready is not None:
            client.connect()
            ready.wait(timeout=180)
        start = time.monotonic()
        client.request("POST", "/sign/", post[1], headers)
        response = client.getresponse()
        words = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, words=repr(error), seconds=time.monotonic() - start)
    finally:
        client.close()
    location = response.headers["Location"] or ""
    reference = location.removeprefix(RECORDED).strip("/") if location.startswith(RECORDED) else ""
    return Answer(response.status, reference, words, time.monotonic() - start)


class Signers:
    """People who sign in the background until they are told to stop; who has signed presses Sign again now and then."""

    def __init__(self, port: int, posts: list[Post], *, clients: int, pause: float) -> None:
        self.port, self.pause = port, pause
        self.waiting = deque(posts)
        self.done: deque[Post] = deque(maxlen=200)
        self.acknowledged: dict[str, str] = {}
        self.answers: Counter[str] = Counter()
        self.troubles: list[str] = []
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.live, args=(number,), daemon=True) for number in range(clients)]

    def start(self) -> "Signers":
        for thread in self.threads:
            thread.start()
        return self

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=200)

    def live(self, number: int) -> None:
        turn = number
        while not self.stopped.is_set():
            turn += 1
            if (post := self.take(again=turn % 3 == 0)) is not None:
                self.note(post, submit(self.port, post))
            self.stopped.wait(self.pause)

    def take(self, *, again: bool) -> Post | None:
        with self.lock:
            if again and self.done:
                self.done.rotate()
                return self.done[0]
            return self.waiting.popleft() if self.waiting else None

    def note(self, post: Post, answer: Answer) -> None:
        name = name_of(post)
        with self.lock:
            known = self.acknowledged.get(name)
            if answer.is_acknowledged:
                self.answers["acknowledged" if known is None else "acknowledged again"] += 1
                if known not in {None, answer.reference}:
                    self.troubles.append(f"{name} was led to {known} and then to {answer.reference}")
                if known is None:
                    self.done.append(post)
                self.acknowledged[name] = answer.reference
                return
            self.answers["broken off" if answer.status == 0 else f"status {answer.status}"] += 1
            if not answer.is_honest_refusal:
                self.troubles.append(f"{name} was answered {answer.status}, which is neither signed nor “not recorded”")
            if known is None:
                self.waiting.append(post)

    def so_far(self) -> dict[str, str]:
        """Who was told that they had signed, and the reference that they were shown."""
        with self.lock:
            return dict(self.acknowledged)

    def count(self, kind: str) -> int:
        with self.lock:
            return self.answers[kind]
