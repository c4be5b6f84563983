"""Every row about one person, by the way that leads from it to them; a test fails for a relation that is not named here."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import BinaryField, Field, ForeignKey, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.devices.models import AddressClash
from declarations.evidence import canonical_json
from declarations.evidence.models import Entry
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.policies.models import PolicyVersion
from declarations.privacy import erasure, personal_data
from declarations.privacy.personal_data import ABOUT
from declarations.privacy.subject_access.kinds import is_about
from declarations.privacy.subject_access.naming import named_in
from declarations.privacy.subject_access.redact import Redactor
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import PaperSignature
from declarations.staff_lists.models import StaffList

# What the person did, or is there for, in rows about others or about the school: that and when, not what stands in the row.
DID = {
    "declarations.School.headteacher": "",
    "declarations.School.fallback_decider": "",
    "declarations.School.listener": "",
    "declarations.PolicyVersion.published_by": "published_at",
    "declarations.Role.granted_by": "granted_at",
    "declarations.Role.removed_by": "removed_at",
    "declarations.Permission.asked_by": "asked_at",
    "declarations.Permission.decided_by": "decided_at",
    "declarations.Permission.ended_by": "ended_at",
    "declarations.PermissionReview.reviewed_by": "reviewed_at",
    "declarations.Suspension.suspended_by": "suspended_at",
    "declarations.Suspension.lifted_by": "lifted_at",
    "declarations.Response.said_to": "said_at",
    "declarations.Response.answered_by": "answered_at",
    "declarations.Exemption.granted_by": "granted_at",
    "declarations.Exemption.ended_by": "ended_at",
    "declarations.PaperSignature.entered_by": "declaration__signed_at",
    "declarations.NetworkToken.created_by": "created_at",
    "declarations.NetworkToken.ended_by": "ended_at",
    "declarations.LegalHold.placed_by": "placed_at",
    "declarations.LegalHold.ended_by": "ended_at",
    "declarations.Disposal.done_by": "done_at",
    "declarations.LinkedAccount.ended_by": "ended_at",
    "declarations.KioskSession.opened_by": "opened_at",
    "declarations.KioskSession.closed_by": "closed_at",
    "declarations.SigningCode.given_by": "given_at",
    "declarations.StaffList.uploaded_by": "uploaded_at",
    "declarations.StaffList.confirmed_by": "confirmed_at",
    "declarations.StaffList.undone_by": "undone_at",
    "declarations.Invitation.made_by": "made_at",
    "admin.LogEntry.user": "action_time",
}
# What they signed, word for word: they have had it since, and it may name the safeguarding lead as the whole school reads it.
VERBATIM = ("statement", "confirmations")
# Secrets, and what lies beside as a file.
LEFT_OUT = {
    "declarations.Person.password",
    "declarations.PaperSignature.scan",
    "declarations.Invitation.salt",
    "declarations.Invitation.sha256",
    "declarations.SigningCode.code_hash",
    "mfa.Authenticator.data",
    "usersessions.UserSession.session_key",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record: what it is called, and its rows, each from a field's name to its value."""

    title: str
    rows: list[dict[str, Any]]
    # What the fields are called on paper.
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    person: Person
    at: dt.datetime
    sections: list[Section]
    # Files that go beside: scans, and the log's records as they are.
    files: dict[str, bytes]


def gather(*, person: Person, at: dt.datetime) -> Gathered:
    """All that is kept about a person at this moment, without anybody else's name or address."""
    redactor = Redactor(person)
    sections = [about_the_person(person, redactor)]
    for label in ABOUT:
        model = apps.get_model(label)
        rows = rows_about(model, person)
        sections.append(Section(str(model._meta.verbose_name_plural), [told(row, redactor) for row in rows], labels_of(model)))
    sections.append(Section(_("sign-ins that are open"), list(sign_ins(person))))
    sections.append(Section(_("what staff lists changed, while that can be undone"), list(from_staff_lists(person))))
    sections.append(Section(_("notes of the desk about them"), notes(person, redactor)))
    sections.append(Section(_("texts of the school, or about others, in which they are named"), list(named_in(person, redactor))))
    entries, files = log_entries(person, redactor)
    sections.append(Section(_("entries of the evidence log"), entries))
    sections.append(Section(_("what they did in records about others or the school"), list(deeds(person, redactor))))
    return Gathered(person, at, sections, files | scans(person))


def rows_about(model: type[Model], person: Person) -> QuerySet[Any]:
    rows = model._default_manager.all()
    if model is Email:
        return erasure.letters_of(person).order_by("pk")
    if model is AddressClash:
        # Also: somebody else typed an address of theirs.
        return rows.filter(Q(person=person) | Q(holder__owner=person)).order_by("pk")
    return rows.filter(**{ABOUT[model._meta.label]: person}).order_by("pk")


def labels_of(model: type[Model]) -> dict[str, str]:
    return {one.name: str(one.verbose_name) for one in concrete(model)}


def concrete(model: type[Model]) -> list["Field[Any, Any]"]:
    return [one for one in model._meta.concrete_fields if f"{model._meta.label}.{one.name}" not in LEFT_OUT]


def about_the_person(person: Person, redactor: Redactor) -> Section:
    row = told(person, redactor) | {"has_a_password": person.has_usable_password()}
    return Section(_("the person"), [row], labels_of(Person) | {"has_a_password": _("has a password")})


def told(row: Model, redactor: Redactor) -> dict[str, Any]:
    """Every field of a row: other people by what they are, other rows by their number, texts redacted."""
    return {one.name: value_of(row, one, redactor) for one in concrete(type(row))}


