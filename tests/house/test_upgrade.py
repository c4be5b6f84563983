"""The database of the version before: brought up to date, it is whole, and what that version gave out is still genuine.

`before/` was made with the version before, its own actions and the key of the tests: two schools with signatures on screen and on
paper, responses, an exemption, devices in every state, a kiosk, an invitation, a hold, and the admin's notes of them.
"""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from tests.with_postgres import programs_folder

ROOT = Path(__file__).resolve().parent.parent.parent
BEFORE = Path(__file__).parent / "before"
NUMBERS = count()
pytestmark = pytest.mark.django_db


def upgraded(url: str, folder: Path) -> dict[str, Any]:
    """What the database at this address is like after `migrate`."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.house.upgraded", folder],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def is_whole(said: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    assert said["evidence"] == ["hillside: 36 entries, no differences", "riverside: 5 entries, no differences"]
    assert said["certificates"] == dict.fromkeys(("on_paper.pdf", "on_screen.pdf"), "genuine")
    keys = tmp_path / "aup-evidence.txt"
    keys.write_text(said["keys"])
    for certificate in folder.glob("*.pdf"):
        command = [sys.executable, ROOT / "tools/aup_verify.py", certificate, "--key", keys]
        verified = subprocess.run(command, capture_output=True, text=True, check=False)
        assert verified.returncode == 0, verified.stdout + verified.stderr
    assert said["noted"] == [
        "email: Email",
        "kiosksession: KioskSession",
        "lastseen: LastSeen",
        "permission: Permission",
        "policyversion: PolicyVersion",
        "response: Response",
        "signaturemetadata: SignatureMetadata",
    ]
    assert said["unknown"] == []
    assert {page: code for page, code in said["pages"].items() if code != 200} == {}


def schema(rows: list[tuple[str, str, str | None]]) -> list[tuple[str, str, str]]:
    return sorted((kind, name, " ".join((sql or "").split())) for kind, name, sql in rows)


@pytest.mark.sqlite
def test_a_database_of_the_version_before_on_sqlite(tmp_path: Path):
    folder, file = BEFORE / "sqlite", tmp_path / "before.sqlite3"
    question = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(gzip.decompress((folder / "database.sql.gz").read_bytes()).decode())
    is_whole(upgraded(f"sqlite:///{file}", folder), folder, tmp_path)
    with closing(sqlite3.connect(file)) as database, connection.cursor() as fresh:
        fresh.execute(question)
        assert schema(database.execute(question).fetchall()) == schema(fresh.fetchall())


@pytest.mark.postgresql
def test_a_database_of_the_version_before_on_postgresql(tmp_path: Path):
    folder = BEFORE / "postgresql"
    with new_database(gzip.decompress((folder / "database.sql.gz").read_bytes())) as url:
        is_whole(upgraded(url, folder), folder, tmp_path)
        assert schema_of(url) == schema_of(url_of(connection.settings_dict["NAME"]))


def url_of(database: str) -> str:
    """A database beside the suite's, on the same server."""
    return os.environ["DATABASE_URL"].replace("@/schoolpolicy", f"@/{database}")


@contextmanager
def new_database(sql: bytes) -> Iterator[str]:
    name = f"upgrade_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(url_of(name), autocommit=True) as database:
                database.execute(sql)
            yield url_of(name)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def dumped(url: str) -> str:
    """The schema as `pg_dump` tells it, without its commands for `psql`."""
    command = [programs_folder() / "pg_dump", "--schema-only", "--no-owner", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("\\"))


def schema_of(url: str) -> list[str]:
    """The schema as it is told once it was read back: PostgreSQL writes an expression that it has read in a slightly different way."""
    with new_database(dumped(url).encode()) as copy:
        return dumped(copy).splitlines()
