"""What every test may ask for: the cast of people, two schools with published texts, and clients signed in as anybody."""

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.access import EVERYBODY
from tests.cast import Cast, sign_in_client
from tests.guards import let_the_cleaning_pass
from tests.snapshot import cast_from_snapshot

# How many examples a test of anything tries; `--hypothesis-profile=thorough` is for who has changed how a file is read.
hypothesis.settings.register_profile("suite", max_examples=150, deadline=None)
hypothesis.settings.register_profile("thorough", max_examples=10_000, deadline=None)
hypothesis.settings.load_profile("suite")
# Transactional tests are cleaned by emptying every table, which is just what the guards refuse.
let_the_cleaning_pass()
HERE = Path(__file__).parent
collect_ignore = ["house/notices"]  # a capability that test_new_capability.py puts into a copy of the repository
MIGRATED: list[Path] = []  # see `migrated`
# Either of them, or the mark `django_db`, lets a test ask the database.
ASKING = {"db", "transactional_db"}
# What PostgreSQL refuses and SQLite takes, as it stands in the name of a case: NUL, half a character, a number past 64 bits.
REFUSED = (r"\x00", r"\ud8", r"\udc", "9" * 19, str(2**63))


def asks_the_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or ASKING & set(getattr(item, "fixturenames", ())))


def is_refused_by_postgresql(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and hasattr(item, "callspec") and any(odd in repr(item.callspec.params) for odd in REFUSED)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts what takes long first, so that no worker is left alone with it: browser, suites over all rooms, other processes."""
    items.sort(key=place)


def place(item: pytest.Item) -> int:
    folder, file = item.path.relative_to(HERE).parts[0], item.path.name
    mark = item.get_closest_marker("django_db")
    if mark and mark.kwargs.get("transaction"):
        return 2  # after those that roll back what they did, where pytest-django put them
    if folder == "browser" or file == "test_torture_smoke.py":
        return 0
    return 1 if folder in {"whole", "demo", "house"} or file == "test_guessing.py" else 2


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """What no other database can change runs once: what cannot ask it, and pages over queries and actions with tests of their own."""
    is_page = item.get_closest_marker("pages") and not is_refused_by_postgresql(item)
    if is_page or not (asks_the_database(item) or item.get_closest_marker("postgresql")):
        item.add_marker(pytest.mark.sqlite)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spares the collector of garbage what lasts as long as the process, thousands of tests, and lets it look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The test database, and, if it is SQLite's, a copy of it in a file, before any test has written into it."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), closing(sqlite3.connect(tmp_path_factory.mktemp("migrated") / "database.sqlite3")) as file:
            connection.ensure_connection()
            connection.connection.backup(file)
            MIGRATED.append(Path(file.execute("PRAGMA database_list").fetchone()[2]))


@pytest.fixture(scope="session")
def migrated(django_db_setup: None) -> Callable[[Path], Path]:
    """`migrated(path)`: a database of SQLite's in which all migrations have run, in a file for other processes."""

    def copy(path: Path) -> Path:
        return Path(shutil.copy(MIGRATED[0], path))

    return copy


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What is kept of the logs outside the database does not outlive the database of the test."""
    yield
    shutil.rmtree(settings.EVIDENCE_CHECKPOINTS_DIR, ignore_errors=True)


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_from_snapshot()


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """`signed_in(person)`: a client signed in as this person, with the record of how, as allauth keeps it."""

    def sign_in(person: Any) -> Client:
        return sign_in_client(Client(), person)

    return sign_in


@pytest.fixture
def clients(cast: Cast, signed_in: Callable[..., Client]) -> dict[str, Client]:
    """A client of everybody in the access matrix, by name; `out` is signed in as nobody."""
    return {name: Client() if name == "out" else signed_in(getattr(cast, name)) for name in EVERYBODY}
