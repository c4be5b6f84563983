"""Legal holds: while one lasts, no data about the person are disposed of or erased."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.authorise import OFFICE, require_role
from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School


def check_keeper(*, school: School | None, by: Person, at: dt.datetime) -> None:
    """Raise RefusedError, `not_yours`, unless `by` looks after this school's records; without a school, after those of the trust."""
    sentence = _("Only the leadership and administrators of the school look after what is kept.")
    require_role(by=by, school=school, roles=OFFICE, at=at, sentence=sentence)


def locked(person: Person) -> Person:
    """Lock the person's row and return it, so that nobody places a hold while an erasure runs."""
    row: Person = Person.objects.select_for_update(no_key=True, of=["self"]).get(pk=person.pk)
    return row


def is_held(person: Person) -> bool:
    return LegalHold.objects.live().filter(person=person).exists()


def refuse_if_held(person: Person) -> None:
    """Raise RefusedError, `held`, while a legal hold lasts."""
    if is_held(person):
        raise RefusedError(_("A legal hold keeps their records: nothing is erased until it ends."), "held")


def place_hold(*, person: Person, reason: str, by: Person, at: dt.datetime) -> LegalHold:
    """Keep everything about a person until the hold ends. Raises RefusedError: `own`, `not_yours`, `reason`, `erased`, `held`."""
    if by.pk == person.pk:
        raise RefusedError(_("Nobody holds back their own records: ask somebody else of the leadership."), "own")
    check_keeper(school=person.school, by=by, at=at)
    if not reason.strip():
        raise RefusedError(_("Say why: whose matter it is, and where it is filed."), "reason")
    with transaction.atomic():
        locked(person)
        if Erasure.objects.filter(person=person).exists():
            raise RefusedError(_("They have been erased: there is nothing left to hold."), "erased")
        if is_held(person):
            raise RefusedError(_("They are held already."), "held")
        hold = LegalHold.objects.create(person=person, reason=reason.strip(), placed_by=by, placed_at=at)
        log_hold("hold.placed", hold, by=by, at=at)
        return hold


def end_hold(*, hold: LegalHold, by: Person, at: dt.datetime) -> None:
    """End a hold: from now on the person's records go when they are due. Raises RefusedError: `own`, `not_yours`, `too_late`."""
    if by.pk == hold.person_id:
        raise RefusedError(_("Nobody ends the hold on their own records: ask somebody else of the leadership."), "own")
    check_keeper(school=hold.person.school, by=by, at=at)
    with transaction.atomic():
        # A constraint says that it ends after it was placed; the clocks of two servers may differ.
        if not LegalHold.objects.live().filter(pk=hold.pk).update(ended_by=by, ended_at=max(at, hold.placed_at)):
            raise RefusedError(_("This hold has been ended already."), "too_late")
        log_hold("hold.ended", hold, by=by, at=at)


def log_hold(kind: str, hold: LegalHold, *, by: Person, at: dt.datetime) -> None:
    """Write into the log of the person's school, or of every school for a person of the trust. The reason stays out: it may name others."""
    log.append_about(school=hold.person.school, kind=kind, at=at, by=by, facts={"hold": hold.pk, "person": log.who(hold.person)})
