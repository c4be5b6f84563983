"""A site of several worker processes on loopback, as the image starts it, over a database of its own with the cast in it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
FILL = "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0); "
FILL += "from tests.cast import make_cast; make_cast()"


@dataclass(frozen=True)
class Site:
    url: str
    pid: int

    def workers(self) -> dict[int, int]:
        """The processor time that each worker has used, in ticks; nothing where the system does not say."""
        found = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            if int(fields[1]) == self.pid:
                found[int(path.parent.name)] = int(fields[11]) + int(fields[12])
        return found


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """Its address: a file, or another database beside that of the tests."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'site.sqlite3'}"
        return
    here = connection.settings_dict
    name = f"site_{os.getpid()}"
    with psycopg.connect(host=here["HOST"], port=here["PORT"] or None, user=here["USER"], password=here["PASSWORD"] or None,
                         dbname="postgres", autocommit=True) as server:  # fmt: skip
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://{here['USER']}@/{name}?host={here['HOST']}&port={here['PORT']}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running(folder: Path, *, workers: int, migrated: Callable[[Path], Path]) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if connection.vendor == "sqlite":
        migrated(folder / "site.sqlite3")
    with own_database(folder) as database:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        own = {"DATABASE_URL": database, "DATABASE_PASSWORD": connection.settings_dict.get("PASSWORD") or "", "DATA_DIR": str(folder),
               "SECRET_KEY": "of a site that lives for a minute"}  # fmt: skip
        # The cast's passwords are hashed as in production, and so is the key of the evidence log made.
        subprocess.run([sys.executable, "manage.py", "evidence_key", "create"], cwd=ROOT, env=kept | own, check=True, capture_output=True)
        filled = kept | own | {"DJANGO_SETTINGS_MODULE": "schoolpolicy.settings"}
        subprocess.run([sys.executable, "-c", FILL], cwd=ROOT, env=filled, check=True, capture_output=True)
        subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], cwd=ROOT, env=kept | own, check=True)
        with (folder / "site.log").open("wb") as log:
            process = subprocess.Popen(command(port, workers), cwd=ROOT, env=kept | own, stdout=log, stderr=log)
            try:
                wait_for(f"http://127.0.0.1:{port}", process, folder / "site.log")
                yield Site(f"http://127.0.0.1:{port}", process.pid)
            finally:
                process.terminate()
                process.wait()


def command(port: int, workers: int) -> list[str]:
    """What the image starts, elsewhere."""
    started = json.loads(re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1])
    for option, value in (("host", "127.0.0.1"), ("port", str(port)), ("workers", str(workers))):
        started[started.index(f"--{option}") + 1] = value
    return [sys.executable, "-m", *started]


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5).close()  # noqa: S310  # our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text(errors="replace"))