def value_of(row: Model, one: "Field[Any, Any]", redactor: Redactor) -> Any:
    value = getattr(row, one.attname)
    if value is None or (isinstance(row, Declaration) and one.name in VERBATIM):
        return value
    if isinstance(one, ForeignKey):
        return redactor.who(value) if one.related_model is Person else name_of(getattr(row, one.name), redactor.person)
    if isinstance(one, BinaryField):
        return bytes(value).hex()
    if one.choices:
        return str(dict(one.flatchoices).get(value, value))
    return redactor.json(cast("canonical_json.Json", value)) if isinstance(value, str | list | dict) else value


def name_of(row: Model, person: Person) -> str:
    """What another row is called here: their declarations by reference, texts with number and fingerprint, the rest by number."""
    match row:
        case Declaration() if row.person_id == person.pk:
            return row.reference
        case PolicyVersion():
            return f"{row.get_document_display()}, {_('version')} {row.number}, SHA-256 {row.sha256}"
    return f"{row._meta.verbose_name} {row.pk}"


def sign_ins(person: Person) -> Iterator[dict[str, Any]]:
    """Open sign-ins: until when, and how they were begun."""
    for session in Session.objects.order_by("expire_date").iterator():
        kept = session.get_decoded()
        if kept.get("_auth_user_id") == str(person.pk):
            methods = [
                {"method": one.get("method"), "at": dt.datetime.fromtimestamp(one["at"], dt.UTC)}
                for one in kept.get("account_authentication_methods", [])
                if isinstance(one, dict) and isinstance(one.get("at"), int | float)
            ]
            yield {"ends_at": session.expire_date, "signed_in": methods}


def from_staff_lists(person: Person) -> Iterator[dict[str, Any]]:
    """What was taken from a list about them and not about the rest of the school. One that nobody confirmed says nothing yet."""
    for staff_list in StaffList.objects.filter(school=person.school_id, changes__isnull=False).order_by("pk"):
        for kind, changes in (staff_list.changes or {}).items():
            yield from ({"at": staff_list.confirmed_at, "what": kind} | one for one in changes if one["id"] == person.pk)


def notes(person: Person, redactor: Redactor) -> list[dict[str, Any]]:
    noted = personal_data.notes_about(person, erasure.names(person))
    about = LogEntry.objects.filter(noted).exclude(user=person).select_related("content_type").order_by("pk")
    return [
        {
            "at": one.action_time,
            "by": redactor.who(one.user_id),
            "about": f"{one.content_type.name if one.content_type else ''} {one.object_id}".strip(),
            "called": redactor.text(one.object_repr),
            "change": redactor.text(one.get_change_message()),
        }
        for one in about
    ]


def log_entries(person: Person, redactor: Redactor) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The log's records about them; where nobody else stands in one, its exact bytes too, which the leaf hash proves.

    Of what they did to others, or for the school: which kind, and when.
    """
    rows, files = [], {}
    references = set(Declaration.objects.filter(person=person).values_list("reference", flat=True))
    fetched = Entry.objects.filter(issue__entry__declaration__person=person, record__isnull=False).select_related("log__school")
    found = {entry.pk: entry for entry in [*erasure.positions_about(person), *fetched]}
    for entry in sorted(found.values(), key=lambda one: (one.log.school_id, one.position)):
        stored = bytes(cast("bytes", entry.record))
        record = cast("dict[str, canonical_json.Json]", canonical_json.parse(stored))
        row: dict[str, Any] = {
            "log": entry.log.origin,
            "position": entry.position,
            "kind": entry.kind,
            "at": entry.at,
            "leaf_hash": bytes(entry.leaf_hash).hex(),
        }
        if is_about(record, person, references=references):
            signed = {key: record[key] for key in VERBATIM if key in record}
            shown = {key: redactor.json(value) for key, value in redactor.numbers(record).items()} | signed
            row["record"] = shown
            if shown == record:
                files[f"log/{entry.log.school.slug}-{entry.position}.json"] = stored
        rows.append(row)
    return rows, files


def deeds(person: Person, redactor: Redactor) -> Iterator[dict[str, Any]]:
    """What they did to rows that are not about themselves: which row, what, and when."""
    for relation, moment in DID.items():
        label, _dot, name = relation.rpartition(".")
        model = apps.get_model(label)
        rows = model._default_manager.filter(**{name: person})
        if label in ABOUT:
            rows = rows.exclude(**{ABOUT[label]: person})
        what = str(cast("Field[Any, Any]", model._meta.get_field(name)).verbose_name)
        for pk, at in rows.order_by("pk").values_list("pk", moment or "pk"):
            yield {"record": f"{model._meta.verbose_name} {pk}", "what": redactor.text(what), "at": at if moment else None}


def scans(person: Person) -> dict[str, bytes]:
    """What was signed on paper, as it was scanned."""
    endings = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
    papers = PaperSignature.objects.filter(declaration__person=person, scan__isnull=False)
    return {
        f"paper/{one.declaration.reference}.{endings[one.scan_type]}": bytes(cast("bytes", one.scan))
        for one in papers.select_related("declaration")
    }


TITLES = {
    "at": gettext_lazy("when"), "by": gettext_lazy("by"), "about": gettext_lazy("about"), "called": gettext_lazy("called"),
    "change": gettext_lazy("what was changed"), "ends_at": gettext_lazy("ends"), "signed_in": gettext_lazy("signed in"),
    "place": gettext_lazy("where"), "text": gettext_lazy("what it says"),
    "log": gettext_lazy("log"), "position": gettext_lazy("position"), "kind": gettext_lazy("kind"),
    "leaf_hash": gettext_lazy("leaf hash"), "record": gettext_lazy("record"), "what": gettext_lazy("what"),
}  # fmt: skip
