"""Writes the triggers that keep the database's promises, for SQLite and for PostgreSQL.

A migration names the guards; a later one that rebuilds a table on SQLite (Django's AlterField does) must install that
table's guards again, because SQLite drops them with the old table. The tests of the facts fail if one is missing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


@dataclass(frozen=True)
class Guard:
    """What a table refuses.

    `frozen` maps a marker column to the columns that may no longer change once it holds a value; the marker `""` stands
    for *always*. `emptied` columns change to nothing, and to nothing else. `keeps_rows`: rows are never deleted; or, where
    it names a column, not once that holds a value; `erasable` is SQL, with OLD, under which they are deleted all the same.
    `belongs` is SQL that a new row must satisfy, with NEW; `fits` is SQL that a changed row must satisfy, with OLD and NEW.
    """

    table: str
    frozen: dict[str, list[str]] = field(default_factory=dict)
    emptied: tuple[str, ...] = ()
    keeps_rows: bool | str = True
    erasable: str = ""
    belongs: str = ""
    fits: str = ""


def differs(column: str, vendor: str) -> str:
    return f"NEW.{column} IS {'NOT' if vendor == 'sqlite' else 'DISTINCT FROM'} OLD.{column}"


def update_condition(guard: Guard, vendor: str) -> str:
    clauses = []
    for marker, columns in guard.frozen.items():
        changed = " OR ".join(differs(column, vendor) for column in columns)
        clauses.append(f"(OLD.{marker} IS NOT NULL AND ({changed}))" if marker else f"({changed})")
    clauses += [f"({differs(column, vendor)} AND NEW.{column} IS NOT NULL)" for column in guard.emptied]
    return " OR ".join(clauses)


def delete_condition(guard: Guard) -> str:
    kept = f"OLD.{guard.keeps_rows} IS NOT NULL" if isinstance(guard.keeps_rows, str) else "1 = 1"
    return f"{kept} AND NOT ({guard.erasable})" if guard.erasable else kept


def sentences(guard: Guard) -> tuple[str, str, str]:
    name = guard.table.removeprefix("declarations_")
    return (
        f"{name}: what is written once does not change",
        f"{name}: rows are kept",
        f"{name}: does not fit the rows that are there",
    )


def sqlite(guard: Guard) -> Iterable[str]:
    unchanged, kept, together = sentences(guard)
    table = guard.table
    rules = [
        ("unchanged", "BEFORE UPDATE", update_condition(guard, "sqlite") if guard.frozen else "", unchanged),
        ("kept", "BEFORE DELETE", delete_condition(guard) if guard.keeps_rows else "", kept),
        ("together", "BEFORE INSERT", f"NOT ({guard.belongs})" if guard.belongs else "", together),
        ("fits", "BEFORE UPDATE", f"NOT ({guard.fits})" if guard.fits else "", together),
    ]
    for suffix, event, refused_if, sentence in rules:
        if refused_if:
            yield (
                f"CREATE TRIGGER {table}_{suffix} {event} ON {table} FOR EACH ROW WHEN {refused_if} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )


REFUSE = """
CREATE OR REPLACE FUNCTION declarations_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'check_violation';
END $$
"""


def trigger_function(name: str, *, refused_if: str, sentence: str, returns: str) -> str:
    """A trigger's condition as a function, because WHEN takes no subquery."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {refused_if} THEN "
        f"RAISE EXCEPTION USING MESSAGE = '{sentence}', ERRCODE = 'check_violation'; END IF; RETURN {returns}; END $$"
    )


def postgresql(guard: Guard) -> Iterable[str]:
    unchanged, kept, together = sentences(guard)
    table = guard.table
    triggers = []
    if guard.frozen:
        triggers.append(f"{table}_unchanged")
        yield (
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN ({update_condition(guard, 'postgresql')}) EXECUTE FUNCTION declarations_refuse('{unchanged}')"
        )
    if guard.keeps_rows:
        triggers += [f"{table}_kept", f"{table}_kept_whole"]
        yield trigger_function(f"{table}_kept", refused_if=delete_condition(guard), sentence=kept, returns="OLD")
        yield f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
        yield (
            f"CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION declarations_refuse('{kept}')"
        )
    for suffix, event, needed in (("together", "INSERT", guard.belongs), ("fits", "UPDATE", guard.fits)):
        if needed:
            name = f"{table}_{suffix}"
            triggers.append(name)
            yield trigger_function(name, refused_if=f"NOT ({needed})", sentence=together, returns="NEW")
            yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    for trigger in triggers:
        # ALWAYS: not even a session that plays a replica slips past.
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"


SUFFIXES = ("unchanged", "kept", "kept_whole", "together", "fits")


def install(guards: Iterable[Guard]) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """For RunPython: puts these guards in place, instead of those that the same tables may have."""

    def forwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        uninstall(guards)(apps, schema_editor)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(REFUSE)
        for guard in guards:
            for statement in (sqlite if schema_editor.connection.vendor == "sqlite" else postgresql)(guard):
                schema_editor.execute(statement)

    return forwards


def uninstall(guards: Iterable[Guard]) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """For RunPython: takes these tables' guards away."""

    def backwards(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001  # RunPython's signature
        for guard in guards:
            for suffix in SUFFIXES:
                on = "" if schema_editor.connection.vendor == "sqlite" else f" ON {guard.table}"
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {guard.table}_{suffix}{on}")

    return backwards
