"""Erasure under retention or on an upheld request: the words go, the leaf hashes stay, and the log still adds up."""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from declarations.common.dates import years_before
from declarations.common.errors import RefusedError
from declarations.devices.models import Device, DeviceAddress, Permission, PermissionReview, Suspension
from declarations.evidence import canonical_json, log
from declarations.evidence.models import Entry, Erasure, Log
from declarations.mail.models import Email, Reminder
from declarations.network.models import AddressClash
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.people.legal_holds import is_held, locked
from declarations.policies.models import SectionRead
from declarations.privacy import personal_data
from declarations.privacy.models import YEARS_AFTER_LEAVING, LegalHold
from declarations.sign_in.models import Invitation, LinkedAccount
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.kiosk import SigningCode
from declarations.signing.models.response import Exemption, PaperSignature, Response
from declarations.staff_lists.models import StaffList

GONE = "(erased)"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure takes: positions of the log, and rows by their kind; `elsewhere` it cannot reach, and a person must look."""

    positions: list[tuple[Log, int]]
    rows: dict[str, int]
    elsewhere: list[str]


def left_long_ago(*, school: School | None, before: dt.date) -> QuerySet[Person]:
    """Those who left on that day or earlier, and are not erased yet; without a school, of the trust's own people."""
    found: QuerySet[Person] = Person.objects.filter(school=school, leaves_on__lte=before, erasure__isnull=True)
    return found


def due_under_retention(*, on: dt.date) -> list[Person]:
    """Those who left so long ago that their records are no longer kept, are not erased yet, and are not held back."""
    held = LegalHold.objects.live().values("person")
    people: list[Person] = []
    for school in [*School.objects.select_related("retention").order_by("pk"), None]:
        kept = getattr(school, "retention", None)
        before = years_before(on, kept.years_after_leaving if kept else YEARS_AFTER_LEAVING)
        people += left_long_ago(school=school, before=before).exclude(pk__in=held)
    return sorted(people, key=lambda person: (person.leaves_on, person.pk))


def names(person: Person) -> set[str]:
    """What the person was called: names and e-mail addresses, now and as they were.

    Not what they typed as their name at the signing: that may be any letter, and stands in their own declarations alone.
    """
    found = {person.full_name, person.email}
    for row in Declaration.objects.filter(person=person):
        found |= {row.person_name, row.person_email}
    found |= set(LinkedAccount.objects.filter(person=person).values_list("email", flat=True))
    return {name for name in found if name and name != GONE}


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
        if speaks_of(bytes(cast("bytes", entry.record)), person.pk)
    ]


def speaks_of(record: bytes, number: int) -> bool:
    facts = cast("dict[str, object]", canonical_json.parse(record))
    people = [facts.get("by"), facts.get("person"), facts.get("owner")]
    return any(isinstance(one, dict) and one.get("id") == number for one in people)


def preview(*, person: Person) -> Preview:
    """What `erase_person` would take."""
    rows = {
        "declarations": Declaration.objects.filter(person=person).count(),
        "devices": Device.objects.filter(owner=person).count(),
        "permissions": Permission.objects.filter(owner=person).count(),
        "roles": Role.objects.filter(person=person).count(),
        "letters": letters_of(person).count(),
        "invitations": Invitation.objects.filter(person=person).count(),
        "replies": Response.objects.filter(person=person).count(),
        "exemptions": Exemption.objects.filter(person=person).count(),
        "signatures on paper": PaperSignature.objects.filter(declaration__person=person).count(),
    }
    return Preview([(entry.log, entry.position) for entry in positions_about(person)], rows, sorted(set(elsewhere(person, names(person)))))


def letters_of(person: Person) -> QuerySet[Email]:
    """Letters to the person, and letters to others about them."""
    told = Q(person=person) | Q(declaration__person=person) | Q(response__person=person) | Q(permission__owner=person)
    # Who has no e-mail has not everybody's letters.
    return Email.objects.filter(told | Q(recipient=person.email) if person.email else told)


def elsewhere(person: Person, called: Iterable[str]) -> Iterator[str]:
    """Texts of the school, or about others, in which the person is named."""
    return (place.where for place in personal_data.places(person, called))


