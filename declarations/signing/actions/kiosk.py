"""Signing on a shared tablet at the office: the tablet is opened, a code is given, and what is signed with it says so."""

import datetime as dt
from collections.abc import Collection

from allauth.core.internal.cryptokit import generate_user_code, normalize_user_code
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.signing.actions import sign as signing
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession, SigningCode

CODE_IS_GOOD_FOR = dt.timedelta(minutes=10)
LONGEST = dt.timedelta(hours=12)
# Whoever has used a code reads and signs within this; a pause of two minutes ends it sooner (views/tablet).
TIME_TO_SIGN = dt.timedelta(minutes=30)
WIDTH_OF_A_WAY = 80


def open_tablet(*, school: School, by: Person, at: dt.datetime, lasts: dt.timedelta) -> KioskSession:
    """Lends a device for signing. Raises Refused: `not_yours`, `too_long`."""
    may_lend(school, by=by, at=at)
    if not dt.timedelta() < lasts <= LONGEST:
        raise RefusedError(_("A tablet is opened for twelve hours at most."), "too_long")
    with transaction.atomic():
        tablet = KioskSession.objects.create(school=school, opened_by=by, opened_at=at, closes_at=at + lasts)
        closes_at = log.time_text(tablet.closes_at)
        log.append(school=school, kind="tablet.opened", at=at, by=by, facts={"tablet": tablet.pk, "closes_at": closes_at})
        return tablet


def close_tablet(*, tablet: KioskSession, by: Person, at: dt.datetime) -> None:
    """Nobody signs on it any more, whoever is reading. Raises Refused: `not_yours`, `too_late`."""
    may_lend(tablet.school, by=by, at=at)
    with transaction.atomic():
        if not KioskSession.objects.filter(pk=tablet.pk, closed_at__isnull=True, closes_at__gt=at).update(closed_at=at, closed_by=by):
            raise RefusedError(_("This tablet has been closed already."), "too_late")
        log.append(school=tablet.school, kind="tablet.closed", at=at, by=by, facts={"tablet": tablet.pk})


def give_code(*, person: Person, by: Person, at: dt.datetime) -> tuple[SigningCode, str]:
    """A code for one person, good for ten minutes and once; told now, and never again. Raises Refused: `not_yours`, `own`, `not_there`."""
    school = person.school
    if school is None:
        raise RefusedError(_("Declarations are signed by people of a school."), "not_there")
    may_lend(school, by=by, at=at)
    if by.pk == person.pk:
        raise RefusedError(_("Nobody gives a code to themself: you sign with your own sign-in."), "own")
    if not Person.objects.filter(pk=person.pk).at_school(on=school.day_of(at)).exists():
        raise RefusedError(_("They are not at the school on this day, so there is nothing to sign."), "not_there")
    code = generate_user_code()
    with transaction.atomic():
        given = SigningCode.objects.create(
            school=school, person=person, given_by=by, given_at=at, expires_at=at + CODE_IS_GOOD_FOR, code_hash=hashed(code)
        )
        expires_at = log.time_text(given.expires_at)
        log.append(
            school=school,
            kind="code.given",
            at=at,
            by=by,
            facts={"person": log.who(person), "code": given.pk, "expires_at": expires_at},
        )
    return given, code


def may_lend(school: School, *, by: Person, at: dt.datetime) -> None:
    of_the_school = by.school_id in {None, school.pk}
    if not of_the_school or not by.roles(on=school.day_of(at)) & {Role.Name.LEADERSHIP.value, Role.Name.ADMINISTRATOR.value}:
        raise RefusedError(_("Only the leadership and administrators of the school do this."), "not_yours")


def is_lent(tablet: KioskSession, *, at: dt.datetime) -> bool:
    """Whether it is open, and whoever opened it is still there and may still lend it."""
    on = tablet.school.day_of(at)
    try:
        may_lend(tablet.school, by=tablet.opened_by, at=at)
    except RefusedError:
        return False
    return tablet.is_open(at=at) and not tablet.opened_by.has_left(on=on)


def hashed(code: str) -> str:
    """What is kept of a code; dashes, spaces and case are left out. With the server's key, so that the table alone finds no code."""
    return salted_hmac("declarations.signing_code", normalize_user_code(code), algorithm="sha256").hexdigest()


def use_code(*, tablet: KioskSession, typed: str, at: dt.datetime) -> SigningCode:
    """Takes a code on a tablet of its school: once. Raises Refused: `wrong`, `closed`, `left`."""
    with transaction.atomic():
        if not KioskSession.objects.filter(pk=tablet.pk, closed_at__isnull=True, closes_at__gt=at).exists():
            raise RefusedError(_("This tablet is closed: ask at the office."), "closed")
        codes = SigningCode.objects.filter(school=tablet.school_id, code_hash=hashed(typed))
        if not codes.filter(used_at__isnull=True, expires_at__gt=at).update(used_at=at, tablet=tablet):
            sentence = _("This code opens nothing: it was mistyped, or used, or is older than ten minutes. The office gives you a new one.")
            raise RefusedError(sentence, "wrong")
        given = codes.select_related("person__school", "given_by").get()
        if given.given_by.has_left(on=tablet.school.day_of(at)):
            raise RefusedError(_("Who gave you this code has left. The office gives you a new one."), "wrong")
        if not Person.objects.filter(pk=given.person_id).at_school(on=tablet.school.day_of(at)).exists():
            raise RefusedError(_("You are not at the school on this day, so there is nothing to sign."), "left")
        return given


def in_use(*, code_id: int, tablet: KioskSession, at: dt.datetime) -> SigningCode | None:
    """The code with which somebody sits at this tablet now; None once it is done, or took too long."""
    return (
        SigningCode.objects.filter(pk=code_id, tablet=tablet, used_at__gt=at - TIME_TO_SIGN, done_at__isnull=True)
        .select_related("person__school", "given_by")
        .first()
    )


def leave(*, code: SigningCode, at: dt.datetime) -> None:
    """The person has gone, or nobody has touched the tablet: the code opens nothing more."""
    SigningCode.objects.filter(pk=code.pk, done_at__isnull=True).update(done_at=at)


def sign(
    *,
    code: SigningCode,
    aup_id: int,
    leaflet_id: int,
    confirmed: Collection[str],
    typed_name: str,
    at: dt.datetime,
    ip_address: str | None,
    browser: str,
) -> Declaration:
    """Signs as `signing.sign` does, for who was given the code; it is done with then. Raises Refused: `over`, and what that raises."""
    with transaction.atomic():
        if not SigningCode.objects.filter(pk=code.pk, used_at__isnull=False, done_at__isnull=True).update(done_at=at):
            raise RefusedError(_("Your time at the tablet is over. The office gives you a new code."), "over")
        return signing.sign(
            person=code.person,
            aup_id=aup_id,
            leaflet_id=leaflet_id,
            confirmed=confirmed,
            typed_name=typed_name,
            at=at,
            signed_in_with=way_in(code),
            signed_in_at=code.used_at,
            ip_address=ip_address,
            browser=browser,
        )


def way_in(code: SigningCode) -> str:
    """As the certificate prints it, shortened to what there is room for."""
    words = _("shared tablet, one-time code given by %(name)s") % {"name": code.given_by.full_name}
    return words if len(words) <= WIDTH_OF_A_WAY else f"{words[: WIDTH_OF_A_WAY - 1]}…"
