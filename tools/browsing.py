"""The demo in a folder of its own, and Chromium to look at it: for the browser tests and for the pictures."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "demo people share this one"  # noqa: S105  # of fictional people, on a server that lives for minutes
NAMES = ("chromium", "chromium-browser", "google-chrome")
APPLICATIONS = ("/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
STARTS_WITHIN = 180  # seconds: the first start compresses the static files, and the machine may be busy


@dataclass(frozen=True)
class Demo:
    """A demo that is being served: `url` without a slash at the end."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def running_demo(data: Path, *, site_url: str = "") -> Iterator[Demo]:
    """`manage.py demo` on a free port, its data in `data`, everybody's password PASSWORD; stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # Nothing of the environment's own settings: the demo is the same everywhere.
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR", "DYLD_FALLBACK_LIBRARY_PATH"}}
    environment = {**kept, "PORT": str(port), "DATA_DIR": str(data), "DEMO_PASSWORD": PASSWORD, "SITE_URL": site_url}
    data.mkdir(parents=True, exist_ok=True)
    with (data / "demo.log").open("wb") as log:
        command = [sys.executable, "manage.py", "demo"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        demo = Demo(f"http://127.0.0.1:{port}", data, process)
        try:
            wait_for(demo)
            yield demo
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(demo: Demo) -> None:
    """Until it answers. Raises RuntimeError with what it said if it does not."""
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and demo.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{demo.url}/healthz", timeout=5):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The demo did not start:\n{(demo.data / 'demo.log').read_text(errors='replace')}")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own Chromium, without a window. Raises RuntimeError with the command that installs it."""
    found = [path for name in NAMES if (path := shutil.which(name))] or [path for path in APPLICATIONS if Path(path).exists()]
    if not found:
        raise RuntimeError(
            "There is no Chromium: sudo apt-get update && sudo apt-get install chromium (macOS: brew install --cask chromium)"
        )
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=arguments)
        try:
            yield browser
        finally:
            browser.close()
