"""A school with eight years of records: who left long ago, who is held back, and who is there still, with old things and new."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from declarations.devices.actions import approval
from declarations.devices.models import Device, DeviceAddress
from declarations.evidence import log
from declarations.mail.models import Email, Reminder
from declarations.network.models import AddressClash, Disconnect, LastSeen
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people import legal_holds
from declarations.people.roles import grant_role
from declarations.privacy.personal_data import rows_about
from declarations.signing.actions import sign as signing
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.response import Exemption, Response
from tests.cast import ask, make_person, make_school, publish_texts, read_everything

DAY = dt.timedelta(days=1)
YEAR = dt.timedelta(days=366)
# What stands for a person's old and new records: told apart wherever they turn up.
IP = {"gwen": "192.0.2.11", "kate": "192.0.2.12", "stan": "192.0.2.13"}
MAC = {"gwen": "00:00:5E:00:53:11", "kate": "00:00:5E:00:53:12", "stan": "00:00:5E:00:53:13", "stan now": "00:00:5E:00:53:14"}


@dataclass
class Aged:
    """gwen left seven years ago; kate too, and is held; stan is there still. hedda leads, ivor administers."""

    school: School
    hedda: Person
    ivor: Person
    gwen: Person
    kate: Person
    stan: Person
    at: dt.datetime
    long_ago: dt.datetime


def aged() -> Aged:
    at = timezone.now()
    long_ago = at - 8 * YEAR
    school = make_school("oldfield", "Oldfield School")
    hedda = make_person(school, "hedda@oldfield.example", "Hedda Oldfield-Example", "headteacher")
    ivor = make_person(school, "ivor@oldfield.example", "Ivor Oldfield-Example", "IT technician")
    grant_role(person=hedda, name="leadership", by=None, at=long_ago)
    grant_role(person=ivor, name="administrator", by=None, at=long_ago)
    publish_texts(school, hedda, long_ago)
    people = {name: make_person(school, f"{name}@oldfield.example", f"{name.title()} {name[0].upper()}ames-Example") for name in IP}
    for name, person in people.items():
        sign(person, long_ago, ip_address=IP[name], browser=f"Browser of {name}")
        permitted(person, MAC[name], by=hedda, at=long_ago)
        written_about(person, by=hedda, at=long_ago + 30 * DAY)
    scene = Aged(school, hedda, ivor, at=at, long_ago=long_ago, **people)
    for leaver in (scene.gwen, scene.kate):
        Person.objects.filter(pk=leaver.pk).update(leaves_on=(at - 7 * YEAR).date())
        leaver.refresh_from_db()
    legal_holds.place_hold(person=scene.kate, reason="Tribunal, file 2026/7", by=hedda, at=at - 30 * DAY)
    permitted(scene.stan, MAC["stan now"], by=hedda, at=at - 30 * DAY, days=60)
    return scene


def sign(person: Person, at: dt.datetime, *, ip_address: str, browser: str) -> Declaration:
    current = read_everything(person, at)
    return signing.sign(
        person=person,
        aup_id=current["aup"].pk,
        leaflet_id=current["leaflet"].pk,
        confirmed=[one["key"] for one in current["aup"].confirmations],
        typed_name=person.full_name,
        at=at,
        signed_in_with="password",
        signed_in_at=at,
        ip_address=ip_address,
        browser=browser,
    )


def permitted(person: Person, address: str, *, by: Person, at: dt.datetime, days: int = 1) -> Device:
    permission = ask(person, address, at)
    until = (at + days * DAY).date()
    return approval.approve(permission=permission, by=by, until=until, at=at + dt.timedelta(seconds=1)).device


def written_about(person: Person, *, by: Person, at: dt.datetime) -> None:
    """One row of each other kind about them, of that moment, their name in each that takes words."""
    school, name = by.school, person.full_name
    assert school is not None
    device = Device.objects.get(owner=person)
    about: dict[str, Any] = {"school": school, "address": DeviceAddress.objects.get(device=device).address}
    reply = Response.objects.create(
        school=school, person=person, kind="talk", reason=f"{name} has a question.", said_at=at, said_to=by,
        answer=f"Dear {name}, yes.", answered_by=by, answered_at=at + DAY,
    )  # fmt: skip
    exemption = Exemption.objects.create(
        school=school, person=person, reason=f"{name} is away.", from_on=at.date(), until=at.date(), granted_by=by, granted_at=at
    )
    who = log.who(person)
    with transaction.atomic():
        made: dict[str, Any] = {"reply": reply.pk, "person": who, "outcome": "talk", "to": by.pk}
        log.append(school=school, kind="reply.made", at=at, by=person, facts=made)
        log.append(school=school, kind="reply.answered", at=at + DAY, by=by, facts={"reply": reply.pk, "person": who})
        day = at.date().isoformat()
        given: dict[str, Any] = {"exemption": exemption.pk, "person": who, "from_on": day, "until": day}
        log.append(school=school, kind="exemption.granted", at=at, by=by, facts=given)
    sent: dict[str, Any] = {"school": school, "written_at": at, "not_before": at, "sent_at": at}
    # The receipt and the word about the decision.
    rows_about(Email, person).update(sent_at=at)
    letter = Email.objects.create(**sent, kind="reminder", recipient=person.email, person=person, on=at.date())
    Reminder.objects.create(person=person, letter=letter, key="sign due")
    Email.objects.create(**sent, kind="reply", recipient=by.email, person=by, response=reply)
    LastSeen.objects.create(**about, device=device, reason="", seen_at=at)
    times = dict.fromkeys(("decided_at", "queued_at", "until_at", "due_at"), at)
    controller = school.controllers.create(name="Main", host=f"192.0.2.{100 + school.controllers.count()}", secret_name="main")
    Disconnect.objects.create(**about, controller=controller, device=device, reason="owner_left", **times)
    AddressClash.objects.create(**about, person=by, holder=device, last_at=at)
    kind = ContentType.objects.get_for_model(Person)
    note = LogEntry.objects.create(
        user=by, content_type=kind, object_id=str(person.pk), object_repr=name, action_flag=CHANGE, change_message=f"Changed {name}"
    )
    LogEntry.objects.filter(pk=note.pk).update(action_time=at)


def left_of(person: Person) -> dict[str, int]:
    """How many rows of each kind there are about them."""
    return {
        "contexts": SignatureMetadata.objects.filter(declaration__person=person).count(),
        "declarations": Declaration.objects.filter(person=person).count(),
        "devices": Device.objects.filter(owner=person).count(),
        "addresses": DeviceAddress.objects.filter(device__owner=person).count(),
        "seen": LastSeen.objects.filter(device__owner=person).count(),
        "disconnects": Disconnect.objects.filter(device__owner=person).count(),
        "clashes": AddressClash.objects.filter(holder__owner=person).count(),
        "exemptions": Exemption.objects.filter(person=person).count(),
        "replies": Response.objects.filter(person=person).count(),
        "letters": rows_about(Email, person).count(),
        "notes": LogEntry.objects.filter(object_repr__contains=person.full_name).count(),
        "holds": LegalHold.objects.filter(person=person).count(),
    }
