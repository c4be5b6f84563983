"""Where somebody stands: the rows about them, texts of the school or about others that name them, and the desk's notes."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from declarations.devices.models import Permission
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Exemption, PaperSignature, Response

# Rows that are about a person: from the row to them. In the order in which subject access tells them.
ABOUT = {
    "account.EmailAddress": "user",
    "declarations.Role": "person",
    "declarations.SectionRead": "person",
    "declarations.Declaration": "person",
    "declarations.SignatureMetadata": "declaration__person",
    "declarations.PaperSignature": "declaration__person",
    "declarations.IssuedCertificate": "entry__declaration__person",
    "declarations.Response": "person",
    "declarations.Exemption": "person",
    "declarations.Device": "owner",
    "declarations.DeviceAddress": "device__owner",
    "declarations.Permission": "owner",
    "declarations.PermissionReview": "permission__owner",
    "declarations.Suspension": "device__owner",
    "declarations.LastSeen": "device__owner",
    "declarations.Disconnect": "device__owner",
    "declarations.AddressClash": "person",
    "declarations.Email": "person",
    "declarations.Reminder": "person",
    "declarations.LegalHold": "person",
    "declarations.Erasure": "person",
    "declarations.Invitation": "person",
    "declarations.LinkedAccount": "person",
    "declarations.SigningCode": "person",
    "mfa.Authenticator": "user",
    "usersessions.UserSession": "user",
}
CONTACTS = ("dsl_contact", "dsl_deputies", "child_protection_contact", "it_contact", "data_protection_contact", "checkpoint_recipients")
POLICY_WORDS = ("title", "body", "source_body", "statement", "source_statement", "publish_reason", "approved_by", "approval_minute")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the school, or about somebody else, in which somebody is named; `where` as a preview of an erasure lists it."""

    row: Model
    school_id: int | None
    # The fields in which a name may stand.
    words: tuple[str, ...]
    where: str


def names_any(words: Iterable[str], name: str) -> Q:
    named = Q()
    for one in words:
        named |= Q(**{f"{one}__icontains": name})
    return named


def places(person: Person, called: Iterable[str]) -> Iterator[Place]:
    """Texts of the school, or about others, in which one of the names stands, if only as a part of another; a row once for each name."""
    for name in called:
        for school in School.objects.filter(names_any(CONTACTS, name)):
            yield Place(school, school.pk, CONTACTS, f"{school}: settings")
        for version in PolicyVersion.objects.filter(names_any(POLICY_WORDS, name)).select_related("school"):
            yield Place(version, version.school_id, POLICY_WORDS, f"{version.school}: {version}")
        yield from about_others(person, name)


def about_others(person: Person, name: str) -> Iterator[Place]:
    words: tuple[str, ...] = ("conditions", "decision_note", "ended_note", "reason")
    for permission in Permission.objects.filter(names_any(words, name)).exclude(owner=person):
        yield Place(permission, permission.school_id, words, f"permission {permission.pk}: a text in it")
    words = ("reason", "answer")
    for reply in Response.objects.filter(names_any(words, name)).exclude(person=person):
        yield Place(reply, reply.school_id, words, f"reply {reply.pk}: a text in it")
    words = ("reason",)
    for exemption in Exemption.objects.filter(names_any(words, name)).exclude(person=person):
        yield Place(exemption, exemption.school_id, words, f"exemption {exemption.pk}: its reason")
    words = ("sighted_by", "filed_where")
    papers = PaperSignature.objects.filter(names_any(words, name)).exclude(declaration__person=person)
    for paper in papers.select_related("declaration").defer("scan"):
        where = f"declaration {paper.declaration.reference}, on paper: who sighted it, or where it is filed"
        yield Place(paper, paper.declaration.school_id, words, where)
    # Signed at the tablet with a code which the person gave: they are the signers' own records.
    words = ("signed_in_with",)
    for row in Declaration.objects.filter(names_any(words, name)).exclude(person=person):
        yield Place(row, row.school_id, words, f"declaration {row.reference}: who gave its code")


