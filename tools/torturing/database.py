"""A PostgreSQL to be killed and filled: the throw-away cluster of the tests, whose disk may be a small one of its own."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.with_postgres import finish, locale, programs_folder, runnable, someone_else, wait_for
from torturing.processes import children, kill

# The promises of a database in production: what it said is on disk.
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")
# The sabotage: it says so before it is true.
FORGETFUL = ("fsync=on", "synchronous_commit=off", "wal_writer_delay=10s", "full_page_writes=on")
SMALL = ("min_wal_size=2MB", "max_wal_size=4MB")


class Cluster:
    """A cluster in `folder`; with `megabytes`, its data are on a memory disk of that size, which nobody else can see.

    The disk is mounted in a namespace of its own: it is gone when the processes in it are.
    """

    def __init__(self, folder: Path, *, settings: tuple[str, ...], megabytes: int = 0) -> None:
        folder.mkdir()
        self.folder, self.settings, self.data = folder, settings, folder / "data"
        self.account: dict[str, Any] = someone_else(folder) if os.geteuid() == 0 else {}
        self.account |= {"env": {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}, "cwd": folder}
        self.programs = runnable(programs_folder(), folder, self.account)
        self.disk: subprocess.Popen[bytes] | None = None
        self.inside: list[str | Path] = []
        if megabytes:
            self.make_disk(megabytes)
        version = finish([self.programs / "postgres", "--version"], self.account).split()[2]
        initdb: list[str | Path] = [self.programs / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        finish([*self.inside, *initdb, *(["--wal-segsize=1"] if megabytes else []), *locale(version)], self.account)
        self.server = self.start()
        finish([self.programs / "createdb", "-h", folder, "-U", "postgres", "schoolpolicy"], self.account)
        self.url = f"postgresql://postgres@/schoolpolicy?host={folder}"

    def make_disk(self, megabytes: int) -> None:
        self.data = self.folder / "disk" / "data"
        self.data.parent.mkdir()
        mount = f"mount -t tmpfs -o size={megabytes}m none {self.data.parent} && exec sleep 3600"
        unshare = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-c", mount]
        self.disk = subprocess.Popen(unshare, **self.account)
        self.inside = ["nsenter", f"--target={self.disk.pid}", "--user", "--mount", "--preserve-credentials", "--"]
        give_up = time.monotonic() + 20
        while "tmpfs" not in self.run_inside(f"stat -f -c %T {self.data.parent}"):
            if self.disk.poll() is not None or time.monotonic() > give_up:
                raise SystemExit("The full disk needs a small disk of its own: Linux with user namespaces (unshare --user --mount).")
            time.sleep(0.1)

    def run_inside(self, script: str) -> str:
        """What the script prints, where the small disk is mounted."""
        command = [*self.inside, "sh", "-c", script]
        done: subprocess.CompletedProcess[str] = subprocess.run(command, check=False, capture_output=True, text=True, **self.account)
        return done.stdout

    def fill(self) -> None:
        """Not a byte is left."""
        self.run_inside(f"cat /dev/zero >> {self.data.parent}/ballast")

    def make_room(self) -> None:
        self.run_inside(f"rm -f {self.data.parent}/ballast")

    def start(self) -> subprocess.Popen[str]:
        settings = [*self.settings, "listen_addresses=", f"unix_socket_directories={self.folder}"]
        command: list[str | Path] = [self.programs / "postgres", "-D", self.data, *(word for one in settings for word in ("-c", one))]
        with (self.folder / "log").open("a") as log:
            self.server = subprocess.Popen([*self.inside, *command], stdout=log, stderr=log, text=True, **self.account)
        wait_for(self.server, self.programs, self.folder, self.account)
        return self.server

    def is_up(self) -> bool:
        return self.server.poll() is None

    def kill(self) -> None:
        """The postmaster and all its children at once, as when the power goes."""
        pids = [self.server.pid, *children(self.server.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        self.server.kill()
        kill(*pids[1:])
        self.server.wait()

    def stop(self) -> None:
        if self.is_up():
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(timeout=30)
        if self.disk is not None:
            self.disk.kill()
            self.disk.wait()
