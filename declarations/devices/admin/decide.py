"""Deciding about devices, one or many: each decision is its own transaction and has its own answer."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.common.generics import ModelAdmin
from declarations.devices import mac_address
from declarations.devices.actions import approval
from declarations.devices.forms.approval import ApproveForm, ReasonForm
from declarations.devices.models import Permission
from declarations.devices.queries import latest_until, reason_against
from declarations.organisation.models.person import Person
from declarations.signing.status import signing_status
from declarations.web.admin_base import context_of, person_of, render_admin

LARGEST_ID = 2**63 - 1
ICONS = {
    Permission.Status.REQUESTED.value: "…",
    Permission.Status.APPROVED.value: "✓",
    Permission.Status.DECLINED.value: "✗",
    Permission.Status.WITHDRAWN.value: "↩",
    Permission.Status.REVOKED.value: "✗",
    Permission.Status.RENEWED.value: "↻",
}
VERBS = {
    "approve": gettext_lazy("Approve these requests"),
    "decline": gettext_lazy("Decline these requests"),
    "revoke": gettext_lazy("Revoke these permissions"),
}


def is_id(text: str) -> bool:
    """Whether a text from outside can be the number of a row."""
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID


def as_stored(searched: str) -> str:
    """A Wi-Fi address in the one notation that is stored; any other words as they are."""
    try:
        return mac_address.canonical(searched)
    except mac_address.InvalidAddressError:
        return searched


def apply(verb: str, *, permission: Permission, by: Person, at: dt.datetime, **typed: Any) -> Permission:
    """Does what one of VERBS says. Raises RefusedError."""
    if verb == "approve":
        return approval.approve(permission=permission, by=by, at=at, until=typed["until"], conditions=typed["conditions"])
    if verb == "decline":
        return approval.decline(permission=permission, by=by, at=at, note=typed["note"])
    return approval.revoke(permission=permission, by=by, at=at, note=typed["note"])


def facts(permission: Permission, on: dt.date) -> dict[str, Any]:
    """What somebody who decides wants to see side by side."""
    device, owner = permission.device, permission.owner
    return {
        "permission": permission,
        "device": device,
        "owner": owner,
        "icon": ICONS[permission.status],
        "status_words": Permission.Status(permission.status).label,
        "signing_status": signing_status(person=owner, on=on),
        "addresses": [{"row": row, "is_private": mac_address.is_private(row.address)} for row in device.addresses.all()],
        "suspension": device.suspensions.filter(lifted_at__isnull=True).select_related("suspended_by").first(),
        "reviews": permission.reviews.select_related("reviewed_by"),
        "renewed_by": Permission.objects.filter(renews=permission).first(),
        "earlier": device.permissions.exclude(pk=permission.pk).select_related("decided_by", "ended_by"),
        "has_left": owner.has_left(on=on),
    }


def reason_to_skip(verb: str, permission: Permission, person: Person, on: dt.date) -> str:
    wanted = Permission.Status.APPROVED if verb == "revoke" else Permission.Status.REQUESTED
    if permission.status != wanted:
        return (
            _("It is not waiting, but: %(status)s.") % {"status": Permission.Status(permission.status).label}
            if (verb != "revoke")
            else _("It is not approved, but: %(status)s.") % {"status": Permission.Status(permission.status).label}
        )
    return reason_against(permission, person, on)


def decide_many(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Permission], verb: str) -> HttpResponse:
    """First a page that lists each, then, once it is confirmed, one decision after the other and an answer for each."""
    person, at = person_of(request), context_of(request).at
    rows: list[dict[str, Any]] = []
    for permission in queryset.select_related("device", "owner", "school").order_by("asked_at", "id"):
        on = permission.school.day_of(at)
        rows.append(
            {
                "permission": permission,
                "latest": latest_until(permission=permission, on=on),
                "skip": reason_to_skip(verb, permission, person, on),
            }
        )
    going = [row for row in rows if not row["skip"]]
    latest = max((row["latest"] for row in going), default=None)
    form: ApproveForm | ReasonForm
    if "apply" in request.POST:
        form = ApproveForm(request.POST) if verb == "approve" else ReasonForm(request.POST)
        if form.is_valid():
            answer(model_admin, request, verb, rows, form.cleaned_data, by=person, at=at)
            return redirect(request.get_full_path())
    else:
        form = ApproveForm(initial={"until": latest}) if verb == "approve" else ReasonForm()
    return render_admin(
        request,
        "devices/admin/decide_many.html",
        {
            "title": VERBS[verb],
            "rows": rows,
            "going": going,
            "form": form,
            "verb": verb,
            "ticked_name": ACTION_CHECKBOX_NAME,
            "action": f"{verb}_ticked",
        },
        model_admin=model_admin,
    )


def answer(
    model_admin: ModelAdmin,
    request: HttpRequest,
    verb: str,
    rows: list[dict[str, Any]],
    typed: dict[str, Any],
    *,
    by: Person,
    at: dt.datetime,
) -> None:
    """Decides each, and tells in two messages what was done and what was refused, row by row."""
    done, refused = [], []
    for row in rows:
        permission = row["permission"]
        name = f"{permission.owner.full_name}, {permission.device}"
        if row["skip"]:
            refused.append((name, row["skip"]))
            continue
        mine = {**typed, "until": min(typed["until"], row["latest"])} if verb == "approve" else typed
        try:
            decided = apply(verb, permission=permission, by=by, at=at, **mine)
        except RefusedError as why:
            refused.append((name, str(why)))
        else:
            done.append((name, state_words(decided)))
    if done:
        model_admin.message_user(request, listing(_("Done:"), done), messages.SUCCESS)
    if refused:
        model_admin.message_user(request, listing(_("Not done:"), refused), messages.WARNING)


def state_words(permission: Permission) -> str:
    if permission.status == Permission.Status.APPROVED and permission.until:
        return _("approved until %(day)s") % {"day": f"{permission.until.day} {permission.until:%B %Y}"}
    return str(Permission.Status(permission.status).label)


def listing(heading: str, rows: list[tuple[str, str]]) -> str:
    return format_html("{}<ul>{}</ul>", heading, format_html_join("", "<li>{}: {}</li>", rows))
