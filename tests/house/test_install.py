"""The commands of docs/install.md that make the first school, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_first_school_and_its_people_are_made(tmp_path: Path, migrated):
    section = (ROOT / "docs/install.md").read_text().split("\n## The first school\n")[1].split("\n## ")[0]
    commands = re.findall(r"^ *(python manage\.py .*[^…\n])$", section, re.MULTILINE)
    assert len(commands) > 2
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "only-here",
    }
    migrated(tmp_path / "db.sqlite3")
    for command in commands:
        done = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
