"""The files around the code: settings are explained, locks are whole, the interpreter is found, links lead somewhere."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def test_the_example_explains_exactly_the_settings_that_are_read():
    settings = (ROOT / "schoolpolicy/settings.py").read_text()
    read = set(re.findall(r'\benv(?:_flag|_number)?\(\s*"([A-Z_]+)"', settings))
    example, _, elsewhere = (ROOT / ".env.example").read_text().partition("# --- Not read by the settings")
    explained = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) == read
    assert set(re.findall(r"^#?([A-Z_]+)=", elsewhere, re.MULTILINE)) == {"PORT", "DEMO_PASSWORD"}


def test_the_defaults_that_the_example_shows_are_the_real_ones():
    settings = (ROOT / "schoolpolicy/settings.py").read_text()
    shown = dict(re.findall(r"^#([A-Z_]+)=(.+)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    real = dict(re.findall(r'\benv(?:_number)?\("([A-Z_]+)", "?([^")]+)"?\)', settings))
    assert {name: value for name, value in shown.items() if name in real} == {name: real[name] for name in shown if name in real}
    assert len(real) > 5  # the pattern above still fits how settings are written


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_every_file_by_hash(lock: str):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^(--|-i |-f )", text, re.MULTILINE)
    packages = re.split(r"^(?=[a-z0-9])", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
    assert len(packages) > 20
    for package in packages:
        assert re.match(r"[a-z0-9-]+==[^ ]+ .*\\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n?)+$", package), package


def test_the_locks_hold_what_the_project_asks_for_and_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    versions = [dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS]
    production, dev = versions

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[^\w-]", requirement)[0].lower() for requirement in requirements}

    assert names(project["project"]["dependencies"]) <= set(production)
    assert names(project["dependency-groups"]["dev"]) <= set(dev)
    assert production.items() <= dev.items()


def find_python(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """tools/python.sh with nothing to find but what is in `folder`."""
    path = f"{folder}:/usr/bin:/bin"
    everything = {"PATH": path, "HOME": str(folder), "UV_OFFLINE": "1", "UV_PYTHON_DOWNLOADS": "never"} | environment
    return subprocess.run(["/bin/sh", "tools/python.sh"], cwd=ROOT, env=everything, capture_output=True, text=True, check=False)


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_an_interpreter_that_only_complains_is_passed_over(tmp_path: Path):
    script(tmp_path / "python3.14", "echo 'pyenv: python3.14: command not found' >&2; exit 127")
    script(tmp_path / "python3.13", f'exec "{sys.executable}" "$@"')
    found = find_python(tmp_path)
    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).exists()


def test_an_interpreter_that_pyenv_keeps_is_found(tmp_path: Path):
    for name in ("python3.14", "python3.13", "python3.12", "python3", "python"):
        script(tmp_path / name, "exit 127")
    script(tmp_path / ".pyenv/versions/3.13.9/bin/python3", f'exec "{sys.executable}" "$@"')
    found = find_python(tmp_path)
    assert found.returncode == 0, found.stderr
    assert Path(found.stdout.strip()).exists()


def test_the_one_that_was_named_is_the_only_candidate(tmp_path: Path):
    old = find_python(tmp_path, PYTHON="/bin/false")
    assert old.returncode == 1
    assert "PYTHON is /bin/false" in old.stderr
    assert find_python(tmp_path, PYTHON=sys.executable).returncode == 0


def test_make_alone_lists_what_there_is_to_do():
    listed = subprocess.run(["/usr/bin/env", "make"], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True).stdout
    for target in ("demo", "test", "lint", "format", "bench", "torture", "lock", "pictures"):
        assert re.search(rf"^{target}\s+\w", listed, re.MULTILINE)


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path):
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
