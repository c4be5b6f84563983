"""The e-mail about a change: to the old and the new address, and to all whom it concerns."""

import datetime as dt
from collections.abc import Iterator

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from declarations.dual_control.models import GuardedChange
from declarations.dual_control.queries import in_words, open_changes, token_of
from declarations.mail.compose import EXAMPLE_NAME, link, preview, written
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web.capability import EmailKind, EmailPreview


def render(email: Email, at: dt.datetime) -> EmailMessage:
    change = GuardedChange.objects.select_related("person__school", "school", "asked_by", "settled_by").get(emails=email)
    is_open = open_changes(at=at).filter(pk=change.pk).exists()
    is_own = is_open and email.recipient == change.confirm_from.lower()
    confirm = link("change", token_of(change)) if is_own else ""
    return message(change, school=email.school, to=email.recipient, is_open=is_open, confirm=confirm)


def message(change: GuardedChange, *, school: School, to: str, is_open: bool, confirm: str) -> EmailMessage:
    context = {**in_words(change), "school": school, "is_open": is_open, "confirm": confirm, "desk": link("admin:changes")}
    subject = _("Please look at this: a change at %(school)s") % {"school": school.name}
    return written(subject, "dual_control/email/change.txt", context, to=to)


def previews(school: School, at: dt.datetime) -> Iterator[EmailPreview]:
    person = Person(full_name=str(EXAMPLE_NAME), email="sam@school.example", school=school)
    change = GuardedChange(
        school=school, kind="address", person=person, asked_by=Person(full_name=_("Alex Example")), asked_at=at,
        before={"email": person.email}, after={"email": "sam@elsewhere.example"},
    )  # fmt: skip
    yield preview(
        _("At once, to the old and the new address, when how somebody signs in is to change"),
        message(change, school=school, to="", is_open=True, confirm=link("change", "X" * 8)),
    )


EMAILS = (EmailKind(name=Email.Kind.CHANGE, render=render, previews=previews, order=5),)
