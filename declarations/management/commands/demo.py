"""`manage.py demo`: makes two fictional schools with everything in them, and serves them."""

import hashlib
import os
import secrets
import socket
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.utils import timezone

from declarations.evidence import keys
from declarations.management.demo import schools
from declarations.organisation.models.school import School

HOST = "127.0.0.1"
WORKERS = 2
# People type it on a phone, so it has small letters and digits that cannot be mistaken for each other.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = (
        "Makes two fictional schools, once, and serves them on http://127.0.0.1:8000. "
        "Environment: PORT, DATA_DIR (var/), DEMO_PASSWORD (else one is made, kept in DATA_DIR and printed at each start)."
    )
    requires_system_checks: list[str] = []  # at the first start there is no database yet; `migrate` runs the checks

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", dest="serve", action="store_false", help="only make the demo, and say who is in it")

    def handle(self, *args: Any, serve: bool, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        port = port_from_environment()
        if serve:
            check_port_is_free(port)
        try:
            again_as_demo(port)
            call_command("migrate", verbosity=0, interactive=False)
            if School.objects.exists() and not schools.exist():
                raise CommandError("This database holds schools that are not the demo's. Give the demo its own: DATA_DIR=/another/folder.")
            self.collect_static_files()
            password = chosen_password()
            if not settings.EVIDENCE_KEY_FILE.exists():
                keys.make(settings.EVIDENCE_KEY_FILE, demo=True)
            if schools.exist():
                schools.set_password(password)
            else:
                self.stdout.write("Making Hillside School and Riverside School …")
                schools.make(at=timezone.now(), password=password, content=settings.BASE_DIR / "content")
        except OSError as error:
            raise CommandError(f"{error.filename or settings.DATA_DIR} cannot be used: {error.strerror or error}") from error
        except KeyboardInterrupt:
            raise CommandError("Stopped before the demo was ready; the next start goes on from here.") from None
        self.say_who_is_there(password)
        if serve:
            self.serve(port)

    def collect_static_files(self) -> None:
        """Collect the static files if they have changed since the last start; compressing them takes most of a start's time."""
        stamp = settings.DATA_DIR / "static.stamp"
        now = fingerprint_of_static_files()
        if not (stamp.exists() and stamp.read_text(encoding="ascii") == now and Path(settings.STATIC_ROOT).is_dir()):
            self.stdout.write("Compressing the static files …")
            self.stdout.flush()
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamp.write_text(now, encoding="ascii")

    def say_who_is_there(self, password: str) -> None:
        width = max(len(email) for email in schools.SIGN_INS)
        self.stdout.write("\nSign in as, for example:\n")
        for email, who in schools.SIGN_INS.items():
            self.stdout.write(f"  {email:{width}}  {who}")
        self.stdout.write(f"\nThe password of everybody: {password}")
        self.stdout.write(f"Their mail lands in {settings.DATA_DIR / 'mail'}")

    def serve(self, port: int) -> None:
        """Turn this process into the web server, so that Ctrl+C and signals reach the server itself."""
        self.stdout.write(f"\nHillside and Riverside are at {settings.SITE_URL}/   (Ctrl+C stops)\n")
        self.stdout.flush()
        # The worker ends with the server, because it watches its parent.
        worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker", "--with-parent", str(os.getpid())]
        subprocess.Popen(worker)  # noqa: S603  # our own words
        address = ["--host", HOST, "--port", str(port)]
        # A worker process that is still starting does not hear the signal to stop; granian then kills it.
        size = ["--workers", str(WORKERS), "--workers-kill-timeout", "5"]
        what = ["--interface", "rsgi", "--log-level", "warning", "--working-dir", str(settings.BASE_DIR), "schoolpolicy.rsgi:application"]
        command = [sys.executable, "-m", "granian", *address, *size, *what]
        os.execv(command[0], command)  # noqa: S606  # our own interpreter, our own words


def port_from_environment() -> int:
    port_text = os.environ.get("PORT") or "8000"
    if not (port_text.isascii() and port_text.isdigit() and len(port_text) <= 5 and 1 <= int(port_text) <= 65535):
        raise CommandError(f"PORT is {port_text!r}; it takes a number from 1 to 65535.")
    return int(port_text)


def check_port_is_free(port: int) -> None:
    with socket.socket() as probe:
        # The server sets this option, too: else a connection that was closed a moment ago would hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Stop what listens there, or choose another: make demo PORT={port % 65535 + 1}"
            ) from error


def again_as_demo(port: int) -> None:
    """Start this command again with a demo's environment, unless it has one: settings are read once, at the start."""
    wanted = {"DEMO": "1"}
    if not os.environ.get("SITE_URL"):
        wanted["SITE_URL"] = f"http://{HOST}:{port}"
    if not (os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE")):
        wanted["SECRET_KEY_FILE"] = str(kept_secret("secret-key", secrets.token_urlsafe(50)))
    if wanted.items() <= os.environ.items():
        return
    os.environ.update(wanted)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # this very command


def chosen_password() -> str:
    """Return DEMO_PASSWORD, which is written nowhere, or else the demo's own password.

    A file that only this user can read keeps its own, so that what somebody wrote down or saved in a browser yesterday still works.
    """
    if password := os.environ.get("DEMO_PASSWORD"):
        return password
    random = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    return kept_secret("demo-password", random).read_text(encoding="ascii").strip()


def kept_secret(name: str, fresh: str) -> Path:
    """Read a secret from its file in DATA_DIR; if there is none, write `fresh` into one that only its owner can read."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    path: Path = settings.DATA_DIR / name
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(fresh + "\n")
    return path


def fingerprint_of_static_files() -> str:
    """Return a fingerprint that changes when any static file changes, ours or a package's."""
    return hashlib.sha256("\n".join(sorted(static_files())).encode()).hexdigest()


def static_files() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            yield f"{name} {facts.st_size} {facts.st_mtime_ns}"
