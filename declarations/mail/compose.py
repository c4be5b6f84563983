"""What each letter says, at the moment at which it goes: a letter of which everything is settled meanwhile is not sent."""

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from declarations.certificates import issue
from declarations.devices.models import Permission
from declarations.evidence.models import Checkpoint
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.organisation.queries import leaders
from declarations.policies.models import PolicyVersion
from declarations.reminders import outstanding
from declarations.reminders.outstanding import Left
from declarations.reminders.plan import LEFT
from declarations.sign_in import invitations
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import Response
from declarations.signing.status import PersonStatus, signing_status
from declarations.staff_lists.models import Invitation


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a reminder holds: what is to be signed, permissions that end, and for the leadership who is left and what is to be reviewed."""

    school: School
    name: str
    on: dt.date
    sign: PersonStatus | None = None
    ending: list[Permission] = field(default_factory=list)
    left: Left | None = None
    reviews: list[PolicyVersion] = field(default_factory=list)

    def says(self, key: str) -> bool:
        """Whether this occasion is spoken of."""
        kind, _space, rest = key.partition(" ")
        if kind == "permission":
            return int(rest) in {one.pk for one in self.ending}
        if kind == "review":
            return int(rest) in {one.pk for one in self.reviews}
        return (self.left if kind == LEFT else self.sign) is not None


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of a plain text, or a list of it."""

    lines: list[str]
    is_list: bool

    @property
    def text(self) -> str:
        return "\n".join(f"- {line}" if self.is_list else line for line in self.lines)


def receipt_of(letter: Email, *, at: dt.datetime) -> EmailMessage:
    declaration = Declaration.objects.with_texts().select_related("school", "entry__log").get(emails=letter)
    pdf = issue.issue(declaration=declaration, by=None, at=at)
    # Asked after the issue: the checkpoint that the certificate carries exists by now.
    covering = declaration.entry.log.checkpoints.filter(size__gt=declaration.entry.position).order_by("size")[0]
    link = settings.SITE_URL + reverse("certificate", args=[declaration.reference])
    message = EmailMessage(
        subject=_("Your declaration %(reference)s") % {"reference": declaration.reference},
        body=render_to_string("letters/receipt.txt", {"declaration": declaration, "checkpoint": covering, "link": link}),
        to=[letter.recipient],
    )
    message.attach(f"declaration-{declaration.reference}.pdf", pdf, "application/pdf")
    message.attach(f"checkpoint-{covering.size}.txt", covering.note, "text/plain")
    return message


def checkpoint_of(letter: Email) -> EmailMessage:
    checkpoint = Checkpoint.objects.get(emails=letter)
    keys = settings.SITE_URL + reverse("evidence_keys")
    message = EmailMessage(
        subject=_("Please keep: checkpoint %(size)d of %(school)s") % {"size": checkpoint.size, "school": letter.school.name},
        body=render_to_string("letters/checkpoint.txt", {"school": letter.school, "checkpoint": checkpoint, "keys": keys}),
        to=[letter.recipient],
    )
    message.attach(f"checkpoint-{checkpoint.size}.txt", checkpoint.note, "text/plain")
    return message


def reminder_of(letter: Email, *, at: dt.datetime) -> EmailMessage | None:
    """None if everything of which it reminds was settled meanwhile, or the person has left or has no address by now."""
    person = Person.objects.at_school(on=letter.school.day_of(at)).select_related("school").filter(emails=letter).first()
    if person is None or not person.email:
        return None
    keys = {one.pk: one.key for one in letter.reminders.all()}
    held = reminded(person, letter.school, keys=list(keys.values()), at=at)
    if held is None:
        return None
    # What is settled is not said, and does not count as said if it is owed again.
    letter.reminders.filter(pk__in=[pk for pk, key in keys.items() if not held.says(key)]).delete()
    return reminder(held, to=person.email)


def reminded(person: Person, school: School, *, keys: list[str], at: dt.datetime) -> Reminded | None:
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
    status = signing_status(person=person, on=on) if others - {LEFT} else None
    # Names of colleagues are for who leads now: a letter may wait for days.
    leads = (LEFT in others or bool(numbers["review"])) and leaders(school, on=on).filter(pk=person.pk).exists()
    left = outstanding.left(school, on=on, at=at) if leads and LEFT in others else None
    held = Reminded(
        school=school,
        name=person.full_name,
        on=on,
        sign=status if status and status.status in outstanding.TO_SIGN else None,
        ending=list(outstanding.uncarried().filter(owner=person, pk__in=numbers["permission"], until__gte=on).select_related("device")),
        left=left if left and left.total else None,
        reviews=list(outstanding.reviews_overdue(school, on=on).filter(pk__in=numbers["review"])) if leads else [],
    )
    return held if held.sign or held.ending or held.left or held.reviews else None


def reminder(held: Reminded, *, to: str) -> EmailMessage:
    return written(subject_of(held), "letters/reminder.txt", {**facts(held), "site": settings.SITE_URL}, to=to)


def facts(held: Reminded) -> dict[str, object]:
    return {name: getattr(held, name) for name in ("school", "name", "on", "sign", "ending", "left", "reviews")}


def subject_of(held: Reminded) -> str:
    """Of the first thing that it holds."""
    if held.sign and held.sign.sign_by:
        words = _("Please sign by %(day)s") if held.sign.sign_by >= held.on else _("Your declaration was due on %(day)s")
        return words % {"day": date_format(held.sign.sign_by, "j F Y")}
    if held.ending and (until := held.ending[0].until):
        return _("Permission for your %(device)s ends on %(day)s") % {
            "device": held.ending[0].device.make_and_model,
            "day": date_format(until, "j F Y"),
        }
    if held.left:
        return _("Who has not signed yet at %(school)s") % {"school": held.school.short_name}
    return _("A text is to be reviewed at %(school)s") % {"school": held.school.short_name}


