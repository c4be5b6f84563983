"""The signing status of a person: what they have signed, whether it is in force, and what they still have to sign.

Only this module says which statuses there are, which of two counts, and by which day somebody is to sign. Nothing here
decides about the Wi-Fi: that asks what is in force (`Declaration.objects.in_force`), whatever the status is called.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person, PersonQuerySet
from declarations.organisation.models.school import School
from declarations.organisation.school_year import SchoolYear
from declarations.policies.models import PolicyVersion
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Exemption, Response

# Nobody is late in their first week: somebody who joins in November, or a school that publishes its first texts then,
# would otherwise be overdue since September on the first morning.
TIME_TO_SIGN = dt.timedelta(days=7)
# Who was added without a first day may have been here for years, and hears of it only now.
TIME_TO_SIGN_FOR_ADDED = dt.timedelta(days=14)


class SigningStatus(models.TextChoices):
    """What a person still has to do, on every day one of these; the labels are what people read.

    Where several are true, the first of these counts: signed (for this year and these texts, nothing is left to do),
    declines, wants to talk, exempt, not open yet; then, by the dates, lapsed, overdue or due.
    """

    SIGNED = "signed", _("signed")
    DUE = "due", _("to be signed")
    OVERDUE = "overdue", _("overdue")
    LAPSED = "lapsed", _("lapsed")
    TALK = "talk", _("wants to talk first")
    # Not "declined": that is a permission's.
    DECLINED = "declines", _("declines to sign")
    EXEMPT = "exempt", _("exempt")
    NOT_YET = "not_yet", _("not open yet")


class DeclarationStatus(models.TextChoices):
    """Whether a person's declaration is in force on a day, which is another question than what they still have to do.

    Somebody who signed in September and is in force is also "to be signed" once there is a new text.
    """

    IN_FORCE = "signed", _("signed, in force")
    LAPSED = "lapsed", _("lapsed")
    NEVER = "never", _("never signed")


def declaration_status(*, is_in_force: bool, was_ever_signed: bool) -> DeclarationStatus:
    """The status of a declaration, from the two facts that the database knows of it."""
    if is_in_force:
        return DeclarationStatus.IN_FORCE
    return DeclarationStatus.LAPSED if was_ever_signed else DeclarationStatus.NEVER


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """The signing status of one person on one day, with the facts behind it.

    `declaration` is the newest in force, else the newest of all; `holds_until` is the last day on which it is in force.
    `sign_by` is the day by which something is, or was, to be signed: None when nothing is. `response` is what they said
    instead of signing (TALK and DECLINED), `exemption` is why they need not sign (EXEMPT); None with any other status.
    """

    status: SigningStatus
    declaration: Declaration | None = None
    holds_until: dt.date | None = None
    sign_by: dt.date | None = None
    response: Response | None = None
    exemption: Exemption | None = None

    @property
    def is_to_sign(self) -> bool:
        """Whether they are asked to sign, now or some time ago."""
        return self.status not in {SigningStatus.SIGNED, SigningStatus.EXEMPT, SigningStatus.NOT_YET}


def signing_status(*, person: Person, on: dt.date) -> PersonStatus:
    """The signing status of one person of a school at the end of a day; five queries at most, whatever they have signed."""
    school = person.school
    if school is None:
        raise ValueError("Only people of a school sign.")
    year = school.year(on=on)
    signed = Declaration.objects.filter(person=person, signed_on__lte=on).select_related("aup", "leaflet")
    current = signed.newest_first().current(on=on, year=year.key).first()
    if current is not None:
        return PersonStatus(SigningStatus.SIGNED, current, current.lapses_on - dt.timedelta(days=1))
    texts = PolicyVersion.objects.published().filter(school=school, effective_from__lte=on)
    versions = list(texts.values_list("document", "number", "effective_from", "sign_by"))
    opened_on = both_since((document, effective_from) for document, _number, effective_from, _sign_by in versions)
    people = annotated(Person.objects.filter(pk=person.pk), school=school, on=on, opened_on=opened_on)
    status = SigningStatus(people.values_list("signing_status", flat=True).get())
    holds = Exists(Declaration.objects.filter(pk=OuterRef("pk")).in_force(on=on))
    newest = signed.annotate(holds=holds).order_by("-holds", "-signed_on", "-signed_at", "-id").first()
    dates = [due_day(year=year, opened_on=opened_on, person=person)]
    holds_until = None
    if newest is not None:
        numbers = {"aup": newest.aup.number, "leaflet": newest.leaflet.number}
        again = [
            asked_by
            for document, number, _effective_from, asked_by in versions
            if asked_by is not None and asked_by >= year.opens_on and number > numbers[document]
        ]
        if newest.holds:  # type: ignore[attr-defined]  # annotated above
            holds_until = min([newest.lapses_on - dt.timedelta(days=1), *again])
        # Signed this year: only new text asks for it again.
        dates = again if newest.school_year == year.key else [*dates, *again]
    if holds_until is not None and not dates:
        # Signed in another window between two of these questions.
        return PersonStatus(SigningStatus.SIGNED, newest, holds_until)
    response, exemption = None, None
    if status in {SigningStatus.DECLINED, SigningStatus.TALK}:
        # Declining comes before wanting to talk.
        response = open_responses(school=school, year=year, on=on).filter(person=person).order_by("kind").first()
    elif status == SigningStatus.EXEMPT:
        exemption = exemptions(school=school, on=on).filter(person=person).first()
    sign_by = None if status in {SigningStatus.EXEMPT, SigningStatus.NOT_YET} else min(dates, default=year.due_on)
    return PersonStatus(status, newest, holds_until, sign_by, response, exemption)


def with_signing_status(people: PersonQuerySet, *, school: School, on: dt.date) -> models.QuerySet[Any]:
    """People of this school, each with `signing_status` (a SigningStatus).

    Asks one question at once (since when the school can be signed at), the rest when the answer is read.
    """
    return annotated(people, school=school, on=on, opened_on=open_since(school=school, on=on))


def annotated(people: PersonQuerySet, *, school: School, on: dt.date, opened_on: dt.date | None) -> models.QuerySet[Any]:
    """The one rule, in SQL; `opened_on` is since when the school can be signed at, None while it cannot."""
    year = school.year(on=on)
    declarations = Declaration.objects.filter(person=OuterRef("pk"), signed_on__lte=on)
    in_force = declarations.in_force(on=on)
    responses = open_responses(school=school, year=year, on=on).filter(person=OuterRef("pk"))
    whens = [
        When(Exists(declarations.current(on=on, year=year.key)), then=Value(SigningStatus.SIGNED.value)),
        When(Exists(responses.filter(kind=Response.Kind.DECLINE)), then=Value(SigningStatus.DECLINED.value)),
        When(Exists(responses.filter(kind=Response.Kind.TALK)), then=Value(SigningStatus.TALK.value)),
        When(Exists(exemptions(school=school, on=on).filter(person=OuterRef("pk"))), then=Value(SigningStatus.EXEMPT.value)),
    ]
    if opened_on is not None:
        whens += [
            When(starts_on__gt=on, then=Value(SigningStatus.NOT_YET.value)),
            # New text: what was signed earlier this year holds until that is due.
            When(Exists(in_force.filter(school_year=year.key)), then=Value(SigningStatus.DUE.value)),
            When(Exists(declarations) & ~Exists(in_force), then=Value(SigningStatus.LAPSED.value)),
        ]
        if on > due_day(year=year, opened_on=opened_on):
            joined_lately = Q(starts_on__isnull=False, starts_on__gte=on - TIME_TO_SIGN)
            added_lately = Q(starts_on__isnull=True, added_on__isnull=False, added_on__gte=on - TIME_TO_SIGN_FOR_ADDED)
            whens.append(When(~joined_lately & ~added_lately, then=Value(SigningStatus.OVERDUE.value)))
    otherwise = SigningStatus.NOT_YET if opened_on is None else SigningStatus.DUE
    return people.annotate(signing_status=Case(*whens, default=Value(otherwise.value), output_field=models.CharField()))


def expected_to_sign(*, school: School, on: dt.date) -> models.QuerySet[Any]:
    """Everyone at the school on this day who is expected to sign, each with `signing_status`."""
    return with_signing_status(Person.objects.filter(school=school).at_school(on=on).expected_to_sign(), school=school, on=on)


def due_day(*, year: SchoolYear, opened_on: dt.date | None, person: Person | None = None) -> dt.date:
    """By when a person is to sign in this year; without one, by when everybody is who was here.

    It is the year's day, or a week after they came or could first sign, or a fortnight after they were added without a first day,
    whichever is latest.
    """
    days = [year.due_on]
    if opened_on is not None:
        days.append(opened_on + TIME_TO_SIGN)
    if person is not None and person.starts_on is not None:
        days.append(person.starts_on + TIME_TO_SIGN)
    elif person is not None and person.added_on is not None:
        days.append(person.added_on + TIME_TO_SIGN_FOR_ADDED)
    return max(days)


def open_since(*, school: School, on: dt.date) -> dt.date | None:
    """The first day on which the school had both a leaflet and a policy in effect; None while one is missing; one query."""
    texts = PolicyVersion.objects.published().filter(school=school, effective_from__lte=on)
    return both_since(texts.values_list("document", "effective_from"))


def both_since(texts: Any) -> dt.date | None:
    """From pairs of (document, effective from): the day from which there was one of each."""
    first: dict[str, dt.date] = {}
    for document, day in texts:
        first[document] = min(day, first.get(document, day))
    return max(first.values()) if len(first) == len(PolicyVersion.Document) else None


def open_responses(*, school: School, year: SchoolYear, on: dt.date) -> models.QuerySet[Response]:
    """What people had said instead of signing, and had not signed since: talks not yet had, and this year's refusals if they came last."""
    end = school.end_of(on)
    responses = Response.objects.filter(school=school, said_at__lt=end)
    newer = responses.filter(person=OuterRef("person"), said_at__gt=OuterRef("said_at"))
    signed_since = Declaration.objects.filter(person=OuterRef("person"), signed_on__lte=on, signed_at__gte=OuterRef("said_at"))
    talk = Q(kind=Response.Kind.TALK) & (Q(answered_at__isnull=True) | Q(answered_at__gte=end))
    decline = Q(kind=Response.Kind.DECLINE, said_at__gte=school.end_of(year.opens_on - dt.timedelta(days=1))) & ~Exists(newer)
    return responses.filter(talk | decline).exclude(Exists(signed_since))


def exemptions(*, school: School, on: dt.date) -> models.QuerySet[Exemption]:
    """Those that had been granted by the end of this day, cover it, and had not been ended."""
    end = school.end_of(on)
    granted = Exemption.objects.filter(school=school, from_on__lte=on, until__gte=on, granted_at__lt=end)
    return granted.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=end))
