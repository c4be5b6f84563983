"""Does the log still say what it said, and do the tables say what the log says? Each difference in words."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import cast

from django.db.models import Q

from declarations.devices.actions import owner, renewal
from declarations.devices.models import Permission, PermissionReview, Suspension
from declarations.evidence import canonical_json
from declarations.evidence import log as evidence
from declarations.evidence.models import IssuedCertificate, Log
from declarations.evidence.scan import PEOPLE, Reading, Record, check_checkpoints, check_keys, read
from declarations.organisation.models.person import Role
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.models import PolicyVersion
from declarations.policies.text import placeholders
from declarations.signing.actions import responses, sign
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Exemption, PaperSignature, Response


def differences(*, log: Log) -> Iterator[str]:
    """Every difference between the log, its checkpoints and the tables, as a sentence that names the place; none is well."""
    reading = Reading()
    yield from read(log, reading)
    yield from check_keys(log, reading)
    yield from check_checkpoints(log, reading)
    yield from check_declarations(log, reading)
    yield from check_policies(log, reading)
    yield from check_permissions(log, reading)
    yield from check_renewals(log, reading)
    yield from check_reviews(log, reading)
    yield from check_replies(log, reading)
    yield from check_exemptions(log, reading)
    yield from check_roles(log, reading)
    yield from check_suspensions(log, reading)
    yield from check_certificates(log, reading)


def compare(
    where: str, record: Record | None, facts: Record, *, kind: str, reading: Reading, at: dt.datetime | None = None
) -> Iterator[str]:
    """What the log says of a row, against the row; `at` is when the row says that it happened."""
    if record is None:
        if reading.erased_kinds[kind] > 0:
            reading.erased_kinds[kind] -= 1
        else:
            yield f"{where}: it is not in the log"
        return
    wanted = cast("Record", evidence.nfc(cast("canonical_json.Json", facts)))
    for name in sorted(name for name in wanted if record.get(name) != wanted[name]):
        yield f"{where}: the log (position {record['position']}) says another {name.replace('_', ' ')}"
    if at is not None and not reading.says_when(record, at):
        yield f"{where}: the log (position {record['position']}) says another time"


def left_over(kind: str, records: Iterable[Record], key: str, known: Iterable[object]) -> Iterator[str]:
    seen = set(known)
    for record in records:
        if record[key] not in seen:
            yield f"position {record['position']}: {kind}, but the tables hold no such row ({key} {record[key]})"


def check_declarations(log: Log, reading: Reading) -> Iterator[str]:
    # The texts once, and not beside each of thousands of rows.
    versions = PolicyVersion.objects.in_bulk()
    papers = {paper.declaration_id: paper for paper in PaperSignature.objects.filter(declaration__school=log.school_id).defer("scan")}
    known = []
    for row in Declaration.objects.filter(school=log.school_id).order_by("pk").iterator(chunk_size=500):
        known.append(row.reference)
        row.aup, row.leaflet = versions[row.aup_id], versions[row.leaflet_id]
        position = reading.positions.get(row.entry_id)
        if position in reading.erased:
            yield f"declaration {row.reference}: its record was erased, and the declaration is still there"
            continue
        record = None if position is None else reading.records.get(position)
        paper = papers.get(row.pk)
        facts = sign.facts_of(row, paper=paper) | {"paper": sign.paper_facts(paper) if paper else None}
        yield from compare(f"declaration {row.reference}", record, facts, kind="declaration.signed", reading=reading)
    yield from check_scans(log)
    yield from left_over("a declaration was signed", reading.of("declaration.signed"), "reference", known)


SAID_LATER = {"approval_minute", "review_on"}


def check_scans(log: Log) -> Iterator[str]:
    """Each scan is the one whose SHA-256 was logged; one after the other, because each may be megabytes."""
    papers = PaperSignature.objects.filter(declaration__school=log.school_id, scan__isnull=False).select_related("declaration")
    for paper in papers.order_by("pk").iterator(chunk_size=1):
        if hashlib.sha256(bytes(paper.scan or b"")).hexdigest() != paper.scan_sha256:
            yield f"declaration {paper.declaration.reference}: the scan of its paper does not match its SHA-256"


def check_policies(log: Log, reading: Reading) -> Iterator[str]:
    logged = {record["policy"]: record for record in reading.of("policy.published")}
    rows = PolicyVersion.objects.published().filter(school=log.school_id)
    for row in rows:
        where = f"{row.get_document_display()} version {row.number}"
        record = by_number(logged.get(row.pk))
        facts: Record = publishing.facts_of(row) | {"by": row.published_by_id}
        if record is not None:
            # A record from before the log said these says nothing about them.
            facts = {name: fact for name, fact in facts.items() if name in record or name not in SAID_LATER}
        yield from compare(where, record, facts, kind="policy.published", reading=reading, at=row.published_at)
        if placeholders.sha256_of(row.body) != row.sha256:
            yield f"{where}: the text does not match its SHA-256"
    yield from left_over("a text was published", logged.values(), "policy", rows.values_list("pk", flat=True))


def check_permissions(log: Log, reading: Reading) -> Iterator[str]:
    by_kind: dict[str, dict[int, Record]] = {
        kind: {record["permission"]: record for record in reading.of(f"permission.{kind}")}
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
            yield from compare(f"{where}, {kind}", record, facts, kind=f"permission.{kind}", reading=reading, at=at)
        for kind in by_kind.keys() - happened.keys():
            if row.pk in by_kind[kind]:
                yield f"position {by_kind[kind][row.pk]['position']}: {where} was {kind}, but its row does not say so"
    known = set(rows.values_list("pk", flat=True))
    for kind, records in by_kind.items():
        yield from left_over(f"a permission was {kind}", records.values(), "permission", known)


def happenings(row: Permission) -> dict[str, tuple[dt.datetime, Record]]:
    """What a permission's row says that happened: when, and with which facts. Renewals: see check_renewals."""
    asked: Record = {"by": row.owner_id, "reason": row.reason, "device": owner.facts_of(row.device)}
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


