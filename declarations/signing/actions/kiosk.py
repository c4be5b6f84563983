"""Signing on a shared tablet at the office: the office opens a tablet and gives a code, and the declaration records both."""

import datetime as dt

from allauth.core.internal.cryptokit import generate_user_code
from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.dual_control.models import GuardedChange
from declarations.evidence import log
from declarations.organisation.authorise import OFFICE, require_role
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.actions.sign import Submission
from declarations.signing.actions.sign import sign as sign_declaration
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession, SigningCode
from declarations.signing.queries import hash_of

CODE_IS_GOOD_FOR = dt.timedelta(minutes=10)
LONGEST = dt.timedelta(hours=12)


def open_tablet(*, school: School, by: Person, at: dt.datetime, lasts: dt.timedelta) -> KioskSession:
    """Lends a device for signing. Raises RefusedError: `not_yours`, `too_long`."""
    require_role(by=by, school=school, roles=OFFICE, at=at)
    if not dt.timedelta() < lasts <= LONGEST:
        raise RefusedError(_("A tablet is opened for twelve hours at most."), "too_long")
    with transaction.atomic():
        tablet = KioskSession.objects.create(school=school, opened_by=by, opened_at=at, closes_at=at + lasts)
        closes_at = log.time_text(tablet.closes_at)
        log.append(school=school, kind="tablet.opened", at=at, by=by, facts={"tablet": tablet.pk, "closes_at": closes_at})
        return tablet


def close_tablet(*, tablet: KioskSession, by: Person, at: dt.datetime) -> None:
    """Closes a tablet: nobody signs on it any more, also if somebody is reading. Raises RefusedError: `not_yours`, `too_late`."""
    require_role(by=by, school=tablet.school, roles=OFFICE, at=at)
    with transaction.atomic():
        if not KioskSession.objects.filter(pk=tablet.pk, closed_at__isnull=True, closes_at__gt=at).update(closed_at=at, closed_by=by):
            raise RefusedError(_("This tablet has been closed already."), "too_late")
        log.append(school=tablet.school, kind="tablet.closed", at=at, by=by, facts={"tablet": tablet.pk})


def give_code(*, person: Person, by: Person, at: dt.datetime) -> tuple[SigningCode, str]:
    """A code for one person, valid once and for ten minutes; its text is returned now and kept nowhere.

    Raises RefusedError: `not_yours`, `own`, `not_there`.
    """
    school = person.school
    if school is None:
        raise RefusedError(_("Declarations are signed by people of a school."), "not_there")
    require_role(by=by, school=school, roles=OFFICE, at=at)
    if by.pk == person.pk:
        raise RefusedError(_("Nobody gives a code to themself: you sign with your own sign-in."), "own")
    if not Person.objects.filter(pk=person.pk).at_school(on=school.day_of(at)).exists():
        raise RefusedError(_("They are not at the school on this day, so there is nothing to sign."), "not_there")
    code = generate_user_code()
    with transaction.atomic():
        row = SigningCode.objects.create(
            school=school, person=person, given_by=by, given_at=at, expires_at=at + CODE_IS_GOOD_FOR, code_hash=hash_of(code)
        )
        expires_at = log.time_text(row.expires_at)
        log.append(
            school=school, kind="code.given", at=at, by=by, facts={"person": log.who(person), "code": row.pk, "expires_at": expires_at}
        )
    return row, code


def use_code(*, tablet: KioskSession, typed: str, at: dt.datetime) -> SigningCode:
    """Uses a code on a tablet of its school, once. Raises RefusedError: `wrong`, `closed`, `left`."""
    with transaction.atomic():
        if not KioskSession.objects.filter(pk=tablet.pk, closed_at__isnull=True, closes_at__gt=at).exists():
            raise RefusedError(_("This tablet is closed: ask at the office."), "closed")
        codes = SigningCode.objects.filter(school=tablet.school_id, code_hash=hash_of(typed))
        if not codes.filter(used_at__isnull=True, expires_at__gt=at).update(used_at=at, tablet=tablet):
            sentence = _("This code opens nothing: it was mistyped, or used, or is older than ten minutes. The office gives you a new one.")
            raise RefusedError(sentence, "wrong")
        code = codes.select_related("person__school", "given_by").get()
        if code.given_by.has_left(on=tablet.school.day_of(at)):
            raise RefusedError(_("Who gave you this code has left. The office gives you a new one."), "wrong")
        if GuardedChange.objects.filter(person=code.person_id, made_at__gte=code.given_at).exists():
            raise RefusedError(_("How you sign in was changed since this code was given. The office gives you a new one."), "wrong")
        if not Person.objects.filter(pk=code.person_id).at_school(on=tablet.school.day_of(at)).exists():
            raise RefusedError(_("You are not at the school on this day, so there is nothing to sign."), "left")
        return code


def end_codes(*, person: Person, at: dt.datetime) -> None:
    """Whoever sits at a tablet with a code of theirs is done; one that was not used yet is refused when it is typed."""
    SigningCode.objects.filter(person=person, used_at__isnull=False, done_at__isnull=True).update(done_at=at)


def leave(*, code: SigningCode, at: dt.datetime) -> None:
    """Ends the use of a code: the person has gone, or nobody has touched the tablet."""
    SigningCode.objects.filter(pk=code.pk, done_at__isnull=True).update(done_at=at)


def sign(*, code: SigningCode, submission: Submission) -> Declaration:
    """Signs for the person who was given the code, which is used up then. Raises RefusedError: `over`, and what signing raises."""
    in_use = SigningCode.objects.filter(pk=code.pk, person=submission.person, used_at__isnull=False, done_at__isnull=True)
    with transaction.atomic():
        if not in_use.update(done_at=submission.at):
            raise RefusedError(_("Your time at the tablet is over. The office gives you a new code."), "over")
        return sign_declaration(submission)
