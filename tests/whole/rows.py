"""Rows written from underneath, with SQL, and the names of what refuses them."""

import datetime as dt
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from declarations.certificates.models import IssuedCertificate
from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission, PermissionReview, Suspension
from declarations.dual_control.models import GuardedChange
from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.jobs.models import Job
from declarations.mail.models import Email, Reminder
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.sign_in.models import IdentityProvider, Invitation, LinkedAccount
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.models.paper import PaperSignature
from declarations.signing.models.response import Exemption, Response
from declarations.staff_lists.models import StaffList
from tests.cast import Cast, make_school

# Of a table that a later migration guards anew, the later guard.
GUARDS = importlib.import_module("declarations.migrations.0021_the_heads_own_account").AFTER
AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(hours=1)
EARLIER = AT - dt.timedelta(hours=1)
ON = AT.date()


def model_of(table: str) -> type[models.Model]:
    return next(model for model in apps.get_app_config("declarations").get_models() if model._meta.db_table == table)


def field_of(model: type[models.Model], column: str) -> models.Field:
    return next(field for field in model._meta.local_concrete_fields if field.column == column)


def prepared(model: type[models.Model], column: str, value: Any) -> Any:
    return field_of(model, column).get_db_prep_save(value, connection)


def insert(model: type[models.Model], facts: dict[str, Any]) -> int:
    """A row by plain SQL; its id."""
    values = [prepared(model, column, value) for column, value in facts.items()]
    columns = ", ".join(map(connection.ops.quote_name, facts))
    sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({', '.join(['%s'] * len(values))}) RETURNING id"  # noqa: S608  # our own names
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def update(model: type[models.Model], pk: int, facts: dict[str, Any]) -> None:
    """Changes a row by plain SQL."""
    values = [prepared(model, column, value) for column, value in facts.items()]
    sets = ", ".join(f"{column} = %s" for column in facts)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {sets} WHERE id = %s", [*values, pk])  # noqa: S608  # our own names
        assert cursor.rowcount == 1


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def facts_of(row: models.Model) -> dict[str, Any]:
    """The columns of a row as they are, without its id and without what the database works out."""
    return {
        field.column: getattr(row, field.attname)
        for field in row._meta.local_concrete_fields
        if not field.primary_key and not field.generated
    }


def constraints() -> dict[str, tuple[type[models.Model], models.BaseConstraint]]:
    """Every named constraint of ours."""
    return {
        constraint.name: (model, constraint)
        for model in apps.get_app_config("declarations").get_models()
        for constraint in model._meta.constraints
    }


def words_of(refusal: str) -> str:
    """What this database says when the constraint, or the guard with that sentence, refuses."""
    model, constraint = constraints().get(refusal, (None, None))
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint) and constraint.fields:
        # SQLite names the columns of an index, not the index.
        columns = [model._meta.get_field(name).column for name in constraint.fields]
        return "UNIQUE constraint failed: " + ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return refusal


@contextmanager
def refused_by(refusal: str) -> Iterator[None]:
    """The block is refused by the database, and by this constraint or guard, not by another."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        yield
    assert words_of(refusal) in str(refused.value)


def network(cast: Cast, device_id: int) -> dict[str, tuple[type[models.Model], dict[str, Any]]]:
    """The same of the network's tables."""
    token = {"school_id": cast.hillside.pk, "slot": 1, "name": "Main", "sha256": "0" * 64, "created_at": AT, "created_by_id": None,
             "ended_at": None, "ended_by_id": None, "last_used_at": None, "last_address": None, "refused_at": None, "refused_address": None,
             "only_for": "", "networks": "192.0.2.0/24", "plain_http": True, "expires_at": LATER}  # fmt: skip
    controller = {"school_id": cast.hillside.pk, "name": "Main", "host": "192.0.2.1", "port": 3799, "secret_name": "main",
                  "signs_answers": True, "in_use": True}  # fmt: skip
    about = {"school_id": cast.hillside.pk, "device_id": device_id, "address": "3C:22:FB:00:00:98"}
    asking = Controller.objects.get_or_create(**controller | {"host": "192.0.2.2"})[0].pk
    asked = about | {
        "controller_id": asking, "reason": "suspended", "decided_at": AT, "queued_at": AT, "until_at": LATER, "due_at": AT,
        "held_until": None, "attempts": 0, "told_at": None, "answered_at": None, "answer": "", "trouble": "", "gave_up_at": None,
    }  # fmt: skip
    return {
        "token": (NetworkToken, token),
        "ended token": (NetworkToken, token | {"ended_at": LATER, "ended_by_id": cast.ines.pk}),
        "network": (NetworkSettings, {"school_id": cast.hillside.pk, "vlan": 120, "session_timeout": 3600, "seen_days": 90}),
        "controller": (Controller, controller),
        "seen": (LastSeen, about | {"reason": "", "seen_at": AT}),
        "disconnect": (Disconnect, asked),
        "answered disconnect": (Disconnect, asked | {"told_at": AT, "answered_at": LATER, "answer": "ack"}),
        "clash": (AddressClash, {"school_id": cast.hillside.pk, "person_id": cast.ben.pk, "holder_id": device_id,
                                 "address": "3C:22:FB:00:00:98", "last_at": AT}),
    }  # fmt: skip


