"""What else may come of being asked to sign: a talk or a no, which somebody answers; an exemption until a day.

The log says that it happened, when and by whom. The words themselves stay out of it (docs/decisions/0036).
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.evidence.canonical_json import Json
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.organisation.queries import leaders
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Exemption, Response

LONGEST_EXEMPTION = dt.timedelta(days=366)


def reply(*, person: Person, kind: str, reason: str, at: dt.datetime) -> Response:
    """Does not sign for now, and says why, to whom the school names. Raises Refused: `reason`, `waiting`, `signed`, `not_there`."""
    if not reason.strip():
        raise RefusedError(_("Say why: without a reason nobody can answer you."), "reason")
    try:
        with transaction.atomic():
            # Signing takes the same lock: of the two, one comes first.
            school = School.objects.select_for_update(of=["self"], no_key=True).filter(people=person).first()
            if school is None:
                raise RefusedError(_("Only people of a school are asked to sign."), "not_there")
            on = school.day_of(at)
            if not Person.objects.filter(pk=person.pk).at_school(on=on).exists():
                raise RefusedError(_("You are not at the school on this day, so there is nothing to sign."), "not_there")
            if Declaration.objects.filter(person=person).current(on=on, year=school.year(on=on).key).exists():
                raise RefusedError(_("You have signed already: there is nothing to decline."), "signed")
            to = listener(school=school, person=person, on=on)
            said = Response.objects.create(school=school, person=person, kind=kind, reason=reason.strip(), said_at=at, said_to=to)
            for one in [to] if to else leaders(school, on=on, but=person):
                outbox.queue(Email.Kind.REPLY, school=school, recipient=one, at=at, response=said)
            log.append(school=school, kind="reply.made", at=at, by=person, facts=facts_of_reply(said))
            return said
    except IntegrityError as clash:
        if not Response.objects.filter(person=person, answered_at__isnull=True).exists():
            raise
        raise RefusedError(_("You have said so already, and wait for an answer. You can sign meanwhile."), "waiting") from clash


def facts_of_reply(said: Response) -> dict[str, Json]:
    """What the log says of a reply; to whom, by their number: their name would have to go with them."""
    return {"reply": said.pk, "person": log.who(said.person), "outcome": said.kind, "to": said.said_to_id}


def listener(*, school: School, person: Person, on: dt.date) -> Person | None:
    """Who answers this person: whom the school names, else the headteacher; None for all the leadership."""
    for one in (school.listener, school.headteacher):
        if one is not None and one.pk != person.pk and not one.has_left(on=on) and Role.Name.LEADERSHIP in one.roles(on=on):
            return one
    return None


def may_answer(*, by: Person, said: Response, on: dt.date) -> bool:
    """Anybody of the leadership, so that nothing waits for one who is away; nobody their own."""
    return by.pk != said.person_id and is_leader(by, school=said.school, on=on)


def is_leader(by: Person, *, school: School, on: dt.date) -> bool:
    return by.school_id in {None, school.pk} and not by.has_left(on=on) and Role.Name.LEADERSHIP in by.roles(on=on)


def answer(*, said: Response, by: Person, words: str, at: dt.datetime) -> Response:
    """Answers somebody who wants to talk or declines, and closes it. Raises Refused: `answer`, `own`, `not_yours`, `too_late`."""
    if not words.strip():
        raise RefusedError(_("Write the answer: the person reads it."), "answer")
    school = said.school
    with transaction.atomic():
        if by.pk == said.person_id:
            raise RefusedError(_("Nobody answers themself: a colleague of the leadership does."), "own")
        if not may_answer(by=by, said=said, on=school.day_of(at)):
            raise RefusedError(_("Only the leadership answers."), "not_yours")
        changed = Response.objects.filter(pk=said.pk, answered_at__isnull=True).update(
            answer=words.strip(),
            answered_by=by,
            answered_at=Greatest(Value(at), F("said_at")),  # of two clocks one may lag
        )
        if changed != 1:
            raise RefusedError(_("Somebody answered this first."), "too_late")
        outbox.queue(Email.Kind.ANSWER, school=school, recipient=said.person, at=at, response=said)
        log.append(school=school, kind="reply.answered", at=at, by=by, facts={"reply": said.pk, "person": log.who(said.person)})
        return Response.objects.get(pk=said.pk)


def exempt(*, person: Person, by: Person, reason: str, from_on: dt.date, until: dt.date, at: dt.datetime) -> Exemption:
    """Somebody need not sign until a day, which is the last one. Raises Refused: `own`, `not_yours`, `reason`, `until`, `held`."""
    school = check_exempter(person=person, by=by, at=at)
    on = school.day_of(at)
    if not reason.strip():
        raise RefusedError(_("Give the reason: long absence, say."), "reason")
    if until < on:
        raise RefusedError(_("The last day is in the past: choose today or later."), "until")
    if until < from_on:
        raise RefusedError(_("It cannot end before it begins."), "until")
    if until - on > LONGEST_EXEMPTION:
        raise RefusedError(_("That is more than a year ahead. Choose an earlier day: it can be given again."), "until")
    try:
        with transaction.atomic():
            live = Exemption.objects.filter(person=person, ended_at__isnull=True)
            # What has run out makes room; nobody ended it.
            live.filter(until__lt=on).update(ended_at=Greatest(Value(at), F("granted_at")))
            if live.exists():
                raise RefusedError(held(), "held")
            given = Exemption.objects.create(
                school=school, person=person, reason=reason.strip(), from_on=from_on, until=until, granted_by=by, granted_at=at
            )
            log.append(school=school, kind="exemption.granted", at=at, by=by, facts=facts_of_exemption(given))
            return given
    except IntegrityError as clash:
        if not Exemption.objects.filter(person=person, ended_at__isnull=True).exists():
            raise
        raise RefusedError(held(), "held") from clash


def held() -> str:
    return _("They have an exemption already: end that one first.")


def facts_of_exemption(given: Exemption) -> dict[str, Json]:
    """What the log says of an exemption. Not the reason: it may be about somebody's health, and the log is kept for years."""
    return {
        "exemption": given.pk,
        "person": log.who(given.person),
        "from_on": given.from_on.isoformat(),
        "until": given.until.isoformat(),
    }


def end_exemption(*, exemption: Exemption, by: Person, at: dt.datetime) -> Exemption:
    """Somebody is back earlier. Raises Refused: `own`, `not_yours`, `too_late`."""
    school = check_exempter(person=exemption.person, by=by, at=at)
    with transaction.atomic():
        changed = Exemption.objects.filter(pk=exemption.pk, ended_at__isnull=True, until__gte=school.day_of(at)).update(
            ended_by=by, ended_at=Greatest(Value(at), F("granted_at"))
        )
        if changed != 1:
            raise RefusedError(_("This exemption has ended already."), "too_late")
        log.append(
            school=school,
            kind="exemption.ended",
            at=at,
            by=by,
            facts={"exemption": exemption.pk, "person": log.who(exemption.person)},
        )
        return Exemption.objects.get(pk=exemption.pk)


def check_exempter(*, person: Person, by: Person, at: dt.datetime) -> School:
    """The person's school, if this member of the leadership may exempt them."""
    school = person.school
    if by.pk == person.pk:
        raise RefusedError(_("Nobody exempts themself: ask a colleague of the leadership."), "own")
    if school is None or not is_leader(by, school=school, on=school.day_of(at)):
        raise RefusedError(_("Only the leadership of the school exempts somebody."), "not_yours")
    return school
