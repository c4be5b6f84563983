"""Who is left: everybody who has not signed for this year, what state they are in, and who gets no e-mail."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from declarations.mail.models import Email, Reminder
from declarations.mail.queries import Unreachable, refused, unreachable
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.reminders.forms import NotSignedForm
from declarations.reminders.outstanding import to_sign
from declarations.signing.status import SigningStatus, exemptions, expected_to_sign
from declarations.web.admin_base import context_of, render_admin

ROWS_ON_A_PAGE = 50
SIGNS = {
    SigningStatus.DUE: "○",
    SigningStatus.OVERDUE: "⚠",
    SigningStatus.LAPSED: "⚠",
    SigningStatus.TALK: "…",
    SigningStatus.DECLINED: "✗",
    SigningStatus.EXEMPT: "–",
    SigningStatus.NOT_YET: "–",
    SigningStatus.SIGNED: "✓",
}


@dataclass(frozen=True, slots=True)
class Row:
    """`sign_by` is the first day by which something is, or was, to be signed; `until` the last day of an exemption.

    `reminded_on` is the day on which the last e-mail went that asked them to sign.
    """

    person: Person
    state: SigningStatus
    sign_by: dt.date | None
    until: dt.date | None
    reminded_on: dt.date | None
    why_unreachable: Unreachable | None

    @property
    def sign(self) -> str:
        return SIGNS[self.state]


def everybody(school: School, *, on: dt.date, at: dt.datetime) -> list[Row]:
    """Everyone at the school who is expected to sign, by name; six queries, however many they are."""
    sign_by = {due.person.pk: min(ask.due_on for ask in due.asks) for due in to_sign(school, on=on) if due.asks}
    refusing = refused(school, at=at)
    to_sign_it = Reminder.objects.filter(Q(key__startswith="year ") | Q(key__startswith="text "), email=OuterRef("pk"))
    reminded = Email.objects.filter(Exists(to_sign_it), person=OuterRef("pk"), sent_at__isnull=False).order_by("-sent_at")
    people = expected_to_sign(school=school, on=on).annotate(
        until=Subquery(exemptions(school=school, on=on).filter(person=OuterRef("pk")).values("until")[:1]),
        reminded_at=Subquery(reminded.values("sent_at")[:1]),
    )
    return [
        Row(
            person=person,
            state=SigningStatus(person.signing_status),
            sign_by=sign_by.get(person.pk),
            until=person.until if person.signing_status == SigningStatus.EXEMPT else None,
            reminded_on=school.day_of(person.reminded_at) if person.reminded_at else None,
            why_unreachable=unreachable(person, refusing),
        )
        for person in people.order_by("full_name", "pk")
    ]


def cannot_be_reached(rows: Iterable[Row]) -> list[Row]:
    """Who gets no e-mail although something would be sent: all whose address refuses, and of those without one who has yet to sign."""
    return [row for row in rows if row.why_unreachable and (row.person.email or row.state != SigningStatus.SIGNED)]


def how_many_cannot_be_reached(school: School, *, on: dt.date, at: dt.datetime) -> int:
    """The number of them alone; three queries."""
    people = expected_to_sign(school=school, on=on)
    return people.filter(Q(email__in=refused(school, at=at)) | (Q(email="") & ~Q(signing_status=SigningStatus.SIGNED))).count()


def page(request: HttpRequest) -> HttpResponse:
    """The list, by state and category, page by page; the trust's people choose a school first."""
    school, on = context_of(request).school, context_of(request).on
    context: dict[str, Any] = {"title": _("Who is left"), "school": school, "on": on}
    if school is not None:
        form = NotSignedForm(request.GET)
        everyone = everybody(school, on=on, at=context_of(request).at)
        not_signed = [row for row in everyone if row.state != SigningStatus.SIGNED]
        shown = [row for row in not_signed if form.lets_through(row.state, row.person.category)] if form.is_valid() else []
        query = QueryDict(mutable=True)
        for name in ("school", "state", "category"):
            if request.GET.get(name):
                query[name] = request.GET[name]
        context |= {
            "form": form,
            "everyone": len(everyone),
            "not_signed": len(not_signed),
            "page": Paginator(shown, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
            "query": query.urlencode(),
            "unreachable": cannot_be_reached(everyone),
        }
    return render_admin(request, "reminders/admin/not_signed.html", context)
