"""Wi-Fi addresses for IT: those that were added, and those that two people claim."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from declarations.web.admin_base import SchoolScopedAdmin
from declarations.web.admin_filters import SchoolFilter


class AddressClashAdmin(SchoolScopedAdmin):
    list_display = ["address", "person", "holder", "holders_owner", "last_at"]
    list_filter = [SchoolFilter]
    list_select_related = ["person", "holder__owner"]
    fields = ["address", "person", "holder", "holders_owner", "last_at"]

    @admin.display(description=gettext_lazy("owner of the device that has it"))
    def holders_owner(self, obj: Any) -> str:
        return str(obj.holder.owner)


class DeviceAddressAdmin(SchoolScopedAdmin):
    """For IT: addresses in the order in which they were added, new ones of approved devices among them."""

    list_display = ["address", "device", "owner", "added_at", "ended_at"]
    list_filter = [SchoolFilter]
    list_select_related = ["device__owner"]
    search_fields = ["address", "device__make_and_model", "device__owner__full_name"]
    ordering = ["-added_at", "-id"]
    fields = ["address", "device", "owner", "added_at", "ended_at"]

    @admin.display(description=gettext_lazy("owner"), ordering="device__owner__full_name")
    def owner(self, obj: Any) -> str:
        return str(obj.device.owner)
