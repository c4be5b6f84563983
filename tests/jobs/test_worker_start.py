"""The worker and the database start together, as after a power cut: the worker waits, and does not end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).parent.parent.parent


def test_the_worker_waits_for_a_database_that_is_not_up_yet(tmp_path: Path):
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://postgres@/none?host={tmp_path}",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "only-here",
        "DJANGO_SETTINGS_MODULE": "schoolpolicy.settings",
    }
    command = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        try:
            said = next(line for line in worker.stderr if "OperationalError" in line)
        finally:
            worker.terminate()
    assert "WARNING" in said
    assert worker.returncode == 0
