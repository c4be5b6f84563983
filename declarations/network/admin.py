"""The network in the admin: who is still connected, tokens, controllers, settings, last answers."""

import datetime as dt
from functools import partial
from typing import Any, override

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.devices.reason import Reason
from declarations.evidence import log
from declarations.network import coa
from declarations.network.admin_dashboard import tokens_to_look_after
from declarations.network.forms import NewTokenForm
from declarations.network.log_records import facts_of_network
from declarations.network.models import Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.network.tokens import end_token, make_token
from declarations.web.admin_base import (
    ADMINISTRATOR,
    SchoolScopedAdmin,
    SchoolSettingsAdmin,
    context_of,
    has_role,
    person_of,
    render_admin,
)
from declarations.web.admin_filters import SchoolFilter

YES = gettext_lazy("may connect")


def clock(at: dt.datetime | None) -> str:
    """`14:02` today, with the day otherwise; in the school's zone, which the admin site has made the current one."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return date_format(local, "H:i") if local.date() == timezone.localdate() else date_format(local, "j F Y, H:i")


def from_where(at: dt.datetime | None, address: str | None) -> str:
    """`14:02, from 10.1.0.5`; "" if it never was."""
    return _("%(when)s, from %(address)s") % {"when": clock(at), "address": address} if at and address else clock(at)


def counts(seen: QuerySet[LastSeen]) -> list[tuple[str, int]]:
    """How many addresses heard which answer last."""
    return [
        (str(Reason(reason).label) if reason else str(YES), number)
        for reason, number in seen.order_by("reason").values_list("reason").annotate(Count("pk"))
    ]


def overview(request: HttpRequest) -> dict[str, Any]:
    """What the page `network/admin/network.html` shows, and the front page's list of what the network has not taken up yet."""
    school, at = context_of(request).school, context_of(request).at
    if school is None:
        return {"still_connected": [], "counts": [], "has_controllers": False}
    return {
        "still_connected": coa.not_acknowledged(at=at, school=school),
        "counts": counts(LastSeen.objects.filter(school=school)),
        "has_controllers": school.controllers.filter(in_use=True).exists(),
    }


class NetworkTokenAdmin(SchoolSettingsAdmin):
    add_roles = (ADMINISTRATOR,)
    list_display = ["name", "school", "state", "only_for", "where_from", "until", "last_used", "last_refused"]
    list_filter = [SchoolFilter]
    list_select_related = ["school", "created_by"]
    change_form_template = "network/admin/token.html"
    fields = ["school", "name", "state", "only_for", "where_from", "until", "created", "last_used", "last_refused"]

    def get_urls(self) -> list[URLPattern]:
        return [
            path("overview/", self.admin_site.admin_view(self.overview), name="declarations_network"),
            path("<path:object_id>/end/", self.admin_site.admin_view(self.end), name="declarations_networktoken_end"),
            *super().get_urls(),
        ]

    def overview(self, request: HttpRequest) -> HttpResponse:
        page = {**overview(request), **(tokens_to_look_after(request) or {}), "title": _("Network"), "school": context_of(request).school}
        return render_admin(request, "network/admin/network.html", page)

    @override
    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        return super().changeform_view(request, object_id, form_url, {"may_end": has_role(request, ADMINISTRATOR), **(extra_context or {})})

    @override
    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Makes the token and shows it in the answer itself: it is kept nowhere from which it could be shown again."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewTokenForm(request.POST or None, own=person_of(request).school)
        if request.method == "POST" and form.is_valid():
            try:
                new_token, token = make_token(**form.cleaned_data, by=person_of(request), at=context_of(request).at)
            except RefusedError as refused:
                form.add_error(refused.code if refused.code in form.fields else None, str(refused))
            else:
                self.log_addition(request, new_token, _("A network token."))
                page = {"title": _("The new token"), "made": new_token, "token": token}
                return render_admin(request, "network/admin/token_created.html", page, model_admin=self)
        return render_admin(request, "network/admin/new_token.html", {"title": _("New token"), "form": form}, model_admin=self)

    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        token = self.get_object(request, object_id)
        if request.method == "POST":
            if not has_role(request, ADMINISTRATOR):
                raise PermissionDenied
            end = partial(end_token, token=token, by=person_of(request), at=context_of(request).at)
            if self.attempt(request, end, done=_("Ended: nothing is answered to this token any more.")):
                self.log_change(request, token, _("Ended."))
        return redirect("admin:declarations_networktoken_change", token.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: NetworkToken) -> str:
        if obj.ended_at is not None:
            return "✗ " + _("ended %(when)s") % {"when": clock(obj.ended_at)}
        if obj.expires_at is not None and obj.expires_at <= timezone.now():
            return "✗ " + _("expired")
        return "✓ " + _("valid")

    @admin.display(description=gettext_lazy("only from"))
    def where_from(self, obj: NetworkToken) -> str:
        words = obj.networks or _("anywhere")
        return f"{words}, {_('also without HTTPS')}" if obj.plain_http else words

    @admin.display(description=gettext_lazy("last day"))
    def until(self, obj: NetworkToken) -> str:
        return date_format(last_day, "j F Y") if (last_day := obj.last_day) else _("none")

    @admin.display(description=gettext_lazy("last used"))
    def last_used(self, obj: NetworkToken) -> str:
        return from_where(obj.last_used_at, obj.last_address) or _("never yet")

    @admin.display(description=gettext_lazy("last refused"))
    def last_refused(self, obj: NetworkToken) -> str:
        return from_where(obj.refused_at, obj.refused_address) or _("never")

    @admin.display(description=gettext_lazy("made"))
    def created(self, obj: NetworkToken) -> str:
        return f"{clock(obj.created_at)}, {obj.created_by or _('from the command line')}"


