"""The reminder of a school's day: one e-mail a person, whatever it holds, with what is still to be said when it goes."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMessage
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from declarations.devices.models import Device, Permission
from declarations.mail.compose import EXAMPLE_NAME, preview, written
from declarations.mail.models import Email
from declarations.mail.queries import Unreachable
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.organisation.queries import leaders
from declarations.policies.models import PolicyVersion
from declarations.reminders import outstanding
from declarations.reminders.outstanding import NotSigned
from declarations.reminders.plan import DIGEST, days_of
from declarations.signing.models.declaration import Declaration
from declarations.signing.status import PersonStatus, SigningStatus, signing_status
from declarations.web.capability import EmailKind, EmailPreview

A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Content:
    """What a reminder holds: what is to be signed, permissions that end; for the leadership who has not signed, and texts to review."""

    school: School
    name: str
    on: dt.date
    sign: PersonStatus | None = None
    ending: list[Permission] = field(default_factory=list)
    not_signed: NotSigned | None = None
    reviews: list[PolicyVersion] = field(default_factory=list)

    def holds(self, key: str) -> bool:
        """Whether this occasion is spoken of."""
        kind, _space, rest = key.partition(" ")
        if kind == "permission":
            return int(rest) in {permission.pk for permission in self.ending}
        if kind == "review":
            return int(rest) in {version.pk for version in self.reviews}
        return (self.not_signed if kind == DIGEST else self.sign) is not None


def render(email: Email, at: dt.datetime) -> EmailMessage | None:
    """None if everything of which it reminds was settled meanwhile, or the person has left or has no address by now."""
    person = Person.objects.at_school(on=email.school.day_of(at)).select_related("school").filter(emails=email).first()
    if person is None or not person.email:
        return None
    keys = {reminder.pk: reminder.key for reminder in email.reminders.all()}
    content = content_of(person, email.school, keys=list(keys.values()), at=at)
    if content is None:
        return None
    # What is settled is not said, and does not count as said if it is owed again.
    email.reminders.filter(pk__in=[pk for pk, key in keys.items() if not content.holds(key)]).delete()
    return message(content, to=person.email)


def content_of(person: Person, school: School, *, keys: list[str], at: dt.datetime) -> Content | None:
    """What is still to be said of these occasions, None if nothing is."""
    on = school.day_of(at)
    numbers: dict[str, list[int]] = {"permission": [], "review": []}
    others = set()
    for key in keys:
        kind, _space, rest = key.partition(" ")
        if kind in numbers:
            numbers[kind].append(int(rest))
        else:
            others.add(kind)
    status = signing_status(person=person, on=on) if others - {DIGEST} else None
    # Names of colleagues are for who leads now: an e-mail may wait for days.
    leads = (DIGEST in others or bool(numbers["review"])) and leaders(school, on=on).filter(pk=person.pk).exists()
    not_signed = outstanding.not_signed(school, on=on, at=at) if leads and DIGEST in others else None
    content = Content(
        school=school,
        name=person.full_name,
        on=on,
        sign=status if status and status.status in outstanding.TO_SIGN else None,
        ending=list(outstanding.uncarried().filter(owner=person, pk__in=numbers["permission"], until__gte=on).select_related("device")),
        not_signed=not_signed if not_signed and not_signed.total else None,
        reviews=list(outstanding.reviews_overdue(school, on=on).filter(pk__in=numbers["review"])) if leads else [],
    )
    return content if content.sign or content.ending or content.not_signed or content.reviews else None


def message(content: Content, *, to: str) -> EmailMessage:
    names = ("school", "name", "on", "sign", "ending", "not_signed", "reviews")
    return written(subject_of(content), "reminders/email/reminder.txt", {name: getattr(content, name) for name in names}, to=to)


def subject_of(content: Content) -> str:
    """Of the first thing that it holds."""
    if content.sign and content.sign.sign_by:
        sentence = _("Please sign by %(day)s") if content.sign.sign_by >= content.on else _("Your declaration was due on %(day)s")
        return sentence % {"day": date_format(content.sign.sign_by, "j F Y")}
    if content.ending and (until := content.ending[0].until):
        return _("Permission for your %(device)s ends on %(day)s") % {
            "device": content.ending[0].device.make_and_model,
            "day": date_format(until, "j F Y"),
        }
    if content.not_signed:
        return _("Who has not signed yet at %(school)s") % {"school": content.school.short_name}
    return _("A text is to be reviewed at %(school)s") % {"school": content.school.short_name}


def previews(school: School, at: dt.datetime) -> Iterator[EmailPreview]:
    on, name = school.day_of(at), str(EXAMPLE_NAME)

    def example(when: str, **holds: Any) -> EmailPreview:
        return preview(when, message(Content(school=school, name=name, on=on, **holds), to=""))

    week_ahead = on + 7 * A_DAY
    yield example(
        _("When signing opens, a week before it is due, and on the day"), sign=PersonStatus(SigningStatus.DUE, sign_by=week_ahead)
    )
    yield example(
        _("Three days after it was due, and seven; what was signed before still holds"),
        sign=PersonStatus(SigningStatus.OVERDUE, Declaration(), holds_until=week_ahead, sign_by=on - 3 * A_DAY),
    )
    yield example(
        _("The same, once what was signed before has lapsed"),
        sign=PersonStatus(SigningStatus.LAPSED, Declaration(), sign_by=on - 7 * A_DAY),
    )
    yield example(
        _("Two weeks before permission for a device ends, if nobody has renewed it"),
        ending=[Permission(device=Device(make_and_model=_("Example Phone 5")), until=on + 14 * A_DAY)],
    )
    yield example(
        _("To the leadership, eight days after it was due, if somebody has not signed"),
        not_signed=NotSigned(
            [(_("staff"), [name, _("Jo Example")])],
            [(_("Jo Example"), str(Unreachable.NO_ADDRESS.label))],
            [(str(SigningStatus.EXEMPT.label), 2)],
        ),
    )
    yield example(
        _("To the leadership, when the day of review of a text has gone"),
        reviews=[PolicyVersion(title=_("Acceptable Use Policy"), number=3, review_on=on - A_DAY)],
    )


EMAILS = (
    EmailKind(
        name=Email.Kind.REMINDER,
        render=render,
        previews=previews,
        order=20,
        # Nobody is reminded at night, at a weekend or in the holidays.
        next_moment=lambda school, at: days_of(school).next_moment(at),
        follows_person=True,
    ),
)
