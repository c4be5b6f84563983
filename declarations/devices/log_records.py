"""Writes and reconciles the log's records of devices and permissions."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.devices.models import Device, DeviceAddress, Permission, PermissionReview, Suspension
from declarations.evidence import log as evidence
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Log
from declarations.evidence.reconcile import Happening, by_number, check_rows, compare, left_over
from declarations.evidence.scan import LogContents, Record
from declarations.web.capability import LogKind

# What only owners do is about whoever did it; of what the leadership does, the record names the owner.
by_owner = partial(LogKind, about="by", by_command=False)
about_owner = partial(LogKind, about="owner", by_command=False)
A_PERMISSION = {"permission": int, "owner": dict}
LOG_KINDS = (
    by_owner(name="device.address_added", title=_("a device got another address")),
    by_owner(name="device.given_up", title=_("a device was given up")),
    by_owner(name="device.suspended", title=_("a device was reported lost"), needs={"suspension": int}),
    by_owner(name="permission.asked", title=_("somebody asked for a permission"), needs={"permission": int}),
    by_owner(name="permission.withdrawn", title=_("a permission was withdrawn"), needs={"permission": int}),
    about_owner(name="device.lifted", title=_("the suspension of a device was lifted"), needs={"suspension": int, "owner": dict}),
    about_owner(name="permission.approved", title=_("a permission was approved"), needs=A_PERMISSION),
    about_owner(name="permission.declined", title=_("a permission was declined"), needs=A_PERMISSION),
    about_owner(name="permission.renewed", title=_("a permission was renewed"), needs={**A_PERMISSION, "renews": int}),
    about_owner(name="permission.reviewed", title=_("a permission was reviewed"), needs={**A_PERMISSION, "review": int}),
    about_owner(name="permission.revoked", title=_("a permission was revoked"), needs=A_PERMISSION),
)


def facts_of_device(device: Device) -> dict[str, Json]:
    """What the log says of a device. Not the Wi-Fi address: it is personal data that is kept for weeks, and the log for years."""
    return {
        "id": device.pk,
        "kind": device.kind,
        "make_and_model": device.make_and_model,
        "reaches_school_data": device.reaches_school_data,
    }


def hash_of_address(row: DeviceAddress) -> str:
    """What the log says of a Wi-Fi address: a hash with the salt of its row, which goes with the row after weeks."""
    facts = f"{row.device_id}\n{row.address}\n{evidence.time_text(row.added_at)}\n"
    return hashlib.sha256(bytes(row.salt or b"") + facts.encode()).hexdigest()


def check_addresses(log: Log, contents: LogContents) -> Iterator[str]:
    """Each address is one that the log knows the hash of, and the last of its device; those from before it said so are let be."""
    known = {record.get("address_sha256") for record in contents.of("permission.asked", "device.address_added")}
    erased = contents.erased_kinds["permission.asked"] + contents.erased_kinds["device.address_added"]
    given_up = {record["device"] for record in contents.of("device.given_up")}
    began_signed = contents.records.get(0, {}).get("signed_from") == 0
    live: set[int] = set()
    for row in DeviceAddress.objects.filter(school=log.school_id).order_by("pk"):
        if hash_of_address(row) not in known and (row.salt is not None or began_signed):
            if not erased:
                yield f"Wi-Fi address {row.pk}: it is not in the log"
            erased = max(erased - 1, 0)
        if row.ended_at is None and (row.device_id in live or row.device_id in given_up):
            yield f"Wi-Fi address {row.pk}: its device has another since, or was given up"
        live |= {row.device_id} if row.ended_at is None else set()


def facts_of_request(request: Permission) -> dict[str, Json]:
    """What the log says of a request."""
    return {"permission": request.pk, "device": facts_of_device(request.device), "reason": request.reason}


def facts_of_renewal(renewal: Permission) -> dict[str, Json]:
    """What the log says of a renewal, besides the permission and its owner."""
    return {
        "renews": renewal.renews_id,
        "device": renewal.device_id,
        "reason": renewal.reason,
        "until": evidence.day_text(renewal.until),
        "conditions": renewal.conditions,
    }


def check_permissions(log: Log, contents: LogContents) -> Iterator[str]:
    by_kind: dict[str, dict[int, Record]] = {
        kind: {record["permission"]: record for record in contents.of(f"permission.{kind}")}
        for kind in ("asked", "approved", "declined", "withdrawn", "revoked")
    }
    rows = Permission.objects.filter(school=log.school_id).select_related("device")
    for row in rows.order_by("pk").iterator(chunk_size=500):
        where = f"permission {row.pk}"
        if row.device.owner_id != row.owner_id:
            yield f"{where}: its device belongs to somebody else"
        happened = happenings(row)
        for kind, (at, facts) in happened.items():
            record = by_number(by_kind[kind].get(row.pk))
            yield from compare(f"{where}, {kind}", record, facts, kind=f"permission.{kind}", contents=contents, at=at)
        for kind in by_kind.keys() - happened.keys():
            if row.pk in by_kind[kind]:
                yield f"position {by_kind[kind][row.pk]['position']}: {where} was {kind}, but its row does not say so"
    known = set(rows.values_list("pk", flat=True))
    for kind, records in by_kind.items():
        yield from left_over(f"a permission was {kind}", records.values(), "permission", known)


def happenings(row: Permission) -> dict[str, tuple[dt.datetime, Record]]:
    """What a permission's row says that happened: when, and with which facts. Renewals: see check_renewals."""
    asked: Record = facts_of_request(row) | {"by": row.owner_id}
    happened: dict[str, tuple[dt.datetime, Record]] = {} if row.renews_id else {"asked": (row.asked_at, asked)}
    if row.decided_at is not None and not row.renews_id:
        decided: Record = {
            "by": row.decided_by_id,
            "owner": row.owner_id,
            "until": evidence.day_text(row.until),
            "conditions": row.conditions,
            "note": row.decision_note,
        }
        happened["approved" if row.approved else "declined"] = (row.decided_at, decided)
    if row.ended_at is not None and row.ended_because and row.ended_because != Permission.Ending.RENEWED:
        # A withdrawal has no note.
        ended: Record = {"by": row.ended_by_id, "note": row.ended_note or None}
        happened[row.ended_because] = (row.ended_at, ended)
    return happened


