"""Writes and reconciles the log's records of declarations, responses, exemptions, tablets and one-time codes."""

import datetime as dt
import hashlib
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from declarations.evidence import log as evidence
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Log
from declarations.evidence.reconcile import Happening, check_rows, compare, differing, is_apart, left_over
from declarations.evidence.scan import LogContents, Record
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.models.paper import PaperSignature
from declarations.signing.models.response import Exemption, Response
from declarations.web.capability import LogKind

OF_A_DECLARATION = {"reference": str, "signed_at": str, "signed_on": str, "time_zone": str}
LOG_KINDS = (
    LogKind(name="code.given", title=_("a one-time code was given"), about="person", needs={"code": int}),
    LogKind(name="declaration.signed", title=_("a declaration was signed"), about="person", needs=OF_A_DECLARATION, by_command=False),
    LogKind(name="exemption.granted", title=_("somebody was exempted"), about="person", needs={"exemption": int, "person": dict}),
    LogKind(name="exemption.ended", title=_("an exemption was ended"), about="person", needs={"exemption": int, "person": dict}),
    LogKind(name="reply.made", title=_("somebody wants to talk first, or declines"), about="person", needs={"reply": int, "person": dict}),
    LogKind(name="reply.answered", title=_("a reply was answered"), about="person", needs={"reply": int, "person": dict}),
    LogKind(name="tablet.opened", title=_("a tablet was opened"), needs={"tablet": int}),
    LogKind(name="tablet.closed", title=_("a tablet was closed"), needs={"tablet": int}),
)


def facts_of_declaration(
    declaration: Declaration, *, paper: PaperSignature | None = None, shown: Iterable[tuple[int, str, dt.datetime]] | None = None
) -> dict[str, Json]:
    """What the log says of a declaration: every fact that its certificate prints; `paper` if it was signed on paper, else `shown`."""
    on_paper: dict[str, Json] = {"paper": facts_of_paper(paper)} if paper else {}
    on_screen: dict[str, Json] = {} if shown is None else {"shown": facts_of_shown(shown)}
    return {
        **on_paper,
        **on_screen,
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
        **evidence.moments(
            signed_in_at=declaration.signed_in_at, address_since=declaration.address_since, factor_since=declaration.factor_since
        ),
    }


def facts_of_paper(paper: PaperSignature) -> Json:
    """Who entered it stands there by number: the record is the signer's, and outlasts whoever entered it."""
    return {
        "entered_by": paper.entered_by_id,
        "sighted_by": paper.sighted_by,
        "filed_where": paper.filed_where,
        "scan_sha256": paper.scan_sha256 or None,
    }


def facts_of_shown(shown: Iterable[tuple[int, str, dt.datetime]]) -> Json:
    """Which sections of the two versions were shown first when; the others were, word for word the same, in a version before."""
    return [{"text": version, "section": key, "at": evidence.time_text(at)} for version, key, at in sorted(shown)]


def shown_to(person: int, *versions: int, at: dt.datetime) -> Iterable[tuple[int, str, dt.datetime]]:
    rows = SectionRead.objects.filter(person=person, version__in=versions, first_at__lte=at)
    return rows.values_list("version", "section_key", "first_at")


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


def disagreement(declaration: Declaration, record: object) -> str:
    """What its record says otherwise than the declaration, or claims otherwise than it was recorded; "" if nothing."""
    if not isinstance(record, dict) or record.get("kind") != "declaration.signed":
        return "its record is about something else"
    if declaration.school_id != declaration.entry.log.school_id:
        return "its record is in another school's log"
    paper: PaperSignature | None = getattr(declaration, "paper", None)
    facts = facts_of_declaration(declaration, paper=paper) | {"paper": facts_of_paper(paper) if paper else None}
    differences = differing(record, facts)
    return f"its record says another {differences[0].replace('_', ' ')}" if differences else claimed_time(record)


def claimed_time(record: Record) -> str:
    """What is wrong with when a record says that somebody signed, against when it was recorded; the day on a paper is the paper's."""
    if is_apart(record["signed_at"], record.get("clock") or record["at"]):
        return f"it claims to be of {record['signed_at']}, and was recorded at {record['at']}"
    try:
        day = dt.datetime.fromisoformat(record["signed_at"]).astimezone(zoneinfo.ZoneInfo(record["time_zone"])).date().isoformat()
    except (ValueError, zoneinfo.ZoneInfoNotFoundError):
        return "its times cannot be read"
    if record["signed_on"] > day or (record["signed_on"] != day and not record.get("paper")):
        return f"it claims to be of the day {record['signed_on']}, and was recorded on {day}"
    return ""


