#!/usr/bin/env python3
"""Tries to break the promises: nothing that was acknowledged is lost, nothing is half there, every letter arrives.

`make torture` runs all of it against the real server, on a PostgreSQL of its own, on the loopback interface; it ends by
itself, takes away what it made, prints its figures, and exits with 1 if a promise was broken. docs/torture.md says more.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from torturing.parts import Scene

TOOLS = Path(__file__).resolve().parent
sys.path.append(str(TOOLS.parent))
MOST_SECONDS = 60 * 60  # for each half; a machine of two cores that does nothing else needs a quarter of it


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    crowd: int = 200
    slow_clients: int = 200
    slow_people: int = 60
    worker_kills: int = 100
    database_kills: int = 30
    signers: int = 1500
    pause: float = 1.0
    outage_people: int = 30
    outage_seconds: float = 15
    disk_people: int = 80
    web_workers: int = 3
    senders: int = 2
    patient: bool = True


SMALL = Size(crowd=10, slow_clients=30, slow_people=5, worker_kills=3, database_kills=1, signers=60, pause=0.2, outage_people=4,
             outage_seconds=1, disk_people=12, web_workers=2, senders=1, patient=False)  # fmt: skip
PARTS = ("crowd", "slow", "kills", "mail", "disk")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"which of {', '.join(PARTS)}; all of them if none is named")
    parser.add_argument("--small", action="store_true", help="a little of everything, to see that the harness works")
    parser.add_argument("--forgetful", action="store_true", help="PostgreSQL acknowledges before it writes: a promise must be found broken")
    parser.add_argument("--figures", type=Path, help=argparse.SUPPRESS)  # how one half tells the other
    chosen = parser.parse_args()
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    parts = [part for part in PARTS if part in (chosen.parts or PARTS)]
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, leave)
    size = SMALL if chosen.small else Size()
    if chosen.figures:
        signal.alarm(MOST_SECONDS)
        torment(parts, size, chosen.figures, forgetful=chosen.forgetful)
        return 0
    return report(halves(parts, chosen))


def halves(parts: list[str], chosen: argparse.Namespace) -> dict[str, list[Any]]:
    """The full disk has a database of its own, and so a process of its own; the others share one."""
    found: dict[str, list[Any]] = {"rows": [], "troubles": []}
    for half in ([part for part in parts if part != "disk"], [part for part in parts if part == "disk"]):
        if not half:
            continue
        with tempfile.TemporaryDirectory(prefix="schoolpolicy-figures-") as folder:
            path = Path(folder) / "figures.json"
            command = [sys.executable, str(Path(__file__)), *half, "--figures", str(path)]
            command += ["--small"] * chosen.small + ["--forgetful"] * chosen.forgetful
            running = subprocess.Popen(command)
            try:
                code = running.wait()
            except BaseException:
                running.terminate()
                running.wait()
                raise
            if path.exists():
                for name, values in json.loads(path.read_text()).items():
                    found[name] += values
            if code:
                found["rows"].append([" ".join(half), f"came to no end (exit code {code})", "", False])
    return found


def report(found: dict[str, list[Any]]) -> int:
    part_before = ""
    for part, what, figure, kept in found["rows"]:
        print(f"{part if part != part_before else '':<11}{what:<58}{figure:>10}{'' if kept else '   BROKEN'}")
        part_before = part
    broken = [row for row in found["rows"] if not row[3]]
    for trouble in found["troubles"]:
        print(f"BROKEN: {trouble}")
    print(f"{len(broken)} promises broken." if broken else "Every promise was kept.")
    return 1 if broken else 0


def torment(parts: list[str], size: Size, figures: Path, *, forgetful: bool) -> None:
    """A database, a server, a mail server and people; then what was asked for; then everything is taken away.

    The figures are written even if it is stopped.
    """
    # /tmp and not $TMPDIR: the path of a socket may have 103 characters.
    folder = Path(tempfile.mkdtemp(prefix="schoolpolicy-torture-", dir="/tmp"))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else where this is root
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        scene = set_up(stack, folder, size, forgetful=forgetful, disk=parts == ["disk"])
        try:
            run_parts(scene, parts, size, forgetful=forgetful)
        finally:
            figures.write_text(json.dumps({"rows": scene.figures.rows, "troubles": scene.figures.troubles}))


def set_up(stack: ExitStack, folder: Path, size: Size, *, forgetful: bool, disk: bool) -> "Scene":
    from torturing.database import DURABLE, FORGETFUL, SMALL, Cluster
    from torturing.mail import Post

    settings = FORGETFUL if forgetful else DURABLE
    cluster = Cluster(folder / "pg", settings=settings + SMALL, megabytes=160) if disk else Cluster(folder / "pg", settings=settings)
    stack.callback(cluster.stop)
    mail = Post()
    stack.callback(mail.go_away)
    port = free_port()
    os.environ |= {
        "PYTHONPATH": os.pathsep.join([str(TOOLS), str(TOOLS.parent)]),
        "DJANGO_SETTINGS_MODULE": "torturing.settings",
        "DATABASE_URL": cluster.url,
        "DATA_DIR": str(folder / "data"),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail.port),
        "DEFAULT_FROM_EMAIL": "declarations@school.example",
    }
    import django

    django.setup()
    from bench_server.signing import seed
    from django.core.management import call_command
    from django.db import connection
    from torturing.parts import Figures, Scene
    from torturing.product import Sender, Web

    from declarations.organisation.models.school import School

    call_command("evidence_key", "create", verbosity=0)
    number = size.disk_people if disk else size.crowd + size.slow_people + size.signers + 3 * size.outage_people
    forms = seed(number)
    School.objects.update(checkpoint_recipients="chair@governors.example dpo@trust.example")
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # what was seeded is on disk, however forgetful
    web = Web(port, folder / "web.log", workers=size.web_workers)
    stack.callback(web.stop)
    senders = []
    for count in range(size.senders):
        senders.append(Sender(folder / f"sender{count}.log"))
        stack.callback(senders[-1].stop)
    say(f"{number} people, {size.web_workers} web workers, {size.senders} that send mail, are up in {folder}")
    return Scene(cluster, web, senders, mail, forms, Figures())


def run_parts(scene: "Scene", parts: list[str], size: Size, *, forgetful: bool) -> None:
    from torturing import parts as torments
    from torturing.ending import whole_log

    start = time.monotonic()

    def now(what: str) -> None:
        say(f"{time.monotonic() - start:5.0f} s: {what}")

    if "crowd" in parts:
        now("a crowd")
        torments.crowd(scene, people=size.crowd)
    if "slow" in parts:
        now("clients that never finish")
        torments.slow_clients(scene, clients=size.slow_clients, people=size.slow_people)
    if "kills" in parts:
        now("kill −9")
        torments.kills(scene, worker_kills=size.worker_kills, database_kills=size.database_kills, people=size.signers, pause=size.pause)
    if "mail" in parts:
        now("a bad mail server")
        torments.bad_mail(scene, people=size.outage_people, seconds=size.outage_seconds)
    if "disk" in parts:
        now("a full disk")
        torments.full_disk(scene, people=size.disk_people)
    if not forgetful:  # a log that lost what it had signed hands out no certificate, until somebody says why
        now("all letters are waited for")
        torments.all_mail(scene, patient=size.patient)
    now("the whole log is checked")
    whole_log(scene)
    now("done")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(f"stopped after {MOST_SECONDS} s" if number == signal.SIGALRM else 128 + number)


if __name__ == "__main__":
    raise SystemExit(main())
