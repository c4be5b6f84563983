"""Deciding about devices, one or many: each decision is its own transaction and has its own answer."""

import datetime as dt
from collections.abc import Callable
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
from declarations.devices.actions import approval
from declarations.devices.forms.approval import ApproveForm, ReasonForm
from declarations.devices.models import Permission
from declarations.devices.queries import reason_against
from declarations.organisation.models.person import Person
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


def apply(verb: str, *, permission: Permission, by: Person, at: dt.datetime, **typed: Any) -> Permission:
    """Does what one of VERBS says. Raises RefusedError."""
    if verb == "approve":
        return approval.approve(permission=permission, by=by, at=at, until=typed["until"], conditions=typed["conditions"])
    if verb == "decline":
        return approval.decline(permission=permission, by=by, at=at, note=typed["note"])
    return approval.revoke(permission=permission, by=by, at=at, note=typed["note"])


def reason_to_skip(verb: str, permission: Permission, person: Person, at: dt.datetime) -> str:
    """Why this verb leaves this permission out; "" if it does not."""
    status = Permission.Status(permission.status)
    if status == (Permission.Status.APPROVED if verb == "revoke" else Permission.Status.REQUESTED):
        return reason_against(permission, person, at)
    sentence = _("It is not approved, but: %(status)s.") if verb == "revoke" else _("It is not waiting, but: %(status)s.")
    return sentence % {"status": status.label}


def decide_many(model_admin: ModelAdmin, request: HttpRequest, queryset: QuerySet[Permission], verb: str) -> HttpResponse:
    """First a page that lists each, then, once it is confirmed, one decision after the other and an answer for each."""
    person, at = person_of(request), context_of(request).at
    rows: list[dict[str, Any]] = []
    for permission in queryset.select_related("device", "owner", "school").order_by("asked_at", "id"):
        on = permission.school.day_of(at)
        skip = reason_to_skip(verb, permission, person, at)
        rows.append({"permission": permission, "latest": permission.latest_until(on=on), "skip": skip})
    going = [row for row in rows if not row["skip"]]
    form: ApproveForm | ReasonForm
    if "apply" in request.POST:
        form = ApproveForm(request.POST) if verb == "approve" else ReasonForm(request.POST)
        if form.is_valid():
            typed = form.cleaned_data

            def decide(row: dict[str, Any]) -> str:
                if row["skip"]:
                    raise RefusedError(row["skip"])
                until = {"until": min(typed["until"], row["latest"])} if verb == "approve" else {}
                return state_words(apply(verb, permission=row["permission"], by=person, at=at, **{**typed, **until}))

            act_on_each(model_admin, request, rows, decide)
            return redirect(request.get_full_path())
    else:
        latest = max((row["latest"] for row in going), default=None)
        form = ApproveForm(initial={"until": latest}) if verb == "approve" else ReasonForm()
    page = {"title": VERBS[verb], "rows": rows, "going": going, "form": form, "verb": verb, "action": f"{verb}_ticked"}
    return render_admin(request, "devices/admin/decide_many.html", {**page, "ticked_name": ACTION_CHECKBOX_NAME}, model_admin=model_admin)


def act_on_each(model_admin: ModelAdmin, request: HttpRequest, rows: list[dict[str, Any]], act: Callable[[dict[str, Any]], str]) -> None:
    """Acts on the permission of each row, and tells in two messages what was done and what was refused, row by row."""
    done, refused = [], []
    for row in rows:
        name = f"{row['permission'].owner.full_name}, {row['permission'].device}"
        try:
            done.append((name, act(row)))
        except RefusedError as why:
            refused.append((name, str(why)))
    for heading, answers, level in ((_("Done:"), done, messages.SUCCESS), (_("Not done:"), refused, messages.WARNING)):
        if answers:
            items = format_html_join("", "<li>{}: {}</li>", answers)
            model_admin.message_user(request, format_html("{}<ul>{}</ul>", heading, items), level)


def state_words(permission: Permission) -> str:
    """The status, with the last day of what is approved."""
    if permission.status == Permission.Status.APPROVED and permission.until:
        return _("approved until %(day)s") % {"day": f"{permission.until.day} {permission.until:%B %Y}"}
    return str(Permission.Status(permission.status).label)
