"""What the owner of a database can do, and what the school has against it: the check, the export, the verifier."""

import datetime as dt
import importlib.util
import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.utils import timezone

from declarations.evidence import canonical_json, export, kept, keys, merkle, signed_note
from declarations.evidence import log as evidence
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.organisation.models.person import Person
from tests.cast import Cast
from tests.guards import aside_and_back

VERIFIER = Path(settings.BASE_DIR) / "tools" / "aup_verify.py"
INTACT, TAMPERED, UNREADABLE = 0, 1, 2


@contextmanager
def without_guards() -> Iterator[None]:
    """The triggers are gone for as long as the block runs, as the owner of the tables can have it."""
    aside, back = aside_and_back(connection)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE") if connection.vendor == "postgresql" else None
        for statement in aside:
            cursor.execute(statement)
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE") if connection.vendor == "postgresql" else None
        for statement in back:
            cursor.execute(statement)


@contextmanager
def nothing_more_is_kept() -> Iterator[None]:
    """What is kept of the logs beside the key is afterwards what it was before, as the database is after a rollback."""
    kept_here = settings.EVIDENCE_CHECKPOINTS_DIR
    with tempfile.TemporaryDirectory() as folder:
        before = shutil.copytree(kept_here, Path(folder) / "before")
        try:
            yield
        finally:
            shutil.rmtree(kept_here)
            shutil.copytree(before, kept_here)


@contextmanager
def undone() -> Iterator[None]:
    """What the block does is rolled back; a checkpoint may be made in it all the same, as in a test's own transaction."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # what lets durable blocks run inside
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def without_constraints(model: type[models.Model]) -> Iterator[None]:
    """The checks and the uniqueness of a table are gone while the block runs; then they are back, and what it did is undone."""
    table, is_sqlite = model._meta.db_table, connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            with undone():
                for name, about in connection.introspection.get_constraints(cursor, table).items():
                    if about["check"] and not is_sqlite:
                        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
                    if about["unique"] and not about["primary_key"]:
                        drop_unique(cursor, table, name)
                yield
        finally:
            if is_sqlite:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def drop_unique(cursor: Any, table: str, name: str) -> None:
    """Lets go of a uniqueness; of one that stands in the table itself only PostgreSQL does."""
    if connection.vendor == "postgresql":
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
    if not name.startswith(("sqlite_autoindex", "__unnamed")):
        cursor.execute(f'DROP INDEX IF EXISTS "{name}"')


def another(row: models.Model, field: models.Field, cast: Cast) -> Any:  # noqa: C901  # one case for each kind of column
    """A value that is not the row's; what the constraints allow."""
    value = getattr(row, field.attname)
    if field.attname == "ended_because":
        return "withdrawn" if value == "revoked" else "revoked"
    if isinstance(field, models.ForeignKey):
        taken = {value} | ({getattr(row, "owner_id", None), getattr(row, "person_id", None)} if field.related_model is Person else set())
        return field.related_model.objects.exclude(pk__in=taken - {None}).order_by("-pk").first().pk
    choices = [choice for choice, _label in field.choices or [] if choice != value]
    match field:
        case models.BooleanField():
            return not value
        case models.DateTimeField():
            return (value or timezone.now()) - dt.timedelta(hours=1)
        case models.DateField():
            return (value or cast.hillside.day_of(timezone.now())) + dt.timedelta(days=1)
        case models.IntegerField():
            return value + 1
        case models.JSONField() if isinstance(value, dict):
            return value | {"joins": 99}
        case models.JSONField():
            return [*value, {"key": "more", "text": "More."}]
        case models.BinaryField():
            return b"x" * 32
        case models.GenericIPAddressField():
            return "192.0.2.99"
        case _:
            return choices[0] if choices else f"{value}x"[-(field.max_length or 1000) :]


def checked(*options: str) -> tuple[int, list[str]]:
    """`manage.py check_evidence`: its exit code, and the differences that it names."""
    out, code = io.StringIO(), 0
    try:
        call_command("check_evidence", *options, stdout=out)
    except CommandError as found:
        code = found.returncode
    lines = out.getvalue().splitlines()
    return code, [line for line in lines if " entries, " not in line]


def facts_of(entry: Entry) -> dict[str, Any]:
    facts = canonical_json.parse(bytes(entry.record))
    assert isinstance(facts, dict)
    return facts


def rewrite(entry: Entry, **changed: Any) -> None:
    """Another record in the place of this one, with the leaf hash that it should have."""
    record = canonical_json.canon(facts_of(entry) | changed)
    Entry.objects.filter(pk=entry.pk).update(record=record, leaf_hash=merkle.leaf_hash(record))


def sign_again(log: Log) -> None:
    """The server's owner, with the key and what is kept beside it: every entry and checkpoint anew, as if nothing had been before.

    Checkpoints that the log is too short for go.
    """
    for entry in Entry.objects.filter(log=log):
        text = signed_note.entry_text(log.origin, entry.position, bytes(entry.leaf_hash))
        Entry.objects.filter(pk=entry.pk).update(signature=evidence.private_key().sign(text))
    leaves = evidence.leaves(log)
    for checkpoint in Checkpoint.objects.filter(log=log):
        if checkpoint.size > len(leaves):
            checkpoint.emails.update(checkpoint=None) if checkpoint.emails.filter(kind="receipt").exists() else None
            checkpoint.delete()
            continue
        head = signed_note.Checkpoint(log.origin, checkpoint.size, merkle.root(leaves[: checkpoint.size]))
        Checkpoint.objects.filter(pk=checkpoint.pk).update(note=signed_note.sign(head, evidence.private_key()))
    kept.give_up(log.origin)
    newest = Checkpoint.objects.filter(log=log).order_by("size").last()
    if newest is not None:
        kept.keep_checkpoint(log.origin, newest.note, count=Checkpoint.objects.filter(log=log).count())
        kept.settle(log.origin, newest.note)


def exported(log: Log, folder: Path) -> Path:
    path = folder / f"{log.pk}-{Entry.objects.filter(log=log).count()}-{len(list(folder.iterdir()))}.zip"
    export.export(log=log, path=path, at=timezone.now())
    return path


def key_file(folder: Path) -> Path:
    """The public keys as somebody outside kept them."""
    path = folder / "aup-evidence.txt"
    if not path.exists():
        path.write_text(keys.key_file())
    return path


def verifier() -> ModuleType:
    assert VERIFIER.exists(), "tools/aup_verify.py is missing"
    spec = importlib.util.spec_from_file_location("aup_verify", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Said(io.StringIO):
    encoding = "utf-8"


def verified(file: Path, *, key: Path, held: Path | None = None) -> tuple[int, str]:
    """The stand-alone verifier: its exit code and what it says."""
    said = Said()
    with redirect_stdout(said):
        code = verifier().main([str(file), "--key", str(key), *(["--held", str(held)] if held else [])])
    return code, said.getvalue()
