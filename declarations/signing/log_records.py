"""Writes and reconciles the log's records of declarations, responses, exemptions, tablets and one-time codes."""

import hashlib
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from declarations.evidence import log as evidence
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Log
from declarations.evidence.reconcile import by_number, compare, left_over
from declarations.evidence.scan import Reading, Record
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.paper import PaperSignature
from declarations.signing.models.response import Exemption, Response
from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="code.given", title=_("a one-time code was given"), about="person"),
    LogKind(name="declaration.signed", title=_("a declaration was signed"), about="person", needs={"reference": str}, by_command=False),
    LogKind(name="exemption.granted", title=_("somebody was exempted"), about="person", needs={"exemption": int, "person": dict}),
    LogKind(name="exemption.ended", title=_("an exemption was ended"), about="person", needs={"exemption": int, "person": dict}),
    LogKind(name="reply.made", title=_("somebody wants to talk first, or declines"), about="person", needs={"reply": int, "person": dict}),
    LogKind(name="reply.answered", title=_("a reply was answered"), about="person", needs={"reply": int, "person": dict}),
    LogKind(name="tablet.opened", title=_("a tablet was opened")),
    LogKind(name="tablet.closed", title=_("a tablet was closed")),
)


def facts_of_declaration(declaration: Declaration, *, paper: PaperSignature | None = None) -> dict[str, Json]:
    """What the log says of a declaration: every fact that its certificate prints; `paper` if it was signed on paper."""
    on_paper: dict[str, Json] = {"paper": facts_of_paper(paper)} if paper else {}
    return {
        **on_paper,
        "reference": declaration.reference,
        "school_name": declaration.school_name,
        "person": {
            "id": declaration.person_id,
            "name": declaration.person_name,
            "email": declaration.person_email,
            "title": declaration.person_title,
        },
        "aup": facts_of_text(declaration.aup),
        "leaflet": facts_of_text(declaration.leaflet),
        "statement": declaration.statement,
        "confirmations": declaration.confirmations,
        "typed_name": declaration.typed_name,
        "signed_at": evidence.time_text(declaration.signed_at),
        "signed_on": declaration.signed_on.isoformat(),
        "time_zone": declaration.time_zone,
        "school_year": declaration.school_year,
        "lapses_on": declaration.lapses_on.isoformat(),
        "signed_in_with": declaration.signed_in_with,
        "signed_in_at": evidence.time_text(declaration.signed_in_at) if declaration.signed_in_at else None,
    }


def facts_of_paper(paper: PaperSignature) -> Json:
    """Who entered it stands there by number: the record is the signer's, and outlasts whoever entered it."""
    return {
        "entered_by": paper.entered_by_id,
        "sighted_by": paper.sighted_by,
        "filed_where": paper.filed_where,
        "scan_sha256": paper.scan_sha256 or None,
    }


def facts_of_text(version: PolicyVersion) -> Json:
    return {"id": version.pk, "number": version.number, "title": version.title, "sha256": version.sha256}


def facts_of_response(response: Response) -> dict[str, Json]:
    """What the log records of a response; who is to answer by their number, because a name would have to be erased with them."""
    return {"reply": response.pk, "person": evidence.who(response.person), "outcome": response.kind, "to": response.said_to_id}


def facts_of_exemption(exemption: Exemption) -> dict[str, Json]:
    """What the log records of an exemption. Not the reason: it may be about somebody's health, and the log is kept for years."""
    return {
        "exemption": exemption.pk,
        "person": evidence.who(exemption.person),
        "from_on": exemption.from_on.isoformat(),
        "until": exemption.until.isoformat(),
    }


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
        facts = facts_of_declaration(row, paper=paper) | {"paper": facts_of_paper(paper) if paper else None}
        yield from compare(f"declaration {row.reference}", record, facts, kind="declaration.signed", reading=reading)
    yield from check_scans(log)
    yield from left_over("a declaration was signed", reading.of("declaration.signed"), "reference", known)


def check_scans(log: Log) -> Iterator[str]:
    """Each scan is the one whose SHA-256 was logged; one after the other, because each may be megabytes."""
    papers = PaperSignature.objects.filter(declaration__school=log.school_id, scan__isnull=False).select_related("declaration")
    for paper in papers.order_by("pk").iterator(chunk_size=1):
        if hashlib.sha256(bytes(paper.scan or b"")).hexdigest() != paper.scan_sha256:
            yield f"declaration {paper.declaration.reference}: the scan of its paper does not match its SHA-256"


def check_responses(log: Log, reading: Reading) -> Iterator[str]:
    responded = {record["reply"]: by_number(record) for record in reading.of("reply.made")}
    answered = {record["reply"]: by_number(record) for record in reading.of("reply.answered")}
    rows = Response.objects.filter(school=log.school_id).select_related("person").order_by("pk")
    for row in rows:
        where = f"reply {row.pk}"
        facts: Record = facts_of_response(row) | {"person": row.person_id, "by": row.person_id}
        yield from compare(where, responded.get(row.pk), facts, kind="reply.made", reading=reading, at=row.said_at)
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
        facts: Record = facts_of_exemption(row) | {"person": row.person_id, "by": row.granted_by_id}
        yield from compare(where, granted.get(row.pk), facts, kind="exemption.granted", reading=reading, at=row.granted_at)
        # One that ran out by itself was ended by nobody, and the log does not speak of it.
        if row.ended_by_id is not None:
            facts = {"by": row.ended_by_id, "person": row.person_id}
            record = ended.get(row.pk)
            yield from compare(f"{where}, ended", record, facts, kind="exemption.ended", reading=reading, at=row.ended_at)
        elif row.pk in ended:
            yield f"{where}: the log says that it was ended, and its row does not"
    yield from left_over("somebody was exempted", reading.of("exemption.granted"), "exemption", rows.values_list("pk", flat=True))
