"""Which rows are about a person, and which texts about others name them, by what the rooms declare of their tables."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import BinaryField, Model, Q, QuerySet

from declarations.organisation.models.person import Person
from declarations.web import registry
from declarations.web.capability import PersonalData

# What an erased person is called.
ERASED = "(erased)"


def declared() -> dict[type[Model], PersonalData]:
    """What the rooms declare, by model, in the order of the rooms."""
    return {data.model: data for data in registry.every(lambda capability: capability.personal_data)}


def about_people(data: PersonalData, people: Iterable[int] | QuerySet[Any, Any]) -> Q:
    """Rows that are about one of these people, given by number."""
    query = Q(pk__in=[])
    for path in data.about:
        query |= Q(**{f"{path}__in": people})
    if data.email:
        # An e-mail without an address is not one to everybody who has none.
        query |= Q(**{f"{data.email}__in": Person.objects.filter(pk__in=people).exclude(email="").values("email")})
    return query


def rows_about(model: type[Model], person: Person) -> QuerySet[Any]:
    return model._default_manager.filter(about_people(declared()[model], [person.pk])).order_by("pk")


def names_of(person: Person) -> set[str]:
    """What the person was called, names and e-mail addresses, now and when they signed, in each way in which accents are stored.

    Not what they typed as their name at the signing: that may be any letter, and stands in their own declarations alone.
    """
    names: set[str] = {person.full_name, person.email}
    for model, data in declared().items():
        if data.names:
            names.update(name for row in rows_about(model, person).values_list(*data.names) for name in row)
    return {spelling for name in names if name and name != ERASED for spelling in spellings(name)}


def spellings(name: str) -> set[str]:
    """The name with its accents as one character with the letter, and as characters of their own."""
    return {name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}


def is_shared(person: Person, name: str) -> bool:
    """Whether somebody else has, or signed with, this name or address or a longer one that contains it."""
    return any(
        model._default_manager.filter(any_contains(data.names, [name])).exclude(about_people(data, [person.pk])).exists()
        for model, data in declared().items()
        if data.names
    )


def any_contains(fields: Iterable[str], names: Iterable[str]) -> Q:
    fields, query = tuple(fields), Q(pk__in=[])
    for name in names:
        for field in fields:
            query |= Q(**{f"{field}__icontains": name})
    return query


def texts_naming(person: Person, names: Iterable[str], *, school_id: int | None = None) -> Iterator[tuple[PersonalData, Any]]:
    """Rows that are not about the person and have one of the names in a free text, if only as part of another name.

    Not the notes of the admin, which `admin_notes` finds. With a school, the rows of that school alone.
    """
    names = tuple(names)
    for model, data in declared().items():
        if not names or not data.free_text or model is LogEntry:
            continue
        rows = model._default_manager.filter(any_contains(data.free_text, names))
        if school_id is not None:
            rows = rows.filter(**{data.school: school_id})
        binary = [field.name for field in model._meta.concrete_fields if isinstance(field, BinaryField)]
        own = rows_about(model, person).order_by().values("pk")
        for row in rows.exclude(pk__in=own).defer(*binary).order_by("pk"):
            yield data, row


def place_of(data: PersonalData, row: Any) -> str:
    """Where a free text stands, for whoever has to look there."""
    return data.place(row) if data.place else f"{row._meta.verbose_name} {row.pk}: a text in it"


def label_of(row: Any, person: Person) -> str:
    """What a row is called in an answer to that person: as its room says, otherwise by number."""
    data = declared().get(type(row))
    label = data.label(row, person) if data and data.label else None
    return label or f"{row._meta.verbose_name} {row.pk}"