def check_renewals(log: Log, contents: LogContents) -> Iterator[str]:
    """A renewal is two rows and one record: the new permission, and the end of the one that it carries on."""
    logged = {record["permission"]: record for record in contents.of("permission.renewed")}
    ending = {record["renews"]: record for record in logged.values()}
    rows = Permission.objects.filter(school=log.school_id)
    carried_on = set(rows.filter(renews__isnull=False).values_list("renews", flat=True))
    for row in rows.filter(Q(renews__isnull=False) | Q(ended_because=Permission.Ending.RENEWED)).order_by("pk"):
        where = f"permission {row.pk}"
        if row.renews_id is not None:
            facts: Record = facts_of_renewal(row) | {"permission": row.pk, "owner": row.owner_id, "by": row.decided_by_id}
            record = by_number(logged.get(row.pk))
            yield from compare(f"{where}, renewed", record, facts, kind="permission.renewed", contents=contents, at=row.decided_at)
            if row.asked_at != row.decided_at or row.decision_note:
                yield f"{where}: it was renewed, and its row tells of a request or a note besides"
        if row.ended_because != Permission.Ending.RENEWED:
            continue
        if row.ended_note:
            yield f"{where}: it was carried on, and its row gives a reason for an end"
        if row.pk not in carried_on:
            yield f"{where}: it ended because it was renewed, and no permission carries it on"
        elif (record := by_number(ending.get(row.pk))) is not None:
            facts = {"by": row.ended_by_id}
            yield from compare(f"{where}, carried on", record, facts, kind="permission.renewed", contents=contents, at=row.ended_at)
    renewals, ended = rows.filter(renews__isnull=False), rows.filter(ended_because=Permission.Ending.RENEWED)
    yield from left_over("a permission was renewed", logged.values(), "permission", renewals.values_list("pk", flat=True))
    yield from left_over("a permission was carried on", logged.values(), "renews", ended.values_list("pk", flat=True))


def check_reviews(log: Log, contents: LogContents) -> Iterator[str]:
    rows = PermissionReview.objects.filter(permission__school=log.school_id).select_related("permission").order_by("pk")

    def facts(row: PermissionReview) -> Record:
        return {"by": row.reviewed_by_id, "permission": row.permission_id, "owner": row.permission.owner_id}

    yield from check_rows("review", "review", rows, contents, Happening("permission.reviewed", "made", attrgetter("reviewed_at"), facts))


def check_suspensions(log: Log, contents: LogContents) -> Iterator[str]:
    rows = Suspension.objects.filter(device__school=log.school_id).order_by("pk")
    yield from check_rows(
        "suspension",
        "suspension",
        rows,
        contents,
        Happening(
            "device.suspended", "begun", attrgetter("suspended_at"), lambda row: {"by": row.suspended_by_id, "device": row.device_id}
        ),
        Happening("device.lifted", "lifted", attrgetter("lifted_at"), lambda row: {"by": row.lifted_by_id, "device": row.device_id}),
    )
