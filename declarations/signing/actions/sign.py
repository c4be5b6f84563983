"""Being shown the texts, and signing."""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.evidence.canonical_json import Json
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.policies.text import sections
from declarations.signing import reference
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.response import PaperSignature


def record_shown(*, person: Person, version: PolicyVersion, section_keys: Iterable[str], at: dt.datetime) -> None:
    """Notes the first time that these sections were displayed to the person; later times change nothing."""
    SectionRead.objects.bulk_create(
        [SectionRead(person=person, version=version, section_key=key, first_at=at) for key in section_keys],
        ignore_conflicts=True,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """Keys of sections, in the text's order: `unread` were never shown; `unchanged` were, in another version, in the very same words."""

    unread: list[str]
    unchanged: list[str]


def progress(*, person: Person, version: PolicyVersion) -> Progress:
    """How far the person has come in this version; two queries at most.

    A section counts if it was shown to them in this version, or if one with the same title and text, to the letter, was shown to
    them in another version of the document. Nothing is noted for a section that was not shown: docs/decisions/0030.
    """
    of_document = SectionRead.objects.filter(person=person, version__school=version.school_id, version__document=version.document)
    read: dict[int, set[str]] = defaultdict(set)
    for pk, key in of_document.values_list("version", "section_key"):
        read[pk].add(key)
    left = [section for section in version.sections() if section.key not in read[version.pk]]
    elsewhere = read.keys() - {version.pk}
    known: set[tuple[str, str]] = set()
    if left and elsewhere:
        for pk, body in PolicyVersion.objects.filter(pk__in=elsewhere).values_list("pk", "body"):
            known |= {(section.title, section.body) for section in sections.sections(body) if section.key in read[pk]}
    unchanged = [section.key for section in left if (section.title, section.body) in known]
    return Progress([section.key for section in left if section.key not in unchanged], unchanged)


def unread(*, person: Person, version: PolicyVersion) -> list[str]:
    """The keys of the sections that the person has not been shown yet, in the text's order: see `progress`."""
    return progress(person=person, version=version).unread


def sign(
    *,
    person: Person,
    aup_id: int,
    leaflet_id: int,
    confirmed: Collection[str],
    typed_name: str,
    at: dt.datetime,
    signed_in_with: str,
    signed_in_at: dt.datetime | None,
    ip_address: str | None,
    browser: str,
) -> Declaration:
    """Signs the declaration on the two texts that the person was shown; signing twice gives the first one again.

    `aup_id` and `leaflet_id` are the versions as they stood on the page. Raises Refused: `not_there`; `changed` if one is no longer
    the current version, `unread` if a section was never shown, `unconfirmed` if a tick is missing, `unnamed`.
    """
    with transaction.atomic():
        # Publishing takes the same lock, and so does a second click: one after the other. NO KEY: rows that point to the
        # school can still be added meanwhile.
        school = School.objects.select_for_update(no_key=True).filter(people=person).first()
        if school is None:
            raise RefusedError(_("Declarations are signed by people of a school."), "not_there")
        on = school.day_of(at)
        year = school.year(on=on)
        if not Person.objects.filter(pk=person.pk).at_school(on=on).exists():
            raise RefusedError(_("You are not at the school on this day, so there is nothing to sign."), "not_there")
        signed = Declaration.objects.filter(person=person).current(on=on, year=year.key).newest_first().first()
        if signed is not None:
            return signed
        current = PolicyVersion.objects.filter(school=school).current(on=on)
        aup, leaflet = current.get("aup"), current.get("leaflet")
        if aup is None or leaflet is None or (aup.pk, leaflet.pk) != (aup_id, leaflet_id):
            raise RefusedError(
                _("The policy changed while you were reading. Nothing has been signed: please read the new text first."),
                "changed",
            )
        if unread(person=person, version=leaflet) or unread(person=person, version=aup):
            raise RefusedError(_("You have not been shown every section yet. Please read the rest first."), "unread")
        if {one["key"] for one in aup.confirmations} - set(confirmed):
            raise RefusedError(_("Tick every confirmation, or talk to the school first."), "unconfirmed")
        if not typed_name.strip():
            raise RefusedError(_("Type your name."), "unnamed")
        declaration = Declaration(
            reference=reference.from_random(secrets.token_bytes(reference.RANDOM_BYTES)),
            school=school,
            school_name=school.name,
            person=person,
            person_name=person.full_name,
            person_email=person.email,
            person_title=person.job_title,
            aup=aup,
            leaflet=leaflet,
            statement=aup.statement,
            confirmations=aup.confirmations,
            typed_name=typed_name.strip(),
            signed_at=at,
            signed_on=on,
            time_zone=school.time_zone,
            school_year=year.key,
            lapses_on=year.lapses_on,
            signed_in_with=signed_in_with,
            signed_in_at=signed_in_at,
        )
        declaration.entry = log.append(school=school, kind="declaration.signed", at=at, by=person, facts=facts_of(declaration))
        declaration.save(force_insert=True)
        queue_receipt(declaration, person=person, at=at)
        # A browser calls itself what it likes; a database takes neither NUL nor half a character.
        shown = "".join(letter for letter in browser if letter.isprintable())[:400]
        SignatureMetadata.objects.create(declaration=declaration, ip_address=ip_address, browser=shown)
        return declaration


def queue_receipt(declaration: Declaration, *, person: Person, at: dt.datetime) -> None:
    """The signer's copy, for who has an e-mail address."""
    outbox.queue(Email.Kind.RECEIPT, school=declaration.school, recipient=person, at=at, declaration=declaration)


def facts_of(declaration: Declaration, *, paper: PaperSignature | None = None) -> dict[str, Json]:
    """What the log says of a declaration: every fact that its certificate prints; `paper` if it was signed on paper."""
    on_paper: dict[str, Json] = {"paper": paper_facts(paper)} if paper else {}
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
        "aup": text_facts(declaration.aup),
        "leaflet": text_facts(declaration.leaflet),
        "statement": declaration.statement,
        "confirmations": declaration.confirmations,
        "typed_name": declaration.typed_name,
        "signed_at": log.time_text(declaration.signed_at),
        "signed_on": declaration.signed_on.isoformat(),
        "time_zone": declaration.time_zone,
        "school_year": declaration.school_year,
        "lapses_on": declaration.lapses_on.isoformat(),
        "signed_in_with": declaration.signed_in_with,
        "signed_in_at": log.time_text(declaration.signed_in_at) if declaration.signed_in_at else None,
    }


def paper_facts(paper: PaperSignature) -> Json:
    """Who entered it stands there by number: the record is the signer's, and outlasts whoever entered it."""
    return {
        "entered_by": paper.entered_by_id,
        "sighted_by": paper.sighted_by,
        "filed_where": paper.filed_where,
        "scan_sha256": paper.scan_sha256 or None,
    }


def text_facts(version: PolicyVersion) -> Json:
    return {"id": version.pk, "number": version.number, "title": version.title, "sha256": version.sha256}
