"""The e-mails in which an owner hears what was decided about a device, and that permissions were renewed."""

import datetime as dt
from collections.abc import Iterator

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from declarations.devices.models import Device, Permission
from declarations.mail.compose import EXAMPLE_NAME, preview, written
from declarations.mail.models import Email
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web.capability import EmailKind, EmailPreview

DECIDED = {Permission.Status.APPROVED, Permission.Status.DECLINED, Permission.Status.REVOKED}


def render(email: Email, _at: dt.datetime) -> EmailMessage | None:
    """None if the owner took it back meanwhile, or something later was decided, of which another e-mail tells."""
    permission = Permission.objects.select_related("device", "owner", "school").get(emails=email)
    is_outdated = Email.objects.filter(kind=Email.Kind.DECISION, permission=permission, pk__gt=email.pk).exists()
    if permission.renews_id and (is_outdated or permission.status != Permission.Status.REVOKED):
        permissions = renewed_with(email, owner=permission.owner)
        return renewal(permissions, to=email.recipient) if permissions else None
    return decision(permission, to=email.recipient) if permission.status in DECIDED and not is_outdated else None


def decision(permission: Permission, *, to: str) -> EmailMessage:
    subject = {
        Permission.Status.APPROVED.value: _("Your %(device)s may use the Wi-Fi"),
        Permission.Status.DECLINED.value: _("Your %(device)s may not use the Wi-Fi"),
    }.get(permission.status, _("Your %(device)s may no longer use the Wi-Fi"))
    context = {"permission": permission, "name": permission.owner.full_name}
    return written(subject % {"device": permission.device.make_and_model}, "devices/email/decision.txt", context, to=to)


def renewed_with(email: Email, *, owner: Person) -> list[Permission]:
    """What was renewed and not told yet, of which the last e-mail tells: an owner of many devices hears of them together."""
    unsent = Email.objects.filter(kind=Email.Kind.DECISION, permission__owner=owner, permission__renews__isnull=False, sent_at__isnull=True)
    unsent = unsent.filter(permission__status=Permission.Status.APPROVED)
    if unsent.filter(dropped_at__isnull=True, pk__gt=email.pk).exists():
        return []
    return list(Permission.objects.filter(emails__in=unsent).select_related("device", "owner", "school").order_by("pk"))


def renewal(permissions: list[Permission], *, to: str) -> EmailMessage:
    """Of one device or of several of one owner."""
    first = permissions[0]
    subject = _("Your devices may go on using the Wi-Fi") if len(permissions) > 1 else _("Your %(device)s may go on using the Wi-Fi")
    context = {"permissions": permissions, "school": first.school, "name": first.owner.full_name}
    return written(subject % {"device": first.device.make_and_model}, "devices/email/renewal.txt", context, to=to)


def previews(school: School, at: dt.datetime) -> Iterator[EmailPreview]:
    on, reason = school.day_of(at), _("The reason, as it was written.")
    owner, device = Person(full_name=str(EXAMPLE_NAME)), Device(make_and_model=_("Example Phone 5"))
    for when, status in (
        (_("At once, when a device is approved"), Permission.Status.APPROVED),
        (_("At once, when a device is declined"), Permission.Status.DECLINED),
        (_("At once, when a permission is revoked"), Permission.Status.REVOKED),
    ):
        permission = Permission(
            school=school,
            owner=owner,
            device=device,
            until=on + dt.timedelta(days=90),
            conditions=_("in the staff room only"),
            decision_note="" if status == Permission.Status.APPROVED else reason,
            ended_note=reason,
        )
        # The database works it out; this row is in none.
        permission.status = status.value
        yield preview(when, decision(permission, to=""))
    renewed = Permission(school=school, owner=owner, device=device, until=on + dt.timedelta(days=365))
    yield preview(_("At once, when permissions are renewed: one for all devices"), renewal([renewed], to=""))


EMAILS = (EmailKind(name=Email.Kind.DECISION, render=render, previews=previews, order=30),)
