"""The parts of the torture: what is done to the product, and the figures of each."""

import http.client
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F

from declarations.common import lease
from declarations.mail.models import Email
from declarations.signing.models.declaration import Declaration
from torturing.database import Cluster
from torturing.mail import Mood, Post
from torturing.people import Post as Form
from torturing.people import Signers, name_of, submit
from torturing.product import Sender, Web
from torturing.promises import Watch

SUBMISSIONS = 3
SECONDS_OF_RADIUS = 3  # so long FreeRADIUS waits, as `network_config` writes it
# What the longest pause after a refusal and the time that a dead worker's letter is held come to, and some more.
SECONDS_FOR_THE_MAIL = lease.FOR_AN_EMAIL.total_seconds() + 240


@dataclass
class Figures:
    """A row for each figure; a promise is kept or broken."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def note(self, part: str, what: str, figure: object) -> None:
        self.rows.append((part, what, str(figure), True))

    def promise(self, part: str, what: str, figure: object, *, kept: bool) -> None:
        self.rows.append((part, what, str(figure), kept))

    def found(self, part: str, what: str, troubles: list[str]) -> None:
        """A promise that is kept if there is no trouble."""
        different = list(dict.fromkeys(troubles))
        self.promise(part, what, len(different), kept=not different)
        self.troubles += [f"{part}: {error}" for error in different[:20]]


@dataclass
class Scene:
    """All that is up, and what was found so far."""

    cluster: Cluster
    web: Web
    senders: list[Sender]
    mail: Post
    forms: list[Form]
    figures: Figures
    watch: Watch = field(default_factory=Watch)
    acknowledged: dict[str, str] = field(default_factory=dict)
    sender_kills: int = 0
    database_kills: int = 0

    def take(self, number: int) -> list[Form]:
        """So many people who have not signed."""
        taken, self.forms = self.forms[:number], self.forms[number:]
        return taken

    def signers(self, number: int, *, clients: int, pause: float) -> Signers:
        return Signers(self.web.port, self.take(number), clients=clients, pause=pause).start()

    def look(self, signers: Signers | None = None) -> list[str]:
        """The promises that are broken now."""
        told = self.acknowledged | (signers.so_far() if signers else {})
        return self.watch.broken(told)

    def over(self, signers: Signers) -> None:
        signers.stop()
        self.acknowledged |= signers.so_far()


def wait_until(holds: Callable[[], bool], *, seconds: float) -> bool:
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


def crowd(scene: Scene, *, people: int) -> None:
    """Everybody at once, and each of them three times."""
    part, forms = "crowd", scene.take(people)
    before = Declaration.objects.count()
    ready = threading.Barrier(people * SUBMISSIONS)
    start = time.perf_counter()
    with ThreadPoolExecutor(people * SUBMISSIONS) as threads:
        jobs = [[threads.submit(submit, scene.web.port, form, ready=ready) for _ in range(SUBMISSIONS)] for form in forms]
        answers = [[job.result() for job in three] for three in jobs]
    took = time.perf_counter() - start
    every = [answer for three in answers for answer in three]
    made = Declaration.objects.count() - before
    bad = [
        f"{answer.status} after {answer.seconds:.0f} s: {answer.words[:200] if answer.status == 0 else ''}"
        for answer in every
        if not answer.is_acknowledged
    ]
    waited = sorted(answer.seconds for answer in every)
    one_each = sum(1 for three in answers if len({answer.reference for answer in three if answer.is_acknowledged}) == 1)
    figures = scene.figures
    figures.note(part, "people × submissions, all at once", f"{people} × {SUBMISSIONS}")
    figures.note(part, "seconds for all of them", f"{took:.1f}")
    figures.note(part, "… for half of them", f"{waited[len(waited) // 2]:.1f}")
    figures.note(part, "… for all but one", f"{waited[-2]:.1f}")
    figures.promise(part, "declarations", made, kept=made == people)
    figures.promise(part, "people whose answers led to one certificate", one_each, kept=one_each == people)
    figures.promise(part, "answers that are no certificate (5xx, broken off)", len(bad), kept=not bad)
    figures.troubles += [f"{part}: {error}" for error in bad[:20]]
    scene.acknowledged |= {name_of(form): three[0].reference for form, three in zip(forms, answers, strict=True) if three[0].reference}
    figures.found(part, "differences, gaps, things half there", scene.look())


def slow_clients(scene: Scene, *, clients: int, people: int) -> None:
    """Clients without an account send half a form each and hold their connections, while people sign and the network asks."""
    part, figures = "slow", scene.figures
    half = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nlogin="
    question = '{"mode": "mac", "mac": "3C-22-FB-00-00-01"}'
    headers = {"Authorization": "Bearer nobodys", "Content-Type": "application/json"}
    waited: list[float] = []
    with ExitStack() as stack:
        for _number in range(clients):
            stack.enter_context(socket.create_connection(("127.0.0.1", scene.web.port))).sendall(half)
        forms = scene.take(people)
        answers = []
        for form in forms:
            answers.append(submit(scene.web.port, form))
            start = time.perf_counter()
            status = asked(scene.web.port, question, headers)
            waited.append(time.perf_counter() - start if status == 403 else float("inf"))
    bad = [f"{answer.status} after {answer.seconds:.0f} s" for answer in answers if not answer.is_acknowledged]
    figures.note(part, "clients that hold half a form", clients)
    figures.promise(part, "signed meanwhile", len(forms) - len(bad), kept=not bad)
    figures.promise(part, "longest wait of the network for an answer, seconds", f"{max(waited):.2f}", kept=max(waited) < SECONDS_OF_RADIUS)
    scene.acknowledged |= {name_of(form): answer.reference for form, answer in zip(forms, answers, strict=True) if answer.reference}
    figures.found(part, "differences, gaps, things half there", scene.look())


def asked(port: int, question: str, headers: dict[str, str]) -> int:
    """The status of the network's answer, 0 if there is none."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        client.request("POST", "/network/authorize/", question, headers)
        return client.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        client.close()