def year(cast: Cast, approved: dict[str, Any]) -> dict[str, tuple[type[models.Model], dict[str, Any]]]:
    """The same of the tables of the school year."""
    by_another = {"ended_by_id": cast.omar.pk, "ended_at": LATER, "ended_because": "renewed"}
    renewed = approved | by_another
    renewal = approved | {"asked_by_id": cast.hilda.pk, "renews_id": insert(Permission, renewed)}
    signed = Declaration.objects.get(person=cast.ben)
    to_ada = {"school_id": cast.hillside.pk, "addressee": "ada@hillside.example", "person_id": cast.ada.pk, "written_at": AT,
              "not_before": AT, "kind": "reminder"}  # fmt: skip
    told_in, _made = Email.objects.get_or_create(
        school=cast.hillside, recipient="ada@hillside.example", person=cast.ada, written_at=AT, not_before=AT, kind="reminder",
        on=dt.date(2026, 9, 1),
    )  # fmt: skip
    reply = {"school_id": cast.hillside.pk, "person_id": cast.ada.pk, "kind": "talk", "reason": "What of my own laptop?", "said_at": AT,
             "said_to_id": cast.hilda.pk, "answer": "", "answered_by_id": None, "answered_at": None}  # fmt: skip
    exemption = {"school_id": cast.hillside.pk, "person_id": cast.ada.pk, "reason": "Away", "from_on": ON, "until": ON,
                 "granted_by_id": cast.hilda.pk, "granted_at": AT, "ended_by_id": None, "ended_at": None}  # fmt: skip
    return {
        "renewed": (Permission, renewed),
        "renewal": (Permission, renewal),
        "review": (PermissionReview, {"permission_id": renewal["renews_id"], "reviewed_by_id": cast.hilda.pk, "reviewed_at": AT}),
        "reply": (Response, reply),
        "answered reply": (Response, reply | {"answer": "Let us talk.", "answered_by_id": cast.omar.pk, "answered_at": LATER}),
        "exemption": (Exemption, exemption),
        "ended exemption": (Exemption, exemption | {"ended_by_id": cast.omar.pk, "ended_at": LATER}),
        "paper": (PaperSignature, {"declaration_id": signed.pk, "entered_by_id": cast.ines.pk, "sighted_by": "Ines Example",
                                   "filed_where": "Cabinet 2", "scan": b"%PDF-1.7", "scan_type": "application/pdf",
                                   "scan_sha256": "0" * 64}),
        "reminder letter": (Email, to_ada | {"declaration_id": None, "checkpoint_id": None, "permission_id": None, "reply_id": None,
                                              "sealed": "", "on": ON, "attempts": 0, "trouble": "", "sent_at": None, "dropped_at": None}),
        "reminder": (Reminder, {"person_id": cast.ada.pk, "letter_id": told_in.pk, "key": "sign 2026-09-08 due"}),
        "holiday": (Holiday, {"school_id": cast.hillside.pk, "name": "Half term", "first_on": ON, "last_on": ON}),
        "job": (Job, {"name": "reminders", "due_at": AT, "held_until": None, "attempts": 0, "started_at": None, "finished_at": None,
                      "result": "", "trouble": ""}),
    }  # fmt: skip


def privacy(cast: Cast) -> dict[str, tuple[type[models.Model], dict[str, Any]]]:
    """The same of how long things are kept."""
    kept = {"address_weeks": 6, "context_months": 12, "exemption_months": 12, "reply_months": 24, "letter_months": 24, "note_months": 24,
            "years_after_leaving": 6}  # fmt: skip
    hold = {"person_id": cast.ada.pk, "reason": "A claim", "placed_by_id": cast.hilda.pk, "placed_at": AT, "ended_by_id": None,
            "ended_at": None}  # fmt: skip
    return {
        "retention": (RetentionSettings, {"school_id": cast.hillside.pk, **kept}),
        "hold": (LegalHold, hold),
        "ended hold": (LegalHold, hold | {"ended_by_id": cast.omar.pk, "ended_at": LATER}),
        "disposal": (Disposal, {"school_id": cast.hillside.pk, "kind": "replies", "before_at": EARLIER, "before_on": ON, "rows": 3,
                                "done_at": AT, "done_by_id": cast.ines.pk}),
    }  # fmt: skip


