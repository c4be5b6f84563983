"""Every row about one person, field by field, by what the rooms declare of their tables."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import BinaryField, Field, ForeignKey, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.organisation.models.person import Person
from declarations.privacy import personal_data
from declarations.privacy.admin_notes import notes_about, notes_elsewhere, whole_word
from declarations.privacy.personal_data import declared, label_of, names_of, rows_about
from declarations.privacy.subject_access.free_text import FreeText, paths_of
from declarations.privacy.subject_access.log_records import log_entries
from declarations.privacy.subject_access.other_people import OtherPeople
from declarations.web.capability import PersonalData

TITLES = {
    "at": gettext_lazy("when"), "by": gettext_lazy("by"), "about": gettext_lazy("about"), "called": gettext_lazy("called"),
    "change": gettext_lazy("what was changed"), "ends_at": gettext_lazy("ends"), "signed_in": gettext_lazy("signed in"),
    "place": gettext_lazy("where"), "text": gettext_lazy("what it says"),
    "log": gettext_lazy("log"), "position": gettext_lazy("position"), "kind": gettext_lazy("kind"),
    "leaf_hash": gettext_lazy("leaf hash"), "record": gettext_lazy("record"), "what": gettext_lazy("what"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record: what it is called, and its rows, each from a field's name to its value."""

    title: str
    rows: list[dict[str, Any]]
    # What the fields are called on paper.
    labels: dict[str, str] = field(default_factory=dict)

    def label(self, key: str) -> str:
        return str(self.labels.get(key, TITLES.get(key, key)))


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is kept about a person at a moment."""

    person: Person
    at: dt.datetime
    sections: list[Section]
    # Files that go beside: scans, and the log's records as they are.
    files: dict[str, bytes]

    def free_texts(self) -> list[str]:
        """Where each free text stands: the section, the number of the row in it, the field."""
        return [
            f"{section.title} {number}: {path}"
            for section in self.sections
            for number, row in enumerate(section.rows, start=1)
            for key, value in row.items()
            for path in paths_of(value, section.label(key))
        ]


def collect(*, person: Person, at: dt.datetime) -> Answer:
    """All that is kept about a person at this moment: other people by what they are at the school, free texts marked."""
    others, names = OtherPeople(person), names_of(person)
    sections = [
        Section(str(model._meta.verbose_name_plural), [row_of(row, data, others) for row in rows_about(model, person)], labels_of(data))
        for model, data in declared().items()
        if data.about and model is not Person
    ]
    sections.insert(0, about_the_person(others))
    sections += [Section(str(data.shared.title), list(data.shared.extract(person))) for data in declared().values() if data.shared]
    sections.append(Section(_("notes of the desk about them"), admin_notes(person, names, others)))
    sections.append(Section(_("texts of the school, or about others, in which they are named"), list(named_in(person, names))))
    entries, files = log_entries(person, others)
    sections.append(Section(_("entries of the evidence log"), entries))
    sections.append(Section(_("what they did in records about others or the school"), list(deeds(person))))
    for data in declared().values():
        files |= data.files(person) if data.files else {}
    return Answer(person, at, sections, files)


def labels_of(data: PersonalData) -> dict[str, str]:
    return {field.name: str(field.verbose_name) for field in handed_over(data)}


def handed_over(data: PersonalData) -> list["Field[Any, Any]"]:
    return [field for field in data.model._meta.concrete_fields if field.name not in data.secret]


def about_the_person(others: OtherPeople) -> Section:
    person, data = others.person, declared()[Person]
    row = row_of(person, data, others) | {"has_a_password": person.has_usable_password()}
    return Section(_("the person"), [row], labels_of(data) | {"has_a_password": _("has a password")})


def row_of(row: Model, data: PersonalData, others: OtherPeople) -> dict[str, Any]:
    """Every field of a row: other people by what they are, other rows by their label, free texts marked."""
    return {field.name: value_of(row, field, data, others) for field in handed_over(data)}


def value_of(row: Model, field: "Field[Any, Any]", data: PersonalData, others: OtherPeople) -> Any:
    value = getattr(row, field.attname)
    if value in (None, ""):
        shown = value
    elif isinstance(field, ForeignKey):
        shown = others.describe(value) if field.related_model is Person else label_of(getattr(row, field.name), others.person)
    elif field.name in data.free_text:
        shown = FreeText(value)
    elif field.name == data.email:
        shown = others.describe_address(value)
    elif field.name in data.belongs_to and not is_own(row, data.belongs_to[field.name], others.person):
        shown = _("somebody else's")
    elif isinstance(field, BinaryField):
        shown = bytes(value).hex()
    else:
        shown = str(dict(field.flatchoices).get(value, value)) if field.choices else value
    return shown


def is_own(row: Model, path: str, person: Person) -> bool:
    return type(row)._default_manager.filter(pk=row.pk, **{path: person}).exists()


def admin_notes(person: Person, names: set[str], others: OtherPeople) -> list[dict[str, Any]]:
    notes = LogEntry.objects.filter(notes_about(person, names)).exclude(user=person).select_related("content_type").order_by("pk")
    return [
        {
            "at": note.action_time,
            "by": others.describe(note.user_id),
            "about": f"{note.content_type.name if note.content_type else ''} {note.object_id}".strip(),
            "called": FreeText(note.object_repr) if note.object_repr else "",
            "change": FreeText(change) if (change := note.get_change_message()) else "",
        }
        for note in notes
    ]


def named_in(person: Person, names: set[str]) -> Iterator[dict[str, Any]]:
    """Free texts of the school, or about others, with their name: where; and the words of a contact, unless a namesake may be meant.

    Of the person's own school; for somebody of the trust, of every school.
    """
    pattern = re.compile("|".join(whole_word(name) for name in names) or r"(?!)", re.IGNORECASE)
    for data, row in personal_data.texts_naming(person, names, school_id=person.school_id):
        for name in data.free_text:
            text = str(getattr(row, name))
            matches = {match.group() for match in pattern.finditer(text)}
            if matches:
                is_certain = name in data.contacts and not any(personal_data.is_shared(person, match) for match in matches)
                what = labels_of(data)[name]
                yield {"place": label_of(row, person), "what": what, "text": FreeText(text) if is_certain else None}
    for note, _pattern in notes_elsewhere(person, names):
        if note.user_id != person.pk:
            yield {"place": f"{_('note of the desk')} {note.pk}", "what": _("a text in it"), "text": None}


def deeds(person: Person) -> Iterator[dict[str, Any]]:
    """What they did to rows that are not about themselves: which row, what, and when."""
    for model, data in declared().items():
        for name, moment in data.acts.items():
            rows = model._default_manager.filter(**{name: person}).exclude(personal_data.about_people(data, [person.pk]))
            what = labels_of(data)[name]
            for pk, at in rows.order_by("pk").values_list("pk", moment or "pk"):
                yield {"record": f"{model._meta.verbose_name} {pk}", "what": what, "at": at if moment else None}
