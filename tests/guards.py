"""Lets the test runner's own cleaning, and nothing else, past the triggers."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations


def trigger_names(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Every trigger of ours: (table, name)."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1, 2")
        else:
            cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2")
        return [(str(table), str(name)) for table, name in cursor.fetchall()]


def aside_and_back(connection: BaseDatabaseWrapper) -> tuple[list[str], list[str]]:
    """SQL that takes the guards away, and SQL that puts the very same ones back."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        return [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]
    triggers = trigger_names(connection)
    return (
        [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in triggers],
        [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for table, name in triggers],
    )


def let_the_cleaning_pass() -> None:
    cleaning = BaseDatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: list[str]) -> None:
        aside, back = aside_and_back(self.connection)
        cleaning(self, [*aside, *sql_list, *back])

    BaseDatabaseOperations.execute_sql_flush = execute_sql_flush  # type: ignore[method-assign]  # for the whole test run