def check_renewals(log: Log, reading: Reading) -> Iterator[str]:
    """A renewal is two rows and one record: the new permission, and the end of the one that it carries on."""
    logged = {record["permission"]: record for record in reading.of("permission.renewed")}
    ending = {record["renews"]: record for record in logged.values()}
    rows = Permission.objects.filter(school=log.school_id)
    carried_on = set(rows.filter(renews__isnull=False).values_list("renews", flat=True))
    for row in rows.filter(Q(renews__isnull=False) | Q(ended_because=Permission.Ending.RENEWED)).select_related("owner").order_by("pk"):
        where = f"permission {row.pk}"
        if row.renews_id is not None:
            facts: Record = renewal.facts_of(row) | {"owner": row.owner_id, "by": row.decided_by_id}
            record = by_number(logged.get(row.pk))
            yield from compare(f"{where}, renewed", record, facts, kind="permission.renewed", reading=reading, at=row.decided_at)
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
            yield from compare(f"{where}, carried on", record, facts, kind="permission.renewed", reading=reading, at=row.ended_at)
    known = set(rows.filter(renews__isnull=False).values_list("pk", flat=True))
    yield from left_over("a permission was renewed", logged.values(), "permission", known)
    ended = set(rows.filter(ended_because=Permission.Ending.RENEWED).values_list("pk", flat=True))
    yield from left_over("a permission was carried on", logged.values(), "renews", ended)


def check_reviews(log: Log, reading: Reading) -> Iterator[str]:
    logged = {record["review"]: by_number(record) for record in reading.of("permission.reviewed")}
    rows = PermissionReview.objects.filter(permission__school=log.school_id).select_related("permission").order_by("pk")
    for row in rows:
        facts: Record = {"by": row.reviewed_by_id, "permission": row.permission_id, "owner": row.permission.owner_id}
        record = logged.get(row.pk)
        yield from compare(f"review {row.pk}", record, facts, kind="permission.reviewed", reading=reading, at=row.reviewed_at)
    yield from left_over("a permission was reviewed", reading.of("permission.reviewed"), "review", rows.values_list("pk", flat=True))


def check_replies(log: Log, reading: Reading) -> Iterator[str]:
    made = {record["reply"]: by_number(record) for record in reading.of("reply.made")}
    answered = {record["reply"]: by_number(record) for record in reading.of("reply.answered")}
    rows = Response.objects.filter(school=log.school_id).select_related("person").order_by("pk")
    for row in rows:
        where = f"reply {row.pk}"
        facts: Record = responses.facts_of_response(row) | {"person": row.person_id, "by": row.person_id}
        yield from compare(where, made.get(row.pk), facts, kind="reply.made", reading=reading, at=row.said_at)
        if row.answered_at is not None:
            facts = {"by": row.answered_by_id, "person": row.person_id}
            record = answered.get(row.pk)
            yield from compare(f"{where}, answered", record, facts, kind="reply.answered", reading=reading, at=row.answered_at)
        elif row.pk in answered:
            yield f"{where}: the log says that it was answered, and its row does not"
    yield from left_over("a reply was made", reading.of("reply.made"), "reply", rows.values_list("pk", flat=True))


