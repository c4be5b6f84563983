"""Being shown the texts, and signing."""

import datetime as dt
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion, SectionRead
from declarations.sign_in.queries import known_since
from declarations.signing import reference
from declarations.signing.log_records import facts_of_declaration, shown_to
from declarations.signing.models.declaration import Declaration, SignatureMetadata
from declarations.signing.models.paper import PaperSignature
from declarations.signing.queries import current_texts, unread


def record_shown(*, person: Person, version: PolicyVersion, section_keys: Iterable[str], at: dt.datetime) -> None:
    """Records the first time that these sections were displayed to the person; later times change nothing."""
    SectionRead.objects.bulk_create(
        [SectionRead(person=person, version=version, section_key=key, first_at=at) for key in section_keys], ignore_conflicts=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What somebody submits to sign: who and when, on which two versions, what they ticked and typed, how and from where they came."""

    person: Person
    at: dt.datetime
    aup_id: int
    leaflet_id: int
    confirmed: Collection[str]
    typed_name: str
    signed_in_with: str
    signed_in_at: dt.datetime | None
    ip_address: str | None
    browser: str


def sign(submission: Submission) -> Declaration:
    """Signs the declaration on the two texts that the person was shown; signing twice gives the first one again.

    Raises RefusedError: `not_there`; `waits` while a change of how they sign in is not confirmed; `changed` if a version that was shown
    is no longer the current one, `unread` if a section was never shown, `unconfirmed` if a tick is missing, `unnamed`.
    """
    person, at = submission.person, submission.at
    with transaction.atomic():
        # Publishing takes the same lock, and so does a second click: one after the other. NO KEY: rows that point to the
        # school can still be added meanwhile.
        school = School.objects.select_for_update(no_key=True).filter(people=person).first()
        if school is None:
            raise RefusedError(_("Declarations are signed by people of a school."), "not_there")
        on = school.day_of(at)
        check_signer(person, on=on, at=at)
        signed = Declaration.objects.filter(person=person).current(on=on, year=school.year(on=on).key).newest_first().first()
        if signed is not None:
            return signed
        texts = current_texts(school, on=on)
        if texts is None or tuple(text.pk for text in texts) != (submission.aup_id, submission.leaflet_id):
            raise RefusedError(
                _("The policy changed while you were reading. Nothing has been signed: please read the new text first."), "changed"
            )
        aup, leaflet = texts
        if unread(person=person, version=leaflet) or unread(person=person, version=aup):
            raise RefusedError(_("You have not been shown every section yet. Please read the rest first."), "unread")
        if {confirmation["key"] for confirmation in aup.confirmations} - set(submission.confirmed):
            raise RefusedError(_("Tick every confirmation, or talk to the school first."), "unconfirmed")
        if not submission.typed_name.strip():
            raise RefusedError(_("Type your name."), "unnamed")
        declaration = add_declaration(
            school=school,
            person=person,
            aup=aup,
            leaflet=leaflet,
            typed_name=submission.typed_name.strip(),
            signed_on=on,
            at=at,
            signed_in_with=submission.signed_in_with,
            signed_in_at=submission.signed_in_at,
        )
        # A browser calls itself what it likes; a database takes neither NUL nor half a character.
        browser = "".join(letter for letter in submission.browser if letter.isprintable())[:400]
        SignatureMetadata.objects.create(declaration=declaration, ip_address=submission.ip_address, browser=browser)
        return declaration


def check_signer(person: Person, *, on: dt.date, at: dt.datetime) -> None:
    """Raises RefusedError: `not_there`, `waits`."""
    signer = Person.objects.filter(pk=person.pk).at_school(on=on).first()
    if signer is None:
        raise RefusedError(_("You are not at the school on this day, so there is nothing to sign."), "not_there")
    if signer.waits(at=at):
        sentence = _("How you sign in was changed, and nobody has confirmed it. Until then nothing is signed: the home page says how.")
        raise RefusedError(sentence, "waits")


def add_declaration(
    *,
    school: School,
    person: Person,
    aup: PolicyVersion,
    leaflet: PolicyVersion,
    typed_name: str,
    signed_on: dt.date,
    at: dt.datetime,
    signed_in_with: str,
    signed_in_at: dt.datetime | None,
    paper: PaperSignature | None = None,
) -> Declaration:
    """Writes a declaration with the facts as they are now, its entry in the log, its paper if there is one, and the signer's copy.

    Only inside a transaction that has locked the school and has checked everything.
    """
    year = school.year(on=signed_on)
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
        typed_name=typed_name,
        signed_at=at,
        signed_on=signed_on,
        time_zone=school.time_zone,
        school_year=year.key,
        lapses_on=year.lapses_on,
        signed_in_with=signed_in_with,
        signed_in_at=signed_in_at,
        **({} if paper else known_since(person)),
    )
    # By the signer, also on paper: the record is theirs, and goes with them and not with whoever entered it.
    shown = None if paper else shown_to(person.pk, aup.pk, leaflet.pk, at=at)
    facts = facts_of_declaration(declaration, paper=paper, shown=shown)
    declaration.entry = log.append(school=school, kind="declaration.signed", at=at, by=person, facts=facts)
    declaration.save(force_insert=True)
    if paper is not None:
        paper.declaration = declaration
        paper.save(force_insert=True)
    queue_receipt(declaration, person=person, at=at)
    return declaration


def queue_receipt(declaration: Declaration, *, person: Person, at: dt.datetime) -> None:
    """The signer's copy, for who has an e-mail address."""
    outbox.queue(Email.Kind.RECEIPT, school=declaration.school, recipient=person, at=at, declaration=declaration)
