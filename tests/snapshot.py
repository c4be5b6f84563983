"""The cast is made once by the verbs, and then put back row by row: making it anew took most of the suite's time."""

from dataclasses import fields
from typing import Any

from django.apps import apps
from django.db import connection, models

from declarations.devices.models import Device, DeviceAddress, Permission
from declarations.evidence.models import Entry, Log
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from tests.cast import Cast, make_cast

# What the cast has rows of; each after those that it points to.
ORDER: list[type[models.Model]] = [
    School, Person, Role, PolicyVersion, SectionRead, Log, Entry, Declaration, SignatureMetadata, Email, Device, DeviceAddress, Permission,
]  # fmt: skip
type Rows = list[tuple[str, list[list[Any]]]]
taken: dict[str, tuple[Rows, dict[str, int]]] = {}


def cast_from_snapshot() -> Cast:
    """The cast, as the verbs made it the first time in this process."""
    if connection.vendor not in taken:
        cast = make_cast()
        taken[connection.vendor] = (rows(), {field.name: getattr(cast, field.name).pk for field in fields(Cast)})
        return cast
    kept, keys = taken[connection.vendor]
    with connection.cursor() as cursor:
        for sql, values in kept:
            cursor.executemany(sql, values)
    return read(keys)


def rows() -> Rows:
    """Every row of ours as SQL with its values, ids included."""
    forgotten = [
        model for model in apps.get_app_config("declarations").get_models() if model not in ORDER and model._default_manager.exists()
    ]
    assert not forgotten, f"The cast has rows of {forgotten}: add them to ORDER."
    found = []
    for model in ORDER:
        columns = [field for field in model._meta.local_concrete_fields if not field.generated]
        names = ", ".join(f'"{field.column}"' for field in columns)
        sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(columns))})'  # noqa: S608  # our own names
        objects = model._default_manager.order_by("pk")
        found.append((sql, [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in columns] for row in objects]))
    return found


def read(keys: dict[str, int]) -> Cast:
    schools = School.objects.in_bulk()
    people = Person.objects.in_bulk()
    versions = PolicyVersion.objects.in_bulk()
    for one in [*people.values(), *versions.values()]:
        one.school = schools.get(one.school_id)
    kinds: dict[str, dict[int, Any]] = {"hillside": schools, "riverside": schools, "leaflet": versions, "aup": versions}
    return Cast(**{name: kinds.get(name, people)[key] for name, key in keys.items()})