def whole(name: str) -> str:
    """The name as a whole word, for `re`."""
    return rf"(?<!\w){re.escape(name)}(?!\w)"


# --- the desk's notes: what Django's admin keeps of each change


def notes_on_rows(person: Person) -> Q:
    """Notes about the person's row and the rows about them, by number. Reads the numbers now: it holds when the rows are gone."""
    noted = Q(content_type=ContentType.objects.get_for_model(Person), object_id=str(person.pk))
    for label, way in ABOUT.items():
        model = apps.get_model(label)
        kind = ContentType.objects.get_for_model(model)
        # Only numbers of which there are notes: there are few of them, and of what the network saw there are many.
        numbers = {int(one) for one in LogEntry.objects.filter(content_type=kind).values_list("object_id", flat=True) if is_number(one)}
        theirs = model._default_manager.filter(**{way: person}, pk__in=numbers).values_list("pk", flat=True) if numbers else ()
        noted |= Q(content_type=kind, object_id__in=[str(pk) for pk in theirs])
    return noted


def is_number(text: str | None) -> TypeGuard[str]:
    return text is not None and text.isascii() and text.isdigit() and len(text) < 19


def notes_naming(person: Person, called: Iterable[str]) -> list[tuple[LogEntry, re.Pattern[str]]]:
    """Other notes that name them and nobody else: a name as a whole word, which is no part of another's; and what finds it there."""
    sure = [name for name in called if not is_shared(person, name)]
    if not sure:
        return []
    # A change is kept as JSON, which may write letters as \u00eb.
    forms = {form for name in sure for form in (name, json.dumps(name)[1:-1])}
    pattern = re.compile("|".join(whole(form) for form in sorted(forms, key=len, reverse=True)))
    found = Q()
    for form in forms:
        found |= Q(object_repr__contains=form) | Q(change_message__contains=form)
    notes = LogEntry.objects.filter(found).exclude(notes_on_rows(person)).select_related("content_type").order_by("pk")
    return [(note, pattern) for note in notes if pattern.search(note.object_repr) or pattern.search(note.change_message)]


def is_shared(person: Person, name: str) -> bool:
    """Somebody else has a name or an address which is this one, or in which it stands; as they are, or as they signed."""
    others = Person.objects.exclude(pk=person.pk).filter(Q(full_name__icontains=name) | Q(email__icontains=name))
    signed = Declaration.objects.exclude(person=person).filter(Q(person_name__icontains=name) | Q(person_email__icontains=name))
    return others.exists() or signed.exists()


def row_is_there(note: LogEntry) -> bool:
    """The row that the note is about is known still: somebody else's, or the school's."""
    model = note.content_type.model_class() if note.content_type else None
    return model is not None and is_number(note.object_id) and model._base_manager.filter(pk=note.object_id).exists()


def notes_about(person: Person, called: Iterable[str]) -> Q:
    """Notes about them: on their rows, by number; and those about no row that is there which name them and nobody else."""
    return notes_on_rows(person) | Q(pk__in=[note.pk for note, _name in notes_naming(person, called) if not row_is_there(note)])


def notes_elsewhere(person: Person, called: Iterable[str]) -> Iterator[tuple[LogEntry, re.Pattern[str]]]:
    """Notes about somebody else's or the school's row that name them, and what finds the name there."""
    return ((note, name) for note, name in notes_naming(person, called) if row_is_there(note))


def take_name_out(note: LogEntry, name: re.Pattern[str], *, instead: str) -> None:
    """The note stays: it is about another's row. The name goes."""
    LogEntry.objects.filter(pk=note.pk).update(
        object_repr=name.sub(instead, note.object_repr)[:200], change_message=name.sub(instead, note.change_message)
    )
