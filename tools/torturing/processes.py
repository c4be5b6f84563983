"""Processes: whose children they are, and killing them without a word."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    command: str


def processes() -> list[Process]:
    """All that run; what is dead and not yet buried does not."""
    table = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,args="], check=True, capture_output=True, text=True)  # noqa: S607  # the system's own
    rows = (line.split(maxsplit=3) for line in table.stdout.splitlines())
    return [Process(int(row[0]), int(row[1]), row[3]) for row in rows if len(row) == 4 and not row[2].startswith("Z")]


def children(parent: int, *, saying: str = "") -> list[int]:
    """The process ids of the children whose command line holds these words."""
    return [one.pid for one in processes() if one.parent == parent and saying in one.command]


def kill(*pids: int) -> None:
    """kill −9, and wait until they are gone. Only ever called with children of what this harness started."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    give_up = time.monotonic() + 30
    while {one.pid for one in processes()} & set(pids):
        if time.monotonic() > give_up:
            raise SystemExit(f"{pids} live on after SIGKILL.")
        time.sleep(0.02)
