"""Two at once, 200 times each, over real connections: never two outcomes, never an exception that is no Refused.

On PostgreSQL, where two transactions really run beside each other. SQLite has one writer at a time; there the same
contests run against a file, as in production (the database of the other tests is in memory, and its connections share
one cache, whose table locks no timeout waits for).
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.cast import Cast
from tests.devices.contests import naive_deciders
from tests.racing import DONE
from tests.rooms import of_rooms
from tests.signing.contests import publish_against_sign

CONTESTS = [contest for module in of_rooms("contests") for contest in module.CONTESTS]
ROUNDS = 200
CONTROL_ROUNDS = 50
GUARD = "declarations_permission_unchanged"
together = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("contest", [pytest.param(contest, marks=together) for contest in CONTESTS], ids=lambda c: c.__name__)
def test_there_is_one_outcome(cast: Cast, contest):
    outcomes = contest(cast, ROUNDS)
    print(contest.__name__, dict(outcomes))  # noqa: T201  # `pytest -s` shows who won how often
    assert sum(outcomes.values()) == ROUNDS
    assert "signed after" not in outcomes


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_read_then_write_has_two_winners(cast: Cast):
    """With the guard aside, who reads first and writes later decides what has been decided."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE declarations_permission DISABLE TRIGGER {GUARD}")
    try:
        outcomes = naive_deciders(cast, CONTROL_ROUNDS)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE declarations_permission ENABLE ALWAYS TRIGGER {GUARD}")
    print("read, then write, without the guard:", dict(outcomes))  # noqa: T201  # as above
    assert outcomes[DONE, DONE] > 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_the_guard_stops_read_then_write(cast: Cast):
    """With it, the second is refused by the database: an exception, which the contests would report."""
    outcomes = naive_deciders(cast, CONTROL_ROUNDS)
    print("read, then write, with the guard:", dict(outcomes))  # noqa: T201  # as above
    assert outcomes[DONE, DONE] == 0
    assert outcomes["IntegrityError", DONE] + outcomes[DONE, "IntegrityError"] > 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_signing_without_the_lock_signs_after_the_publication(cast: Cast):
    outcomes = publish_against_sign(cast, CONTROL_ROUNDS, naive=True)
    print("publish against a signature without the lock:", dict(outcomes))  # noqa: T201  # as above
    assert outcomes["signed after"] > 0


@pytest.mark.sqlite
def test_on_sqlite_too(tmp_path: Path, migrated):
    root = Path(__file__).parent.parent.parent
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{migrated(tmp_path / 'races.sqlite3')}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.whole.on_sqlite"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == [contest.__name__ for contest in CONTESTS]
