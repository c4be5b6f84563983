"""The harness of `make torture` works: a little of everything keeps every promise, and a database that lies is found out."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.postgresql


def torture(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools" / "torture.py"), "--small", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_little_of_it_keeps_every_promise():
    done = torture("crowd", "slow", "kills")
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    for figure in (
        "declarations",
        "signed meanwhile",
        "of web workers",
        "letters that did not arrive",
        "differences that check_evidence names",
    ):
        assert figure in done.stdout


def test_control_a_database_that_acknowledges_too_early_is_found_out():
    """PostgreSQL with `synchronous_commit=off`, killed: what people were told is signed is gone, and the harness must say so."""
    done = torture("kills", "--forgetful")
    assert done.returncode == 1, done.stdout + done.stderr[-3000:]
    assert "BROKEN: kill −9: lost: Person" in done.stdout