def check_exemptions(log: Log, reading: Reading) -> Iterator[str]:
    granted = {record["exemption"]: by_number(record) for record in reading.of("exemption.granted")}
    ended = {record["exemption"]: by_number(record) for record in reading.of("exemption.ended")}
    rows = Exemption.objects.filter(school=log.school_id).select_related("person").order_by("pk")
    for row in rows:
        where = f"exemption {row.pk}"
        facts: Record = responses.facts_of_exemption(row) | {"person": row.person_id, "by": row.granted_by_id}
        yield from compare(where, granted.get(row.pk), facts, kind="exemption.granted", reading=reading, at=row.granted_at)
        # One that ran out by itself was ended by nobody, and the log does not speak of it.
        if row.ended_by_id is not None:
            facts = {"by": row.ended_by_id, "person": row.person_id}
            record = ended.get(row.pk)
            yield from compare(f"{where}, ended", record, facts, kind="exemption.ended", reading=reading, at=row.ended_at)
        elif row.pk in ended:
            yield f"{where}: the log says that it was ended, and its row does not"
    yield from left_over("somebody was exempted", reading.of("exemption.granted"), "exemption", rows.values_list("pk", flat=True))


def by_number(record: Record | None) -> Record | None:
    """The record with people's numbers in the place of number and name."""
    return record and record | {name: record[name]["id"] for name in PEOPLE if isinstance(record.get(name), dict)}


def check_roles(log: Log, reading: Reading) -> Iterator[str]:
    """Roles of the school's people; those of the trust's people stand in the log of every school that there was by then."""
    granted = {record["role"]: by_number(record) for record in reading.of("role.granted")}
    removed = {record["role"]: by_number(record) for record in reading.of("role.removed")}
    begun = reading.times[0] if reading.times else None
    rows = Role.objects.filter(Q(person__school=log.school_id) | Q(person__school__isnull=True)).select_related("person")
    for role in rows.order_by("pk"):
        where, of_trust = f"role {role.pk}", role.person.school_id is None
        facts: Record = {
            "by": role.granted_by_id,
            "person": role.person_id,
            "name": role.name,
            "ends_on": evidence.day_text(role.ends_on),
        }
        if role.pk in granted or not of_trust or begun is None or role.granted_at >= begun:
            yield from compare(where, granted.get(role.pk), facts, kind="role.granted", reading=reading, at=role.granted_at)
        if role.removed_at is not None and (role.pk in removed or not of_trust or begun is None or role.removed_at >= begun):
            facts = {"by": role.removed_by_id, "person": role.person_id}
            record = removed.get(role.pk)
            yield from compare(f"{where}, removed", record, facts, kind="role.removed", reading=reading, at=role.removed_at)
        elif role.removed_at is None and role.pk in removed:
            yield f"role {role.pk}: the log says that it was removed, and its row does not"
    known = set(Role.objects.values_list("pk", flat=True))
    yield from left_over("a role was granted", reading.of("role.granted"), "role", known)


def check_suspensions(log: Log, reading: Reading) -> Iterator[str]:
    suspended = {record["suspension"]: by_number(record) for record in reading.of("device.suspended")}
    lifted = {record["suspension"]: by_number(record) for record in reading.of("device.lifted")}
    rows = Suspension.objects.filter(device__school=log.school_id).order_by("pk")
    for row in rows:
        where = f"suspension {row.pk}"
        facts: Record = {"by": row.suspended_by_id, "device": row.device_id}
        yield from compare(where, suspended.get(row.pk), facts, kind="device.suspended", reading=reading, at=row.suspended_at)
        if row.lifted_at is not None:
            facts = {"by": row.lifted_by_id, "device": row.device_id}
            yield from compare(f"{where}, lifted", lifted.get(row.pk), facts, kind="device.lifted", reading=reading, at=row.lifted_at)
        elif row.pk in lifted:
            yield f"suspension {row.pk}: the log says that it was lifted, and its row does not"
    known = rows.values_list("pk", flat=True)
    yield from left_over("a device was suspended", reading.of("device.suspended"), "suspension", known)


def check_certificates(log: Log, reading: Reading) -> Iterator[str]:
    rows = IssuedCertificate.objects.filter(entry__log=log).select_related("entry", "logged_as").defer("entry__record", "logged_as__record")
    for row in rows:
        record = reading.records.get(row.logged_as.position)
        where = f"issued certificate {row.sha256}"
        facts: Record = {"pdf_sha256": row.sha256, "declaration": row.entry.position}
        yield from compare(where, record, facts, kind="certificate.issued", reading=reading, at=row.issued_at)
    known = rows.values_list("sha256", flat=True)
    yield from left_over("a certificate was issued", reading.of("certificate.issued"), "pdf_sha256", known)


def without_log(*, school: School) -> Iterator[str]:
    """A school in which something was done has a log."""
    if PolicyVersion.objects.published().filter(school=school).exists() or Role.objects.filter(person__school=school).exists():
        yield "there is no evidence log, although texts were published or roles granted"