class LoggedSettingsAdmin(SchoolSettingsAdmin):
    """Each change is an entry of the log."""

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            facts = facts_of_network(obj.school)
            log.append(school=obj.school, kind="network.set_up", at=context_of(request).at, by=person_of(request), facts=facts)


class ControllerAdmin(LoggedSettingsAdmin):
    """The secret is a file on the server: here is only its name, so there is nothing to read."""

    add_roles = change_roles = (ADMINISTRATOR,)
    list_display = ["name", "host", "port", "secret_name", "signs_answers", "in_use", "school"]
    list_filter = [SchoolFilter]
    list_select_related = ["school"]


class NetworkSettingsAdmin(LoggedSettingsAdmin):
    add_roles = change_roles = (ADMINISTRATOR,)
    list_display = ["school", "vlan", "session_timeout", "seen_days"]
    list_filter = [SchoolFilter]
    list_select_related = ["school"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        own = person_of(request).school_id
        return super().has_add_permission(request) and not (own and NetworkSettings.objects.filter(school=own).exists())


class LastSeenAdmin(SchoolScopedAdmin):
    """The last answer about each device, not a history; addresses that nobody has added are for ten minutes only."""

    list_display = ["device_link", "address", "answer", "seen"]
    list_filter = [SchoolFilter]
    list_select_related = ["device__owner"]
    search_fields = ["address", "device__make_and_model", "device__owner__full_name"]
    fields = ["device_link", "address", "answer", "seen"]

    @admin.display(description=gettext_lazy("device"), ordering="device__make_and_model")
    def device_link(self, obj: LastSeen) -> str:
        if obj.device is None:
            return _("not known")
        there = reverse("admin:declarations_device_change", args=[obj.device.pk])
        return format_html('<a href="{}">{} ({})</a>', there, obj.device, obj.device.owner)

    @admin.display(description=gettext_lazy("last answer"), ordering="reason")
    def answer(self, obj: LastSeen) -> str:
        return f"✗ {Reason(obj.reason).label}" if obj.reason else f"✓ {YES}"

    @admin.display(description=gettext_lazy("seen"), ordering="seen_at")
    def seen(self, obj: LastSeen) -> str:
        return clock(obj.seen_at)


class DisconnectAdmin(SchoolScopedAdmin):
    list_display = ["device", "controller", "story", "reason", "attempts"]
    list_filter = [SchoolFilter]
    list_select_related = ["device", "controller"]
    search_fields = ["address", "device__make_and_model", "device__owner__full_name"]
    fields = ["device", "address", "controller", "reason", "story", "attempts"]

    @admin.display(description=gettext_lazy("what happened"), ordering="decided_at")
    def story(self, obj: Disconnect) -> str:
        """“decided 14:02, told 14:02, acknowledged 14:03”, or how far it has come."""
        parts = [_("decided %(when)s") % {"when": clock(obj.decided_at)}]
        if obj.sent_at:
            parts.append(_("told %(when)s") % {"when": clock(obj.sent_at)})
        if obj.answer == Disconnect.Answer.ACK:
            parts.append("✓ " + _("acknowledged %(when)s") % {"when": clock(obj.answered_at)})
        elif obj.answer == Disconnect.Answer.ABSENT:
            parts.append("✓ " + _("was not connected there, %(when)s") % {"when": clock(obj.answered_at)})
        elif obj.answer:
            parts.append("✗ " + _("refused by the controller %(when)s") % {"when": clock(obj.answered_at)})
        elif obj.gave_up_at:
            parts.append("✗ " + _("never answered; the session ended by itself %(when)s") % {"when": clock(obj.until_at)})
        else:
            parts.append("… " + _("no answer yet; off by itself %(when)s") % {"when": clock(obj.until_at)})
        return ", ".join(parts) + (f" ({obj.error})" if obj.error else "")