def erase_person(*, person: Person, reason: str, at: dt.datetime) -> Preview:
    """Erases everything that says who the person was; their number stays, so that decisions about others still add up.

    Raises Refused, `held`, while a legal hold lasts.
    """
    with transaction.atomic():
        locked(person)
        refuse_if_held(person)
        taken = preview(person=person)
        entries = positions_about(person)
        forget_notes(person)
        Erasure.objects.create(person=person, at=at, reason=reason)
        letters = letters_of(person)
        Reminder.objects.filter(Q(person=person) | Q(email__in=letters)).delete()
        letters.delete()
        Invitation.objects.filter(person=person).delete()
        forget_lists(person, names(person))
        Response.objects.filter(person=person).delete()
        Exemption.objects.filter(person=person).delete()
        PaperSignature.objects.filter(declaration__person=person).delete()
        SignatureMetadata.objects.filter(declaration__person=person).delete()
        AddressClash.objects.filter(person=person).delete()
        Declaration.objects.filter(person=person).delete()
        SectionRead.objects.filter(person=person).delete()
        Suspension.objects.filter(device__owner=person).delete()
        DeviceAddress.objects.filter(device__owner=person).delete()
        PermissionReview.objects.filter(permission__owner=person).delete()
        # The newest first: each is carried on by a later one.
        for permission in Permission.objects.filter(owner=person).order_by("-pk"):
            permission.delete()
        Device.objects.filter(owner=person).delete()
        Role.objects.filter(person=person).delete()
        LegalHold.objects.filter(person=person).delete()
        LinkedAccount.objects.filter(person=person).delete()
        SigningCode.objects.filter(person=person).delete()
        Authenticator.objects.filter(user=person).delete()
        UserSession.objects.filter(user=person).delete()
        Person.objects.filter(pk=person.pk).update(
            full_name=GONE,
            email=f"erased-{person.pk}@erased.invalid",
            job_title="",
            staff_number="",
            password=UNUSABLE_PASSWORD_PREFIX,
            last_login=None,
        )
        EmailAddress.objects.filter(user=person).delete()
        end_sessions(person)
        take_away(entries, reason=reason, at=at)
    return taken


def refuse_if_held(person: Person) -> None:
    if is_held(person):
        raise RefusedError(_("A legal hold keeps their records: nothing is erased until it ends."), "held")


def forget_notes(person: Person) -> None:
    """The desk's notes of what they did and about their rows go; from notes about others' rows their name. Before the rows go."""
    called = names(person)
    LogEntry.objects.filter(Q(user=person) | personal_data.notes_about(person, called)).delete()
    for note, name in list(personal_data.notes_elsewhere(person, called)):
        personal_data.take_name_out(note, name, instead=GONE)


def forget_lists(person: Person, called: Iterable[str]) -> None:
    """A list that waits may name them, in any form; what an import changed does if it says their number, or one of their names."""
    StaffList.objects.filter(school=person.school_id, confirmed_at__isnull=True).delete()
    for staff_list in StaffList.objects.filter(school=person.school_id, changes__isnull=False):
        text = json.dumps(staff_list.changes, ensure_ascii=False)
        numbers = {one["id"] for part in (staff_list.changes or {}).values() for one in part}
        if person.pk in numbers or any(name in text for name in called):
            StaffList.objects.filter(pk=staff_list.pk).update(changes=None)


def erase_declaration(*, declaration: Declaration, reason: str, at: dt.datetime) -> None:
    """Erases one declaration, on an upheld request: its record, its row, its letters and issued certificates' records.

    Raises Refused, `held`, while a legal hold on its signer lasts.
    """
    with transaction.atomic():
        refuse_if_held(locked(declaration.person))
        entry = Entry.objects.select_related("log__school").get(pk=declaration.entry_id)
        issued = [one.logged_as for one in entry.certificates.select_related("logged_as__log__school")]
        Email.objects.filter(declaration=declaration).delete()
        SignatureMetadata.objects.filter(declaration=declaration).delete()
        take_away([entry, *issued], reason=reason, at=at)
        PaperSignature.objects.filter(declaration=declaration).delete()
        Declaration.objects.filter(pk=declaration.pk).delete()


def take_away(entries: Iterable[Entry], *, reason: str, at: dt.datetime) -> None:
    for entry in entries:
        # Salt and body go together, so that nobody can find the leaf hash again from a list of names.
        if Entry.objects.filter(pk=entry.pk, record__isnull=False).update(record=None):
            log.append(
                school=entry.log.school,
                kind="record.erased",
                at=at,
                by=None,
                facts={"erased": entry.position, "reason": reason},
            )


def end_sessions(person: Person) -> None:
    number = str(person.pk)
    Session.objects.filter(
        pk__in=[one.pk for one in Session.objects.iterator() if one.get_decoded().get("_auth_user_id") == number]
    ).delete()
