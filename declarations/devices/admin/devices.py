"""Devices and their suspensions: looked up here, changed by their owners; a suspension is lifted by the leadership."""

from typing import Any, cast, override

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.devices import mac_address
from declarations.devices.actions.approval import lift
from declarations.devices.admin.decide import ICONS
from declarations.devices.admin.search import AddressSearchAdmin
from declarations.devices.models import Device, DeviceAddress, DeviceQuerySet, Permission, Suspension
from declarations.devices.queries import may_decide
from declarations.devices.reason import Reason
from declarations.web.admin_base import SchoolScopedAdmin, context_of, person_of, render_admin
from declarations.web.admin_filters import SchoolFilter, YesNoFilter


class DeviceAdmin(AddressSearchAdmin):
    list_display = ["make_and_model", "kind", "owner", "live_addresses", "may_connect"]
    list_filter = ["kind", SchoolFilter]
    list_select_related = ["owner"]
    search_fields = ["make_and_model", "owner__full_name", "owner__email", "addresses__address"]
    fields = [
        "owner_link", "kind", "make_and_model", "reaches_school_data", "added_at", "may_connect",
        "all_addresses", "requests", "suspended",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        live = Prefetch("addresses", DeviceAddress.objects.filter(ended_at__isnull=True), to_attr="live")
        devices = cast("DeviceQuerySet", super().get_queryset(request))
        return devices.with_reason(on=context_of(request).on).prefetch_related(live)

    @admin.display(description=gettext_lazy("Wi-Fi address"))
    def live_addresses(self, obj: Any) -> str:
        return ", ".join(row.address for row in obj.live)

    @admin.display(description=gettext_lazy("may connect"))
    def may_connect(self, obj: Any) -> str:
        return "✗ " + str(Reason(obj.reason).label) if obj.reason else "✓ " + _("yes")

    @admin.display(description=gettext_lazy("owner"))
    def owner_link(self, obj: Device) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:declarations_person_change", args=[obj.owner_id]), obj.owner.full_name)

    @admin.display(description=gettext_lazy("Wi-Fi addresses"))
    def all_addresses(self, obj: Device) -> str:
        private, ended = " – " + _("private: made up by the device"), " – " + _("no longer used")
        rows = [(row, private if mac_address.is_private(row.address) else "", ended if row.ended_at else "") for row in obj.addresses.all()]
        return listed(rows, "<li>{}{}{}</li>")

    @admin.display(description=gettext_lazy("permissions"))
    def requests(self, obj: Device) -> str:
        rows = []
        for row in obj.permissions.all():
            day, address = obj.school.day_of(row.asked_at), reverse("admin:declarations_permission_change", args=[row.pk])
            rows.append((address, ICONS[row.status], Permission.Status(row.status).label, f"{day.day} {day:%B %Y}"))
        return listed(rows, '<li><a href="{}">{} {}</a>, {}</li>')

    @admin.display(description=gettext_lazy("suspensions"))
    def suspended(self, obj: Device) -> str:
        rows = [
            (reverse("admin:declarations_suspension_change", args=[row.pk]), _("lifted") if row.lifted_at else _("suspended now"))
            for row in obj.suspensions.all()
        ]
        return listed(rows, '<li><a href="{}">{}</a></li>')


def listed(rows: list[tuple[Any, ...]], item: str) -> str:
    """The rows as an HTML list, each by this template; a dash for none."""
    return format_html("<ul>{}</ul>", format_html_join("", item, rows)) if rows else "–"


class DeviceSchoolFilter(SchoolFilter):
    path = "device__school"


class LiftedFilter(YesNoFilter):
    title = gettext_lazy("state")
    parameter_name = "lifted"
    values = [("no", gettext_lazy("suspended")), ("yes", gettext_lazy("lifted"))]
    condition = Q(lifted_at__isnull=False)


class SuspensionAdmin(SchoolScopedAdmin):
    school_path = "device__school"
    list_display = ["device", "owner", "suspended_at", "suspended_by", "state"]
    list_filter = [LiftedFilter, DeviceSchoolFilter]
    list_select_related = ["device__owner", "suspended_by", "lifted_by"]
    search_fields = ["device__make_and_model", "device__owner__full_name"]
    ordering = ["-suspended_at", "-id"]

    @admin.display(description=gettext_lazy("owner"))
    def owner(self, obj: Suspension) -> str:
        return obj.device.owner.full_name

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Suspension) -> str:
        return "✓ " + _("lifted") if obj.lifted_at else "✗ " + _("suspended")

    @override
    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """What happened to the device, and the button that lets it connect again."""
        suspension = self.get_object(request, object_id)
        device, person, at = suspension.device, person_of(request), context_of(request).at
        if request.method == "POST":
            done = _("Lifted: %(device)s is no longer suspended.") % {"device": device}
            self.attempt(request, lambda: lift(suspension=suspension, by=person, at=at), done=done)
            return redirect(request.path)
        context = {
            "title": _("Suspension of %(device)s") % {"device": device},
            "subtitle": device.owner.full_name,
            "suspension": suspension,
            "device": device,
            "may_lift": may_decide(by=person, owner_id=device.owner_id, school=device.school, at=at),
            "is_own": person.pk == device.owner_id,
        }
        return render_admin(request, "devices/admin/suspension.html", context, model_admin=self)