def decision_of(letter: Email) -> EmailMessage | None:
    """None if the owner took it back meanwhile, or something later was decided, of which another letter tells."""
    permission = Permission.objects.select_related("device", "owner", "school").get(emails=letter)
    told = {Permission.Status.APPROVED, Permission.Status.DECLINED, Permission.Status.REVOKED}
    later = Email.objects.filter(kind=Email.Kind.DECISION, permission=permission, pk__gt=letter.pk).exists()
    if permission.renews_id and (later or permission.status != Permission.Status.REVOKED):
        found = renewals(letter, owner=permission.owner)
        return renewal(found, to=letter.recipient) if found else None
    return decision(permission, to=letter.recipient) if permission.status in told and not later else None


def decision(permission: Permission, *, to: str) -> EmailMessage:
    subject = {
        Permission.Status.APPROVED.value: _("Your %(device)s may use the Wi-Fi"),
        Permission.Status.DECLINED.value: _("Your %(device)s may not use the Wi-Fi"),
    }.get(permission.status, _("Your %(device)s may no longer use the Wi-Fi"))
    context = {"permission": permission, "name": permission.owner.full_name, "site": settings.SITE_URL}
    return written(subject % {"device": permission.device.make_and_model}, "letters/decision.txt", context, to=to)


def renewals(letter: Email, *, owner: Person) -> list[Permission]:
    """What was renewed and not told yet, of which the last letter tells: an owner of many devices hears of them together."""
    untold = Email.objects.filter(kind=Email.Kind.DECISION, permission__owner=owner, permission__renews__isnull=False, sent_at__isnull=True)
    untold = untold.filter(permission__status=Permission.Status.APPROVED)
    if untold.filter(dropped_at__isnull=True, pk__gt=letter.pk).exists():
        return []
    return list(Permission.objects.filter(emails__in=untold).select_related("device", "owner", "school").order_by("pk"))


def renewal(permissions: list[Permission], *, to: str) -> EmailMessage:
    """Of one device or of several of one owner."""
    first = permissions[0]
    subject = _("Your devices may go on using the Wi-Fi") if len(permissions) > 1 else _("Your %(device)s may go on using the Wi-Fi")
    context = {"permissions": permissions, "school": first.school, "name": first.owner.full_name, "site": settings.SITE_URL}
    return written(subject % {"device": first.device.make_and_model}, "letters/renewal.txt", context, to=to)


def reply_of(letter: Email) -> EmailMessage | None:
    """None if somebody has answered meanwhile."""
    said = Response.objects.select_related("person").get(emails=letter)
    if said.answered_at is not None or letter.person is None:
        return None
    return reply(said, name=letter.person.full_name, to=letter.recipient)


def reply(said: Response, *, name: str, to: str) -> EmailMessage:
    """Without the words themselves: they may be about somebody's health, and e-mail is read over shoulders and forwarded."""
    link = settings.SITE_URL + reverse("admin:declarations_response_change", args=[said.pk])
    subject = _("%(person)s waits for your answer") % {"person": said.person.full_name}
    return written(subject, "letters/reply.txt", {"reply": said, "name": name, "link": link}, to=to)


def answer_of(letter: Email) -> EmailMessage:
    return answer(Response.objects.select_related("person", "answered_by").get(emails=letter), to=letter.recipient)


def answer(said: Response, *, to: str) -> EmailMessage:
    link = settings.SITE_URL + reverse("home")
    context = {"reply": said, "name": said.person.full_name, "link": link}
    return written(_("You have an answer"), "letters/answer.txt", context, to=to)


def invitation_of(letter: Email, *, at: dt.datetime) -> EmailMessage | None:
    """None if a newer one was sent or it was used, if its time is over, or the person has left or is written to elsewhere by now."""
    invitation = Invitation.objects.select_related("person").get(emails=letter)
    person, secret = invitation.person, invitations.secret_of(invitation)
    is_open = invitations.open_invitation(secret=secret, at=at) is not None and person.email.lower() == letter.recipient.lower()
    return invitation_letter(invitation, secret=secret, school=letter.school, to=letter.recipient) if is_open else None


def invitation_letter(invitation: Invitation, *, secret: str, school: School, to: str) -> EmailMessage:
    context = {
        "person": invitation.person,
        "invitation": invitation,
        "school": school,
        "link": settings.SITE_URL + reverse("welcome", args=[secret]),
        "sign_in": settings.SITE_URL + reverse("account_request_login_code"),
    }
    return written(_("Your invitation: %(school)s") % {"school": school.name}, "letters/invitation.txt", context, to=to)


def written(subject: str, template: str, context: dict[str, object], *, to: str) -> EmailMessage:
    """A letter in plain text, and the same words as HTML beside it."""
    # A name or a device may hold what would end a header.
    subject = " ".join(subject.split())
    # Conditions in a template leave empty lines behind.
    parts = parts_of(render_to_string(template, context))
    text = "\n\n".join(part.text for part in parts) + "\n"
    message = EmailMultiAlternatives(subject=subject, body=text, to=[to])
    message.attach_alternative(render_to_string("letters/letter.html", {"subject": subject, "parts": parts}), "text/html")
    return message


def parts_of(text: str) -> list[Part]:
    """The paragraphs and lists of a plain text, which empty lines part."""
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [
        Part([line.removeprefix("- ") for line in block] if is_list else block, is_list)
        for block in blocks
        if block
        for is_list in [all(line.startswith("- ") for line in block)]
    ]
