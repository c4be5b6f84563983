"""The front door of devices: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices import home
from declarations.devices.admin import dashboard
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="devices",
    title=_("devices"),
    urls="declarations.devices.urls",
    menu=(
        MenuEntry(title=_("Devices"), url="devices", order=50, covers=("/devices/",)),
        MenuEntry(title=_("Permissions"), url="admin:declarations_permission_changelist", order=20, in_admin=True),
        MenuEntry(title=_("Devices"), url="admin:declarations_device_changelist", order=30, in_admin=True),
    ),
    dashboard=(
        Panel(template="devices/admin/dashboard_requests.html", context=dashboard.requests, order=20),
        Panel(template="devices/admin/dashboard_suspended.html", context=dashboard.suspended, order=40),
    ),
    home=(Panel(template="devices/home.html", context=home.devices, order=60),),
)
