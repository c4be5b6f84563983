"""Erasure under retention or on an upheld request: the words go, the leaf hashes stay, and the log still adds up."""

import datetime as dt
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import cast

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Model, QuerySet

from declarations.evidence import canonical_json
from declarations.evidence.erase import erase_records
from declarations.evidence.models import Entry, Log
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.legal_holds import locked, refuse_if_held
from declarations.privacy import personal_data
from declarations.privacy.admin_notes import erase_notes
from declarations.privacy.personal_data import ERASED, names_of, rows_about


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure takes: positions of the log, and rows by their kind; `elsewhere` it cannot reach, and a person must look."""

    positions: list[tuple[Log, int]]
    rows: dict[str, int]
    elsewhere: list[str]


def left_long_ago(*, school: School | None, before: dt.date) -> QuerySet[Person]:
    """Those who left on that day or earlier, and are not erased yet; without a school, of the trust's own people."""
    people: QuerySet[Person] = Person.objects.filter(school=school, leaves_on__lte=before, erasure__isnull=True)
    return people


def positions_about(person: Person) -> list[Entry]:
    """The entries whose record is about the person, or about what they did: their number says so.

    Not those that only mention their name: it may be a namesake's, or stand in the statement that the whole school signed.
    """
    logs = Log.objects.all() if person.school_id is None else Log.objects.filter(school=person.school_id)
    return [
        entry
        # By school: the order in which others lock the logs.
        for entry in Entry.objects.filter(log__in=logs, record__isnull=False)
        .select_related("log__school")
        .order_by("log__school_id", "position")
        if is_about_number(bytes(cast("bytes", entry.record)), person.pk)
    ]


def is_about_number(record: bytes, number: int) -> bool:
    facts = cast("dict[str, object]", canonical_json.parse(record))
    people = [facts.get("by"), facts.get("person"), facts.get("owner")]
    return any(isinstance(person, dict) and person.get("id") == number for person in people)


def preview(*, person: Person) -> Preview:
    """What `erase_person` would take."""
    rows = {str(model._meta.verbose_name_plural): rows_about(model, person).count() for model in erased_tables()}
    return Preview([(entry.log, entry.position) for entry in positions_about(person)], rows, elsewhere(person))


def elsewhere(person: Person) -> list[str]:
    """Texts of the school, or about others, in which the person is named."""
    return sorted({personal_data.place_of(data, row) for data, row in personal_data.texts_naming(person, names_of(person))})


def erased_tables() -> list[type[Model]]:
    """The tables of which an erasure deletes rows, in the order of the rooms."""
    return [model for model, data in personal_data.declared().items() if data.about and data.erased]


def in_order_of_erasure() -> list[type[Model]]:
    """The same tables, in an order in which no row that goes is still referred to."""
    models = erased_tables()
    referring = {target: [model for model in models if model is not target and refers(model, target)] for target in models}
    return list(TopologicalSorter(referring).static_order())


def refers(model: type[Model], target: type[Model]) -> bool:
    return any(field.related_model is target for field in model._meta.concrete_fields)


def delete_rows(model: type[Model], person: Person) -> None:
    rows = rows_about(model, person)
    if refers(model, model):
        # The newest first: an older row is what a newer one refers to.
        for row in rows.order_by("-pk"):
            row.delete()
    else:
        rows.order_by().delete()


def erase_person(*, person: Person, reason: str, at: dt.datetime) -> Preview:
    """Erases everything that says who the person was; their number stays, so that decisions about others still add up.

    Raises RefusedError, `held`, while a legal hold lasts.
    """
    with transaction.atomic():
        locked(person)
        refuse_if_held(person)
        taken = preview(person=person)
        entries, names = positions_about(person), names_of(person)
        erase_notes(person, names)
        # While this row exists, the database lets the others go.
        Erasure.objects.create(person=person, at=at, reason=reason)
        for model in in_order_of_erasure():
            delete_rows(model, person)
        for data in personal_data.declared().values():
            if data.shared:
                data.shared.forget(person, names)
        Person.objects.filter(pk=person.pk).update(
            full_name=ERASED,
            email=f"erased-{person.pk}@erased.invalid",
            job_title="",
            staff_number="",
            password=UNUSABLE_PASSWORD_PREFIX,
            last_login=None,
        )
        erase_records(entries, reason=reason, at=at)
    return taken
