"""The cast is made once by the verbs, and then put back row by row: making it anew took most of the suite's time."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from declarations.devices.models import Device, DeviceAddress, Permission
from declarations.evidence.models import Entry, Log
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from tests.cast import Cast, make_cast

# What the cast has rows of; each after those that it points to, as the guards want it. What else there is comes after them.
ORDER: list[type[models.Model]] = [
    School, Person, Role, PolicyVersion, SectionRead, Log, Entry, Declaration, SignatureMetadata, Email, Device, DeviceAddress, Permission,
]  # fmt: skip
type Rows = list[tuple[str, list[list[Any]]]]
taken: dict[tuple[str, Callable[[], Cast]], tuple[Rows, dict[Path, bytes], dict[str, int]]] = {}


def cast_from_snapshot(make: Callable[[], Cast] = make_cast, guards: Callable[[], AbstractContextManager[None]] = nullcontext) -> Cast:
    """The cast, and all else that `make` left, in the tables and beside the key, when it ran for the first time in this process.

    `guards` lets past the guards what stands there, but could not be inserted as it stands.
    """
    if (connection.vendor, make) not in taken:
        cast = make()
        beside_the_key = {path: path.read_bytes() for path in settings.EVIDENCE_CHECKPOINTS_DIR.rglob("*") if path.is_file()}
        taken[connection.vendor, make] = (rows(), beside_the_key, {field.name: getattr(cast, field.name).pk for field in fields(Cast)})
        return cast
    kept, files, keys = taken[connection.vendor, make]
    with guards(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for sql, values in kept:
            cursor.executemany(sql, values)
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return read(keys)


def rows() -> Rows:
    """Every row of ours as SQL with its values, ids included."""
    found = []
    for model in [*ORDER, *(model for model in apps.get_app_config("declarations").get_models() if model not in ORDER)]:
        columns = [field for field in model._meta.local_concrete_fields if not field.generated]
        names = ", ".join(f'"{field.column}"' for field in columns)
        sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(columns))})'  # noqa: S608  # our own names
        values = [
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in columns]
            for row in model._default_manager.order_by("pk")
        ]
        found += [(sql, values)] if values else []
    return found


def read(keys: dict[str, int]) -> Cast:
    schools = School.objects.in_bulk()
    people = Person.objects.in_bulk()
    versions = PolicyVersion.objects.in_bulk()
    for one in [*people.values(), *versions.values()]:
        one.school = schools.get(one.school_id)
    kinds: dict[str, dict[int, Any]] = {"hillside": schools, "riverside": schools, "leaflet": versions, "aup": versions}
    return Cast(**{name: kinds.get(name, people)[key] for name, key in keys.items()})
