"""The product under torment: granian with its workers, and the worker that sends the mail; both started again by whoever watches."""

import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path

from torturing.processes import children, kill

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_TO_START = 90
# A worker of granian that dies twice in this time is taken for a crash loop, and ends the server.
BETWEEN_DEATHS = 6.0


def as_in_production(changed: dict[str, str]) -> list[str]:
    """The command that the image starts, with other values for some of its options."""
    found = re.search(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    if found is None:
        raise SystemExit("The Dockerfile has no CMD to take the server's options from.")
    command: list[str] = json.loads(found[1])
    for option, value in changed.items():
        command[command.index(f"--{option}") + 1] = value
    return command


class Web:
    """Granian with the options of the image."""

    def __init__(self, port: int, log: Path, *, workers: int) -> None:
        self.port, self.log, self.number = port, log, workers
        self.seen: dict[int, float] = {}
        self.restarts = 0
        self.running = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        command = as_in_production({"host": "127.0.0.1", "port": str(self.port), "workers": str(self.number)})
        with self.log.open("ab") as log:
            self.running = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, stdout=log, stderr=log)
        give_up = time.monotonic() + SECONDS_TO_START
        while not self.answers():
            if self.running.poll() is not None or time.monotonic() > give_up:
                raise SystemExit(f"granian did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.2)
        return self.running

    def answers(self) -> bool:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            client.request("GET", "/healthz")
            return client.getresponse().status in {200, 503}
        except (OSError, http.client.HTTPException):
            return False
        finally:
            client.close()

    def kill_one(self) -> None:
        """The worker that has lived longest; the server starts another."""
        self.ensure()
        give_up = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < give_up:
            now, alive = time.monotonic(), children(self.running.pid, saying="granian")
            self.seen = {pid: self.seen.get(pid, now) for pid in alive}
            old = [pid for pid, since in self.seen.items() if now - since > BETWEEN_DEATHS]
            if old:
                kill(min(old, key=lambda pid: self.seen[pid]))
                return
            time.sleep(0.1)
        raise SystemExit("granian has no worker that could be killed.")

    def ensure(self) -> None:
        """Docker's `restart: unless-stopped`."""
        if self.running.poll() is not None:
            self.restarts += 1
            self.start()
            self.seen = {}

    def stop(self) -> None:
        workers = children(self.running.pid)
        self.running.terminate()
        try:
            self.running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
        kill(*workers)


class Sender:
    """`manage.py worker`, which sends what the outbox holds."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.deaths: list[str] = []
        self.running = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, stdout=log, stderr=log)
        return self.running

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()
        self.start()

    def ensure(self) -> None:
        """It must not end by itself, whatever happens to database and mail; if it did, its last words are kept."""
        if self.running.poll() is not None:
            last = self.log.read_text(errors="replace").strip().splitlines()[-4:]
            self.deaths.append(f"exit code {self.running.returncode}: {' | '.join(last)}")
            self.start()

    def stop(self) -> None:
        self.running.terminate()
        try:
            self.running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
