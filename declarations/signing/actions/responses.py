"""Responses and exemptions: somebody wants to talk or declines, and somebody answers; or they need not sign until a day.

The log records that it happened, when and by whom, and not the words (docs/decisions/0036).
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.authorise import LEADERSHIP, require_role
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.organisation.queries import leaders
from declarations.signing.log_records import facts_of_exemption, facts_of_response
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Exemption, Response
from declarations.signing.queries import listener

LONGEST_EXEMPTION = dt.timedelta(days=366)


def respond(*, person: Person, kind: str, reason: str, at: dt.datetime) -> Response:
    """Records that somebody does not sign for now, and why; whom the school names answers.

    Raises RefusedError: `reason`, `waiting`, `signed`, `not_there`.
    """
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
            named = listener(school=school, person=person, at=at)
            response = Response.objects.create(school=school, person=person, kind=kind, reason=reason.strip(), said_at=at, said_to=named)
            for leader in [named] if named else leaders(school, on=on, but=person):
                outbox.queue(Email.Kind.REPLY, school=school, recipient=leader, at=at, response=response)
            log.append(school=school, kind="reply.made", at=at, by=person, facts=facts_of_response(response))
            return response
    except IntegrityError as clash:
        if not Response.objects.filter(person=person, answered_at__isnull=True).exists():
            raise
        raise RefusedError(_("You have said so already, and wait for an answer. You can sign meanwhile."), "waiting") from clash


def answer(*, response: Response, by: Person, text: str, at: dt.datetime) -> Response:
    """Answers a response, which closes it. Raises RefusedError: `answer`, `own`, `not_yours`, `too_late`."""
    if not text.strip():
        raise RefusedError(_("Write the answer: the person reads it."), "answer")
    school = response.school
    with transaction.atomic():
        if by.pk == response.person_id:
            raise RefusedError(_("Nobody answers themself: a colleague of the leadership does."), "own")
        require_role(by=by, school=school, roles=LEADERSHIP, at=at, sentence=_("Only the leadership answers."))
        changed = Response.objects.filter(pk=response.pk, answered_at__isnull=True).update(
            answer=text.strip(),
            answered_by=by,
            answered_at=Greatest(Value(at), F("said_at")),  # of two clocks one may lag
        )
        if changed != 1:
            raise RefusedError(_("Somebody answered this first."), "too_late")
        outbox.queue(Email.Kind.ANSWER, school=school, recipient=response.person, at=at, response=response)
        log.append(school=school, kind="reply.answered", at=at, by=by, facts={"reply": response.pk, "person": log.who(response.person)})
        return Response.objects.get(pk=response.pk)


def exempt(*, person: Person, by: Person, reason: str, from_on: dt.date, until: dt.date, at: dt.datetime) -> Exemption:
    """Exempts somebody from signing until a day, which is the last one.

    Raises RefusedError: `own`, `not_yours`, `reason`, `until`, `held`.
    """
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
                raise RefusedError(exempt_already(), "held")
            exemption = Exemption.objects.create(
                school=school, person=person, reason=reason.strip(), from_on=from_on, until=until, granted_by=by, granted_at=at
            )
            log.append(school=school, kind="exemption.granted", at=at, by=by, facts=facts_of_exemption(exemption))
            return exemption
    except IntegrityError as clash:
        if not Exemption.objects.filter(person=person, ended_at__isnull=True).exists():
            raise
        raise RefusedError(exempt_already(), "held") from clash


def exempt_already() -> str:
    return _("They have an exemption already: end that one first.")


def end_exemption(*, exemption: Exemption, by: Person, at: dt.datetime) -> Exemption:
    """Ends an exemption before its last day. Raises RefusedError: `own`, `not_yours`, `too_late`."""
    school = check_exempter(person=exemption.person, by=by, at=at)
    with transaction.atomic():
        changed = Exemption.objects.filter(pk=exemption.pk, ended_at__isnull=True, until__gte=school.day_of(at)).update(
            ended_by=by, ended_at=Greatest(Value(at), F("granted_at"))
        )
        if changed != 1:
            raise RefusedError(_("This exemption has ended already."), "too_late")
        log.append(
            school=school, kind="exemption.ended", at=at, by=by, facts={"exemption": exemption.pk, "person": log.who(exemption.person)}
        )
        return Exemption.objects.get(pk=exemption.pk)


def check_exempter(*, person: Person, by: Person, at: dt.datetime) -> School:
    """The person's school. Raises RefusedError, `own` or `not_yours`, unless `by` may exempt them."""
    if by.pk == person.pk:
        raise RefusedError(_("Nobody exempts themself: ask a colleague of the leadership."), "own")
    sentence = _("Only the leadership of the school exempts somebody.")
    if person.school is None:
        raise RefusedError(sentence, "not_yours")
    require_role(by=by, school=person.school, roles=LEADERSHIP, at=at, sentence=sentence)
    return person.school
