"""Requests for devices: the facts beside each other, and the decision right there."""

import datetime as dt
from functools import partial
from typing import Any, override

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.devices import mac_address
from declarations.devices.admin.decide import ICONS, VERBS, apply, decide_many, is_id
from declarations.devices.admin.renewal import renewal
from declarations.devices.admin.search import AddressSearchAdmin
from declarations.devices.forms.approval import ApproveForm, ReasonForm
from declarations.devices.models import Permission
from declarations.devices.queries import reason_against, with_declaration
from declarations.signing.status import signing_status
from declarations.web.admin_base import LEADERSHIP, context_of, has_role, person_of, render_admin
from declarations.web.admin_filters import SchoolFilter, ValuesFilter


class StatusFilter(ValuesFilter):
    title = gettext_lazy("status")
    parameter_name = "status"
    values = Permission.Status.choices

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.value()) if self.value() else queryset


class PermissionAdmin(AddressSearchAdmin):
    change_list_template = "devices/admin/permission_list.html"
    list_display = ["what", "who", "has_declaration", "asked", "in_words", "until", "decided_by"]
    list_display_links = ["what"]
    list_filter = [StatusFilter, SchoolFilter]
    list_select_related = ["device", "owner", "decided_by", "school"]
    search_fields = ["owner__full_name", "owner__email", "device__make_and_model", "device__addresses__address"]
    ordering = ["-asked_at", "-id"]
    actions = ["approve_ticked", "decline_ticked", "revoke_ticked"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_declaration(super().get_queryset(request), on=context_of(request).on)

    @admin.display(description=gettext_lazy("device"), ordering="device__make_and_model")
    def what(self, obj: Permission) -> str:
        return str(obj.device)

    @admin.display(description=gettext_lazy("owner"), ordering="owner__full_name")
    def who(self, obj: Permission) -> str:
        return f"{obj.owner.full_name}, {obj.owner.job_title}" if obj.owner.job_title else obj.owner.full_name

    @admin.display(description=gettext_lazy("declaration"), ordering="holds")
    def has_declaration(self, obj: Any) -> str:
        if obj.holds:
            return "✓ " + _("in force")
        return ("⚠ " + _("lapsed")) if obj.ever else ("✗ " + _("never signed"))

    @admin.display(description=gettext_lazy("asked"), ordering="asked_at")
    def asked(self, obj: Permission) -> dt.date:
        return obj.school.day_of(obj.asked_at)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def in_words(self, obj: Permission) -> str:
        return f"{ICONS[obj.status]} {Permission.Status(obj.status).label}"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return has_role(request, LEADERSHIP)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not all(is_id(ticked) for ticked in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest(_("These are no requests for devices."))
        return super().changelist_view(request, {"may_renew": has_role(request, LEADERSHIP), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(partial(renewal, self))
        return [path("renewal/", page, name="declarations_permission_renewal"), *super().get_urls()]

    @admin.action(permissions=["decide"], description=gettext_lazy("Approve the ticked requests …"))
    def approve_ticked(self, request: HttpRequest, queryset: QuerySet[Permission]) -> HttpResponse:
        return decide_many(self, request, queryset, "approve")

    @admin.action(permissions=["decide"], description=gettext_lazy("Decline the ticked requests …"))
    def decline_ticked(self, request: HttpRequest, queryset: QuerySet[Permission]) -> HttpResponse:
        return decide_many(self, request, queryset, "decline")

    @admin.action(permissions=["decide"], description=gettext_lazy("Revoke the ticked permissions …"))
    def revoke_ticked(self, request: HttpRequest, queryset: QuerySet[Permission]) -> HttpResponse:
        return decide_many(self, request, queryset, "revoke")

    @override
    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """The facts of one request, with the forms that this person may use now."""
        permission = self.get_object(request, object_id)
        at, sent = context_of(request).at, {}
        on = permission.school.day_of(at)
        if request.method == "POST":
            verb = request.POST.get("decision", "")
            if verb not in VERBS:
                raise BadRequest(_("There is no such decision."))
            form = sent[verb] = ApproveForm(request.POST) if verb == "approve" else ReasonForm(request.POST, prefix=verb)
            if form.is_valid() and self.decide(request, permission, verb, form):
                return redirect("admin:index" if "next_front" in request.POST else request.path)
            permission = self.get_object(request, object_id)
        why_not, latest = reason_against(permission, person_of(request), at), permission.latest_until(on=on)
        forms: dict[str, ApproveForm | ReasonForm] = {}
        if not why_not and permission.status == Permission.Status.REQUESTED:
            forms = {"approve": ApproveForm(initial={"until": latest}), "decline": ReasonForm(prefix="decline")}
        elif not why_not and permission.status == Permission.Status.APPROVED:
            forms = {"revoke": ReasonForm(prefix="revoke")}
        device, owner = permission.device, permission.owner
        context = {
            "title": str(device),
            "subtitle": owner.full_name,
            "permission": permission,
            "device": device,
            "owner": owner,
            "icon": ICONS[permission.status],
            "status_words": Permission.Status(permission.status).label,
            "signing_status": signing_status(person=owner, on=on),
            "addresses": [(row, mac_address.is_private(row.address)) for row in device.addresses.all()],
            "suspension": device.suspensions.filter(lifted_at__isnull=True).select_related("suspended_by").first(),
            "reviews": permission.reviews.select_related("reviewed_by"),
            "renewed_by": Permission.objects.filter(renews=permission).first(),
            "earlier": device.permissions.exclude(pk=permission.pk).select_related("decided_by", "ended_by"),
            "has_left": owner.has_left(on=on),
            "forms": {verb: sent.get(verb, form) for verb, form in forms.items()},
            "latest": latest,
            "why_not": why_not,
        }
        return render_admin(request, "devices/admin/permission.html", context, model_admin=self)

    def decide(self, request: HttpRequest, permission: Permission, verb: str, form: ApproveForm | ReasonForm) -> bool:
        """Whether it was done; if not, the form or a message says why."""
        try:
            done = apply(verb, permission=permission, by=person_of(request), at=context_of(request).at, **form.cleaned_data)
        except RefusedError as refused:
            if refused.code in form.fields:
                form.add_error(refused.code, str(refused))
            else:
                self.message_user(request, str(refused), messages.ERROR)
            return False
        self.message_user(request, f"{done}: {Permission.Status(done.status).label}.", messages.SUCCESS)
        return True