def kills(scene: Scene, *, worker_kills: int, database_kills: int, people: int, pause: float) -> None:
    """kill −9, again and again, while people sign."""
    part, figures = "kill −9", scene.figures
    signers = scene.signers(people, clients=4, pause=pause)
    troubles: list[str] = []
    for number in range(worker_kills):
        if number % 3 == 2:
            sender = scene.senders[number // 3 % len(scene.senders)]
            sender.kill()
            scene.sender_kills += 1
        else:
            scene.web.kill_one()
        signed = signers.count("acknowledged")
        time.sleep(pause)
        troubles += scene.look(signers)
        if not wait_until(lambda signed=signed: signers.count("acknowledged") > signed or not signers.waiting, seconds=60):  # type: ignore[misc]  # mypy has no type for a default of a lambda
            troubles.append(f"nobody could sign for 60 s after kill {number + 1} of a worker")
    slowest = 0.0
    for number in range(database_kills):
        signed = signers.count("acknowledged")
        if not wait_until(lambda signed=signed: signers.count("acknowledged") > signed or not signers.waiting, seconds=60):  # type: ignore[misc]  # as above
            troubles.append(f"nobody could sign for 60 s before kill {number + 1} of PostgreSQL")
        scene.cluster.kill()
        scene.database_kills += 1
        start = time.perf_counter()
        scene.cluster.start()
        slowest = max(slowest, time.perf_counter() - start)
        scene.web.ensure()
        for sender in scene.senders:
            sender.ensure()
        troubles += scene.look(signers)
    scene.over(signers)
    troubles += scene.look()
    figures.note(part, "of web workers", worker_kills - worker_kills // 3)
    figures.note(part, "of the worker that sends mail", worker_kills // 3)
    figures.note(part, "of PostgreSQL, all its processes", database_kills)
    figures.note(part, "signed and acknowledged meanwhile", len(signers.acknowledged))
    figures.note(part, "pressed Sign again, shown the first one", signers.answers["acknowledged again"])
    figures.note(part, "requests broken off by a kill", signers.answers["broken off"])
    figures.note(part, "answered “not recorded” (503)", signers.answers["status 503"])
    if database_kills:
        figures.note(part, "slowest recovery of PostgreSQL, seconds", f"{slowest:.1f}")
    figures.found(part, "answers neither signed nor “not recorded”", signers.troubles)
    figures.note(part, "looks at all promises, one after each kill", worker_kills + database_kills + 1)
    figures.found(part, "lost, half there, or differing from the log", troubles)
    figures.note(part, "times the web server itself had to be started", scene.web.restarts)
    figures.found(part, "times the mail's worker ended by itself", [death for sender in scene.senders for death in sender.deaths])


def bad_mail(scene: Scene, *, people: int, seconds: float) -> None:
    """The mail server refuses, hangs, and is down, one after the other; people go on signing."""
    part = "mail"
    troubles: list[str] = []

    def outage(name: str, begin: Callable[[], None]) -> None:
        begin()
        signers = scene.signers(people, clients=4, pause=0.5)
        wait_until(lambda: not signers.waiting, seconds=60)
        time.sleep(seconds)
        scene.over(signers)
        scene.figures.promise(
            part, f"signed while the mail server {name}", len(signers.acknowledged), kept=len(signers.acknowledged) == people
        )
        others = sum(count for kind, count in signers.answers.items() if not kind.startswith("acknowledged"))
        if signers.troubles or others:
            troubles.append(f"while the mail server {name}: {dict(signers.answers)}")

    outage("refused", lambda: scene.mail.be(Mood.REFUSES))
    outage("hung", lambda: scene.mail.be(Mood.HANGS))
    outage("was down", scene.mail.go_away)
    scene.mail.be(Mood.TAKES)
    scene.mail.come_back()
    scene.figures.found(part, "answers that are no certificate meanwhile", troubles)


def all_mail(scene: Scene, *, patient: bool) -> None:
    """Every letter arrives. Without patience, letters that a dead worker held are moved forward, as if time had passed."""
    part, figures = "mail", scene.figures
    connection.close()
    if not patient:
        scene.mail.be(Mood.TAKES)

    # Reminders wait for a school day's morning, and are dropped when their people sign: most of these people do.
    letters = Email.objects.exclude(kind=Email.Kind.REMINDER)

    def all_sent() -> bool:
        for sender in scene.senders:
            sender.ensure()
        unsent = letters.filter(sent_at=None)
        if not patient:
            unsent.filter(attempts__gt=0).update(not_before=F("written_at"))
        return not unsent.exists()

    start = time.perf_counter()
    arrived = wait_until(all_sent, seconds=SECONDS_FOR_THE_MAIL)
    numbers = {f"<letter-{pk}@127.0.0.1>" for pk in letters.values_list("pk", flat=True)}
    reminders = {f"<letter-{pk}@127.0.0.1>" for pk in Email.objects.filter(kind=Email.Kind.REMINDER).values_list("pk", flat=True)}
    missing = numbers - scene.mail.copies.keys()
    # A killed database takes the note “sent” from each worker that was just about to write it.
    crashes = scene.sender_kills + scene.database_kills * len(scene.senders)
    figures.note(part, "letters written", len(numbers))
    figures.note(part, "seconds until the last was sent", f"{time.perf_counter() - start:.0f}")
    figures.promise(part, "letters that did not arrive", len(missing), kept=arrived and not missing)
    figures.promise(
        part, f"second copies (at most one a crash: {crashes})", scene.mail.duplicates(), kept=scene.mail.duplicates() <= crashes
    )
    unknown = scene.mail.copies.keys() - numbers - reminders
    figures.promise(part, "letters that nobody wrote", len(unknown), kept=not unknown)


def full_disk(scene: Scene, *, people: int) -> None:
    """No byte is left where the database lives; then there is room again."""
    part, figures = "full disk", scene.figures
    forms = scene.take(people)
    signers = Signers(scene.web.port, forms, clients=0, pause=0)
    for _ in range(people // 4):
        press(signers)
    before = signers.count("acknowledged")
    wanted = people // 4
    end = time.monotonic() + 180
    while signers.count("status 503") < wanted and time.monotonic() < end:
        scene.cluster.fill()  # again and again: PostgreSQL gives back a file now and then
        press(signers)
    refused, fitted = signers.count("status 503"), signers.count("acknowledged") - before
    scene.cluster.make_room()
    # After a panic without room to recover PostgreSQL is down: whoever made room starts it.
    restarted = not scene.cluster.is_up()
    if restarted:
        scene.cluster.start()
    full = len(signers.acknowledged)
    end = time.monotonic() + 60
    while signers.waiting and time.monotonic() < end:
        press(signers)
    scene.acknowledged |= signers.so_far()
    figures.note(part, "signed before", before)
    figures.promise(part, "answered 503 “not recorded” with no byte left", refused, kept=refused >= wanted)
    figures.note(part, "still signed in what was reserved", fitted)
    log = (scene.cluster.folder / "log").read_text(errors="replace")
    figures.note(part, "times that PostgreSQL panicked for want of room", log.count("PANIC:"))
    figures.note(part, "PostgreSQL had to be started again", "yes" if restarted else "no")
    figures.promise(part, "signed once there was room", len(signers.acknowledged) - full, kept=not signers.waiting)
    figures.found(part, "answers neither signed nor “not recorded”", signers.troubles)
    figures.found(part, "lost, half there, or differing from the log", scene.look())


def press(signers: Signers) -> None:
    if (form := signers.take(again=False)) is not None:
        signers.note(form, submit(signers.port, form))
