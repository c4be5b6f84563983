"""A declaration that was signed on paper, entered by somebody else on behalf of the signer."""

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.organisation.authorise import OFFICE, require_role
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.actions.sign import add_declaration
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.paper import PaperSignature
from declarations.signing.queries import texts_on


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

    `signed_at` is this moment: when it was recorded. Nobody knows at what time of the day they signed.
    Raises RefusedError: `own`, `not_yours`, `signed_on` for the day, `sighted_by`, `filed_where`.
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
        sentence = _("Only the leadership and administrators of the school enter what was signed on paper.")
        if school is None:
            raise RefusedError(sentence, "not_yours")
        require_role(by=by, school=school, roles=OFFICE, at=at, sentence=sentence)
        aup, leaflet = texts_on(school, person=person, signed_on=signed_on, at=at)
        year = school.year(on=signed_on)
        signed = (
            Declaration.objects.filter(person=person, school_year=year.key, aup=aup, leaflet=leaflet).first()
            or Declaration.objects.filter(person=person).current(on=signed_on, year=year.key).newest_first().first()
        )
        if signed is not None:
            return signed
        paper = PaperSignature(
            entered_by=by,
            sighted_by=sighted_by.strip(),
            filed_where=filed_where.strip(),
            scan=scan or None,
            scan_type=scan_type if scan else "",
            scan_sha256=hashlib.sha256(scan).hexdigest() if scan else "",
        )
        return add_declaration(
            school=school,
            person=person,
            aup=aup,
            leaflet=leaflet,
            typed_name=person.full_name,
            signed_on=signed_on,
            at=at,
            signed_in_with=_("on paper"),
            signed_in_at=None,
            paper=paper,
        )
