"""A declaration that was signed on paper, entered by somebody else on behalf of the signer."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.signing import reference
from declarations.signing.actions import sign
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import PaperSignature

ENTERERS = frozenset({Role.Name.LEADERSHIP.value, Role.Name.ADMINISTRATOR.value})


def may_enter(*, by: Person, person: Person, on: dt.date) -> bool:
    """The leadership and administrators of the school; nobody their own."""
    return (
        by.pk != person.pk
        and person.school_id is not None
        and by.school_id in {None, person.school_id}
        and not by.has_left(on=on)
        and bool(by.roles(on=on) & ENTERERS)
    )


def enter(
    *,
    person: Person,
    by: Person,
    signed_on: dt.date,
    sighted_by: str,
    filed_where: str,
    at: dt.datetime,
    scan: bytes = b"",
    scan_type: str = "",
) -> Declaration:
    """Records what somebody signed on paper on that day, on the texts that were current then; entering it twice gives the first.

    `signed_at` is this moment: when it was recorded. Nobody knows at what time of the day the pen was put down.
    Raises Refused: `own`, `not_yours`, `signed_on` for the day, `sighted_by`, `filed_where`.
    """
    if by.pk == person.pk:
        raise RefusedError(_("Nobody enters their own signature: ask a colleague."), "own")
    if not (sighted_by.strip() and filed_where.strip()):
        raise RefusedError(
            _("Say who has seen the signed paper, and where it is filed."), "filed_where" if sighted_by.strip() else "sighted_by"
        )
    with transaction.atomic():
        # The same lock as for signing and publishing.
        school = School.objects.select_for_update(of=["self"], no_key=True).filter(people=person).first()
        if school is None or not may_enter(by=by, person=person, on=school.day_of(at)):
            raise RefusedError(_("Only the leadership and administrators of the school enter what was signed on paper."), "not_yours")
        aup, leaflet = texts_on(school, person=person, signed_on=signed_on, at=at)
        year = school.year(on=signed_on)
        signed = (
            Declaration.objects.filter(person=person, school_year=year.key, aup=aup, leaflet=leaflet).first()
            or Declaration.objects.filter(person=person).current(on=signed_on, year=year.key).newest_first().first()
        )
        if signed is not None:
            return signed
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
            typed_name=person.full_name,
            signed_at=at,
            signed_on=signed_on,
            time_zone=school.time_zone,
            school_year=year.key,
            lapses_on=year.lapses_on,
            signed_in_with=_("on paper"),
            signed_in_at=None,
        )
        paper = PaperSignature(
            entered_by=by,
            sighted_by=sighted_by.strip(),
            filed_where=filed_where.strip(),
            scan=scan or None,
            scan_type=scan_type if scan else "",
            scan_sha256=hashlib.sha256(scan).hexdigest() if scan else "",
        )
        # By the signer, as every declaration: the record is theirs, and goes with them and not with whoever entered it.
        declaration.entry = log.append(
            school=school, kind="declaration.signed", at=at, by=person, facts=sign.facts_of(declaration, paper=paper)
        )
        declaration.save(force_insert=True)
        paper.declaration = declaration
        paper.save(force_insert=True)
        sign.queue_receipt(declaration, person=person, at=at)
        return declaration


def texts_on(school: School, *, person: Person, signed_on: dt.date, at: dt.datetime) -> tuple[PolicyVersion, PolicyVersion]:
    """AUP and leaflet as they were current on the day on the paper. Raises Refused: `signed_on`."""
    if signed_on > school.day_of(at):
        raise RefusedError(_("That day is still to come: copy the day on the paper."), "signed_on")
    if not Person.objects.filter(pk=person.pk).at_school(on=signed_on).exists():
        raise RefusedError(_("They were not at the school on that day."), "signed_on")
    current = PolicyVersion.objects.filter(school=school).current(on=signed_on)
    aup, leaflet = current.get("aup"), current.get("leaflet")
    if aup is None or leaflet is None:
        raise RefusedError(_("No leaflet and policy were in effect on that day."), "signed_on")
    return aup, leaflet
