"""The notes that Django's admin keeps of each change: which are about a person, and which only name them."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from declarations.organisation.models.person import Person
from declarations.privacy.personal_data import ERASED, declared, is_shared, rows_about


def notes_on_rows(person: Person) -> Q:
    """Notes about the rows that are about the person. It reads their numbers now, and holds when the rows are gone."""
    query = Q(pk__in=[])
    for model, data in declared().items():
        if not data.about:
            continue
        content_type = ContentType.objects.get_for_model(model)
        # Only numbers of which there are notes: there are few of them, and of what the network saw there are many.
        noted = LogEntry.objects.filter(content_type=content_type).values_list("object_id", flat=True)
        numbers = {int(number) for number in noted if is_number(number)}
        own = rows_about(model, person).filter(pk__in=numbers).values_list("pk", flat=True) if numbers else ()
        query |= Q(content_type=content_type, object_id__in=[str(pk) for pk in own])
    return query


def is_number(text: str | None) -> TypeGuard[str]:
    return text is not None and text.isascii() and text.isdigit() and len(text) < 19


def whole_word(name: str) -> str:
    """A pattern for the name where it is no part of a longer word."""
    return rf"(?<!\w){re.escape(name)}(?!\w)"


def notes_naming(person: Person, names: Iterable[str]) -> list[tuple[LogEntry, re.Pattern[str]]]:
    """Other notes that name them and nobody else: a name as a whole word, which is no part of another's; and what finds it there."""
    certain = [name for name in names if not is_shared(person, name)]
    if not certain:
        return []
    # A change is stored as JSON, which may write letters as \u00eb.
    forms = {form for name in certain for form in (name, json.dumps(name)[1:-1])}
    pattern = re.compile("|".join(whole_word(form) for form in sorted(forms, key=len, reverse=True)))
    query = Q()
    for form in forms:
        query |= Q(object_repr__contains=form) | Q(change_message__contains=form)
    notes = LogEntry.objects.filter(query).exclude(notes_on_rows(person)).select_related("content_type").order_by("pk")
    return [(note, pattern) for note in notes if pattern.search(note.object_repr) or pattern.search(note.change_message)]


def has_row(note: LogEntry) -> bool:
    """Whether the row that the note is about still exists."""
    model = note.content_type.model_class() if note.content_type else None
    return model is not None and is_number(note.object_id) and model._base_manager.filter(pk=note.object_id).exists()


def notes_about(person: Person, names: Iterable[str]) -> Q:
    """Notes about their rows, by number; and those about no row that exists which name them and nobody else."""
    return notes_on_rows(person) | Q(pk__in=[note.pk for note, _pattern in notes_naming(person, names) if not has_row(note)])


def notes_elsewhere(person: Person, names: Iterable[str]) -> Iterator[tuple[LogEntry, re.Pattern[str]]]:
    """Notes about somebody else's row, or the school's, that name them, and what finds the name there."""
    return ((note, pattern) for note, pattern in notes_naming(person, names) if has_row(note))


def erase_notes(person: Person, names: Iterable[str]) -> None:
    """Deletes the notes of what they did and about their rows; removes their name from the others. Call it before the rows go."""
    names = tuple(names)
    LogEntry.objects.filter(Q(user=person) | notes_about(person, names)).delete()
    for note, pattern in list(notes_elsewhere(person, names)):
        object_repr, change_message = (pattern.sub(ERASED, text) for text in (note.object_repr, note.change_message))
        LogEntry.objects.filter(pk=note.pk).update(object_repr=object_repr[:200], change_message=change_message)