def check_declarations(log: Log, contents: LogContents) -> Iterator[str]:
    # The texts once, and not beside each of thousands of rows.
    versions = PolicyVersion.objects.in_bulk()
    papers = {paper.declaration_id: paper for paper in PaperSignature.objects.filter(declaration__school=log.school_id).defer("scan")}
    shown: dict[tuple[int, int], list[tuple[int, str, dt.datetime]]] = defaultdict(list)
    reads = SectionRead.objects.filter(version__school=log.school_id).values_list("person", "version", "section_key", "first_at")
    for person, version, key, first_at in reads.iterator(chunk_size=2000):
        shown[person, version].append((version, key, first_at))
    known = []
    for row in Declaration.objects.filter(school=log.school_id).order_by("pk").iterator(chunk_size=500):
        known.append(row.reference)
        row.aup, row.leaflet = versions[row.aup_id], versions[row.leaflet_id]
        position = contents.positions.get(row.entry_id)
        if position in contents.erased:
            yield f"declaration {row.reference}: its record was erased, and the declaration is still there"
            continue
        record = None if position is None else contents.records.get(position)
        paper = papers.get(row.pk)
        facts = facts_of_declaration(row, paper=paper) | {"paper": facts_of_paper(paper) if paper else None}
        if record is not None and "shown" in record:
            of_both = [*shown[row.person_id, row.aup_id], *shown[row.person_id, row.leaflet_id]]
            facts["shown"] = facts_of_shown(read for read in of_both if read[2] <= row.signed_at)
        where = f"declaration {row.reference}"
        yield from compare(where, record, facts, kind="declaration.signed", contents=contents, at=row.signed_at)
        if record is not None and record["kind"] == "declaration.signed" and (words := claimed_time(record)):
            yield f"{where}: {words}"
    yield from check_scans(log)
    yield from left_over("a declaration was signed", contents.of("declaration.signed"), "reference", known)


def check_scans(log: Log) -> Iterator[str]:
    """Each scan is the one whose SHA-256 was logged; one after the other, because each may be megabytes."""
    papers = PaperSignature.objects.filter(declaration__school=log.school_id, scan__isnull=False).select_related("declaration")
    for paper in papers.order_by("pk").iterator(chunk_size=1):
        if hashlib.sha256(bytes(paper.scan or b"")).hexdigest() != paper.scan_sha256:
            yield f"declaration {paper.declaration.reference}: the scan of its paper does not match its SHA-256"


def check_responses(log: Log, contents: LogContents) -> Iterator[str]:
    yield from check_rows(
        "reply",
        "reply",
        Response.objects.filter(school=log.school_id).select_related("person").order_by("pk"),
        contents,
        Happening(
            "reply.made",
            "made",
            attrgetter("said_at"),
            lambda row: facts_of_response(row) | {"person": row.person_id, "by": row.person_id},
        ),
        Happening("reply.answered", "answered", attrgetter("answered_at"), lambda row: {"by": row.answered_by_id, "person": row.person_id}),
    )


def check_exemptions(log: Log, contents: LogContents) -> Iterator[str]:
    yield from check_rows(
        "exemption",
        "exemption",
        Exemption.objects.filter(school=log.school_id).select_related("person").order_by("pk"),
        contents,
        Happening(
            "exemption.granted",
            "granted",
            attrgetter("granted_at"),
            lambda row: facts_of_exemption(row) | {"person": row.person_id, "by": row.granted_by_id},
        ),
        # One that ran out by itself was ended by nobody, and the log does not speak of it.
        Happening(
            "exemption.ended",
            "ended",
            lambda row: row.ended_at if row.ended_by_id else None,
            lambda row: {"by": row.ended_by_id, "person": row.person_id},
        ),
    )


def check_tablets(log: Log, contents: LogContents) -> Iterator[str]:
    yield from check_rows(
        "tablet",
        "tablet",
        KioskSession.objects.filter(school=log.school_id).order_by("pk"),
        contents,
        Happening(
            "tablet.opened",
            "opened",
            attrgetter("opened_at"),
            lambda row: {"by": row.opened_by_id, "closes_at": evidence.time_text(row.closes_at)},
        ),
        Happening("tablet.closed", "closed", attrgetter("closed_at"), lambda row: {"by": row.closed_by_id}),
    )
    yield from check_rows(
        "one-time code",
        "code",
        SigningCode.objects.filter(school=log.school_id).order_by("pk"),
        contents,
        Happening(
            "code.given",
            "given",
            attrgetter("given_at"),
            lambda row: {"by": row.given_by_id, "person": row.person_id, "expires_at": evidence.time_text(row.expires_at)},
        ),
    )
