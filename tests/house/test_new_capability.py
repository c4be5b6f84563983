"""A new capability is a folder, its templates, its tests, a migration and one line in `capabilities.py`.

It is made here, in a copy of the repository.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
NOTICES = Path(__file__).parent / "notices"
PARTS = ("declarations", "schoolpolicy", "templates", "static", "content", "tools", "tests", "docs")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"DJANGO_SETTINGS_MODULE": "tests.settings"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with a capability that does nothing, and the migration of its table."""
    here = tmp_path_factory.mktemp("repository")
    for part in PARTS:
        shutil.copytree(ROOT / part, here / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "manage.py"):
        shutil.copy(ROOT / file, here)
    shutil.copytree(NOTICES, here, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    capabilities = here / "declarations/capabilities.py"
    lines = capabilities.read_text().replace('    ("site",),', '    ("notices",),\n    ("site",),')
    capabilities.write_text(lines)
    run(here, "manage.py", "makemigrations", "declarations", "--name", "notices")
    return here


def run(here: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=here, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_has_its_place_everywhere(copy: Path):
    """Menu, dashboard, personal data, log and access matrix: `notices/tests` looks at each of them."""
    tests = ["tests/notices", "tests/whole/test_access.py::test_every_address_is_in_the_table_and_no_other"]
    assert "5 passed" in run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *tests)


def test_the_walls_know_it_and_hold(copy: Path):
    kept = linted(copy)
    assert kept.returncode == 0, kept.stdout
    for file, imported in {
        "declarations/signing/status.py": "declarations.notices.models",  # it stands above signing
        "declarations/notices/models.py": "declarations.notices.views",  # inside a room, too, there is an order
    }.items():
        original = (copy / file).read_text()
        (copy / file).write_text(f"import {imported}\n{original}")
        broken = linted(copy).stdout
        (copy / file).write_text(original)
        assert imported in broken
        assert "1 broken" in broken


def test_a_file_without_a_place_is_refused(copy: Path):
    stray = copy / "declarations/notices/helpers.py"
    stray.write_text("")
    broken = linted(copy).stdout
    stray.unlink()
    assert "helpers" in broken


def linted(here: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=here, env=ENVIRONMENT, capture_output=True, text=True, check=False)