def ways_in(cast: Cast) -> dict[str, tuple[type[models.Model], dict[str, Any]]]:
    """The same of how people sign in."""
    school = {"school_id": cast.hillside.pk}
    google = school | {"kind": "google", "slug": "hillside-google", "client_id": "a-client", "tenant": "", "domains": "hillside.example",
                       "second_factor": False, "in_use": True}  # fmt: skip
    theirs, _made = IdentityProvider.objects.get_or_create(**google | {"slug": "hillside-google-2"})
    linked = {"person_id": cast.ada.pk, "provider_id": theirs.pk, "subject": "7", "email": "ada@hillside.example", "linked_at": AT,
              "ended_at": None, "ended_by_id": None}  # fmt: skip
    opened = school | {"opened_by_id": cast.omar.pk, "opened_at": AT, "closes_at": LATER}
    tablet, _made = KioskSession.objects.get_or_create(**opened)
    code = school | {"person_id": cast.ada.pk, "given_by_id": cast.hilda.pk, "given_at": AT, "expires_at": LATER, "code_hash": "0" * 64,
                     "used_at": None, "tablet_id": None, "done_at": None}  # fmt: skip
    used = {"used_at": AT, "tablet_id": tablet.pk, "code_hash": "1" * 64}
    return {
        "provider": (IdentityProvider, google),
        "microsoft": (IdentityProvider, google | {"kind": "microsoft", "tenant": "1" * 36, "slug": "hillside-microsoft"}),
        "linked": (LinkedAccount, linked),
        "unlinked": (LinkedAccount, linked | {"ended_at": LATER, "ended_by_id": cast.ines.pk}),
        "tablet": (KioskSession, opened | {"closed_at": None, "closed_by_id": None}),
        "closed tablet": (KioskSession, opened | {"closed_at": LATER, "closed_by_id": cast.ines.pk}),
        "code": (SigningCode, code),
        "used code": (SigningCode, code | used),
        "done code": (SigningCode, code | used | {"done_at": LATER, "code_hash": "2" * 64}),
    }


def people(cast: Cast) -> dict[str, tuple[type[models.Model], dict[str, Any]]]:
    """The same of how people come."""
    waits = {"school_id": cast.hillside.pk, "uploaded_at": AT, "uploaded_by_id": cast.ines.pk, "sha256": "0" * 64, "content": b"Name",
             "columns": {}, "confirmed_at": None, "confirmed_by_id": None, "counts": {}, "changes": None, "undone_at": None,
             "undone_by_id": None}  # fmt: skip
    imported = waits | {"content": None, "confirmed_at": AT, "confirmed_by_id": cast.ines.pk, "changes": []}
    invitation = {"person_id": cast.ada.pk, "salt": "0" * 32, "sha256": "0" * 64, "made_at": AT, "made_by_id": cast.ines.pk,
                  "expires_at": LATER, "accepted_at": None, "ended_at": None}  # fmt: skip
    change = {"school_id": cast.hillside.pk, "kind": "address", "person_id": cast.ada.pk, "before": {"email": "old@hillside.example"},
              "after": {"email": "new@hillside.example"}, "salt": "0" * 32, "confirm_from": "old@hillside.example",
              "asked_by_id": cast.omar.pk, "asked_at": AT, "made_at": None, "settled_at": None, "settled_by_id": None,
              "settled_with": ""}  # fmt: skip
    confirmed = {"made_at": AT, "settled_at": LATER, "settled_by_id": cast.hilda.pk, "settled_with": "second"}
    return {
        "change": (GuardedChange, change),
        "confirmed change": (GuardedChange, change | confirmed),
        "list": (StaffList, waits),
        "imported list": (StaffList, imported),
        "undone list": (StaffList, imported | {"changes": None, "undone_at": LATER, "undone_by_id": cast.ines.pk}),
        "invitation": (Invitation, invitation),
        "accepted invitation": (Invitation, invitation | {"accepted_at": AT}),
        "ended invitation": (Invitation, invitation | {"ended_at": AT}),
        "numbered person": (Person, facts_of(cast.ada) | {"email": "numbered@hillside.example", "staff_number": "N1"}),
    }


