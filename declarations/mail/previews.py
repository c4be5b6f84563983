"""All e-mails that the school sends, with made-up people: to read before anybody gets one."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.devices.models import Device, Permission
from declarations.evidence.models import Checkpoint
from declarations.mail import compose
from declarations.mail.compose import Reminded
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.reminders.outstanding import Left, Unreachable
from declarations.sign_in import invitations
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import PaperSignature, Response
from declarations.signing.status import PersonStatus, SigningStatus
from declarations.staff_lists.models import Invitation
from declarations.web.admin_base import context_of, render_admin

SAM = gettext_lazy("Sam Example")
A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sample:
    """One e-mail; `when` says who gets it and when."""

    when: str
    subject: str
    body: str


def page(request: HttpRequest) -> HttpResponse:
    """The e-mails of the school; the trust's people choose one first. No query: all in them is made up."""
    school, on, at = context_of(request).school, context_of(request).on, context_of(request).at
    context: dict[str, Any] = {"title": _("E-mails that are sent"), "school": school}
    if school is not None:
        context["samples"] = [
            invitation(school, at=at),
            *reminders(school, on=on),
            *decisions(school, on=on),
            *replies(),
            *copies(school, on=on),
        ]
    return render_admin(request, "admin/samples.html", context)


def sample(when: str, message: EmailMessage) -> Sample:
    return Sample(when, str(message.subject), str(message.body))


def invitation(school: School, *, at: dt.datetime) -> Sample:
    invited = Invitation(person=Person(full_name=str(SAM)), expires_at=at + invitations.LIVES)
    message = compose.invitation_letter(invited, secret="X" * 8, school=school, to="")
    return sample(_("At once, when somebody is invited to come in for the first time"), message)


def reminders(school: School, *, on: dt.date) -> list[Sample]:
    name, due = str(SAM), on + 7 * A_DAY
    phone = Permission(device=Device(make_and_model=_("Example Phone 5")), until=on + 14 * A_DAY)
    text = PolicyVersion(title=_("Acceptable Use Policy"), number=3, review_on=on - A_DAY)
    left = Left(
        [(_("staff"), [name, _("Jo Example")])],
        [(_("Jo Example"), str(Unreachable.NO_ADDRESS.label))],
        [(str(SigningStatus.EXEMPT.label), 2)],
    )
    held = [
        (_("When signing opens, a week before it is due, and on the day"), {"sign": PersonStatus(SigningStatus.DUE, sign_by=due)}),
        (
            _("Three days after it was due, and seven; what was signed before still holds"),
            {"sign": PersonStatus(SigningStatus.OVERDUE, Declaration(), holds_until=due, sign_by=on - 3 * A_DAY)},
        ),
        (
            _("The same, once what was signed before has lapsed"),
            {"sign": PersonStatus(SigningStatus.LAPSED, Declaration(), sign_by=on - 7 * A_DAY)},
        ),
        (_("Two weeks before permission for a device ends, if nobody has renewed it"), {"ending": [phone]}),
        (_("To the leadership, eight days after it was due, if somebody has not signed"), {"left": left}),
        (_("To the leadership, when the day of review of a text has gone"), {"reviews": [text]}),
    ]
    return [sample(when, compose.reminder(Reminded(school=school, name=name, on=on, **facts), to="")) for when, facts in held]  # type: ignore[arg-type]  # each by its name


def decisions(school: School, *, on: dt.date) -> list[Sample]:
    owner, device = Person(full_name=str(SAM)), Device(make_and_model=_("Example Phone 5"))
    found = []
    for when, status in (
        (_("At once, when a device is approved"), Permission.Status.APPROVED),
        (_("At once, when a device is declined"), Permission.Status.DECLINED),
        (_("At once, when a permission is revoked"), Permission.Status.REVOKED),
    ):
        permission = Permission(
            school=school,
            owner=owner,
            device=device,
            until=on + 90 * A_DAY,
            conditions=_("in the staff room only"),
            decision_note="" if status == Permission.Status.APPROVED else _("The reason, as it was written."),
            ended_note=_("The reason, as it was written."),
        )
        # The database works it out; this row is in none.
        permission.status = status.value
        found.append(sample(when, compose.decision(permission, to="")))
    renewed = Permission(school=school, owner=owner, device=device, until=on + 365 * A_DAY)
    found.append(sample(_("At once, when permissions are renewed: one for all devices"), compose.renewal([renewed], to="")))
    return found


def replies() -> list[Sample]:
    sam, head = Person(full_name=str(SAM)), Person(full_name=_("Alex Example"))
    talk = Response(pk=1, person=sam, kind=Response.Kind.TALK, answered_by=head)
    decline = Response(pk=1, person=sam, kind=Response.Kind.DECLINE)
    return [
        sample(_("To whom the school names, when somebody wants to talk first"), compose.reply(talk, name=head.full_name, to="")),
        sample(_("To whom the school names, when somebody declines"), compose.reply(decline, name=head.full_name, to="")),
        sample(_("To whoever wanted to talk or declined, when there is an answer"), compose.answer(talk, to="")),
    ]


def copies(school: School, *, on: dt.date) -> list[Sample]:
    """The receipts and the checkpoint; the lines of a real checkpoint stand where the dots are."""
    checkpoint = Checkpoint(size=42, note="…\n")
    facts = {
        "reference": "XXXX-XXXX-XXXX-XXXX",
        "person_name": str(SAM),
        "school": school,
        "school_name": school.name,
        "signed_on": on,
        "lapses_on": school.year(on=on).lapses_on,
    }
    on_screen, on_paper = Declaration(**facts), Declaration(**facts)
    PaperSignature(declaration=on_paper)
    return [
        *(
            Sample(
                when,
                _("Your declaration %(reference)s") % {"reference": declaration.reference},
                render_to_string("letters/receipt.txt", {"declaration": declaration, "checkpoint": checkpoint, "link": settings.SITE_URL}),
            )
            for when, declaration in (
                (_("At once, to whoever has signed, with the certificate"), on_screen),
                (_("The same, to whoever has signed on paper, when it is entered"), on_paper),
            )
        ),
        Sample(
            _("Each week, to whoever keeps the checkpoints"),
            _("Please keep: checkpoint %(size)d of %(school)s") % {"size": checkpoint.size, "school": school.name},
            render_to_string("letters/checkpoint.txt", {"school": school, "checkpoint": checkpoint, "keys": settings.SITE_URL}),
        ),
    ]