def bases(cast: Cast) -> dict[str, tuple[type[models.Model], dict[str, Any]]]:
    """For each kind of fact a row that is legal as it stands; the tests change one thing."""
    signed = Declaration.objects.get(person=cast.ben)
    Email.objects.filter(declaration=signed).delete()  # a base of ours takes its place
    log = Log.objects.get(school=cast.hillside)
    third = School.objects.filter(slug="third").first() or make_school("third", "Third School")
    device = {
        "school_id": cast.hillside.pk, "owner_id": cast.ada.pk, "kind": "phone", "make_and_model": "Example Phone 5",
        "reaches_school_data": False, "added_at": AT,
    }  # fmt: skip
    device_id = insert(Device, device)
    asked = {
        "school_id": cast.hillside.pk, "device_id": device_id, "owner_id": cast.ada.pk, "asked_by_id": cast.ada.pk, "asked_at": AT,
        "reason": "Timetable", "renews_id": None, "decided_by_id": None, "decided_at": None, "approved": None, "until": None,
        "conditions": "", "decision_note": "", "ended_by_id": None, "ended_at": None, "ended_because": None, "ended_note": "",
    }  # fmt: skip
    approved = asked | {"decided_by_id": cast.hilda.pk, "decided_at": LATER, "approved": True, "until": ON}
    declined = asked | {"decided_by_id": cast.hilda.pk, "decided_at": LATER, "approved": False, "decision_note": "No."}
    withdrawn = {"ended_by_id": cast.ada.pk, "ended_at": LATER, "ended_because": "withdrawn"}
    revoked = {"ended_by_id": cast.omar.pk, "ended_at": LATER, "ended_because": "revoked", "ended_note": "Left on a bus."}
    published = facts_of(cast.leaflet)
    draft = published | {
        "number": 90, "body": "", "sha256": "", "effective_from": None, "publish_reason": "", "published_at": None, "published_by_id": None,
    }  # fmt: skip
    return {
        "school": (School, facts_of(cast.hillside) | {"slug": "elsewhere"}),
        "person": (Person, facts_of(cast.ada) | {"email": "new@hillside.example"}),
        "role": (Role, {"person_id": cast.ada.pk, "name": "leadership", "granted_at": AT, "granted_by_id": cast.ines.pk, "ends_on": None,
                        "removed_at": None, "removed_by_id": None}),
        "draft": (PolicyVersion, draft),
        "published": (PolicyVersion, published | {"number": 91}),
        "published aup": (PolicyVersion, facts_of(cast.aup) | {"number": 92}),
        "section read": (SectionRead, {"person_id": cast.ada.pk, "version_id": cast.leaflet.pk, "section_key": "class", "first_at": AT}),
        "declaration": (Declaration, facts_of(signed) | {"person_id": cast.ada.pk, "reference": "0000-0000-0000-0001",
                                                         "entry_id": Entry.objects.get(log=log, position=0).pk}),
        "device": (Device, device),
        "address": (DeviceAddress, {"school_id": cast.hillside.pk, "device_id": device_id, "address": "3C:22:FB:00:00:99",
                                    "added_at": AT, "ended_at": None}),
        "asked": (Permission, asked),
        "approved": (Permission, approved),
        "declined": (Permission, declined),
        "withdrawn undecided": (Permission, asked | withdrawn),
        "withdrawn": (Permission, approved | withdrawn),
        "revoked": (Permission, approved | revoked),
        "suspension": (Suspension, {"device_id": device_id, "suspended_by_id": cast.ada.pk, "suspended_at": AT, "lifted_by_id": None,
                                    "lifted_at": None}),
        "lifted": (Suspension, {"device_id": device_id, "suspended_by_id": cast.ada.pk, "suspended_at": AT, "lifted_by_id": cast.hilda.pk,
                                "lifted_at": LATER}),
        "log": (Log, {"school_id": third.pk, "origin": "third.example/log"}),
        "entry": (Entry, {"log_id": log.pk, "position": Entry.objects.filter(log=log).count(), "kind": "test.made", "at": LATER,
                          "record": b"{}", "leaf_hash": b"x" * 32}),
        "checkpoint": (Checkpoint, {"log_id": log.pk, "size": 1, "note": "a note", "made_at": AT}),
        "issued": (IssuedCertificate, {"entry_id": signed.entry_id, "sha256": "0" * 64, "logged_as_id": signed.entry_id, "issued_at": AT}),
        "erasure": (Erasure, {"person_id": cast.ada.pk, "at": AT, "reason": "retention"}),
        "receipt": (Email, {"school_id": cast.hillside.pk, "kind": "receipt", "addressee": "ada@hillside.example",
                             "person_id": cast.ada.pk, "declaration_id": signed.pk, "checkpoint_id": None, "permission_id": None,
                             "reply_id": None, "invitation_id": None, "change_id": None, "sealed": "", "on": None,
                             "written_at": AT, "not_before": AT, "attempts": 0, "trouble": "",
                             "sent_at": None, "dropped_at": None}),
        **network(cast, device_id),
        **year(cast, approved),
        **privacy(cast),
        **ways_in(cast),
        **people(cast),
    }  # fmt: skip
