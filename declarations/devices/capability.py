"""The front door of devices: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices import home, publish_impact
from declarations.devices.actions.approval import end_on_return
from declarations.devices.admin import dashboard, person_page
from declarations.devices.admin.addresses import AddressClashAdmin, DeviceAddressAdmin
from declarations.devices.admin.approval import PermissionAdmin
from declarations.devices.admin.devices import DeviceAdmin, SuspensionAdmin
from declarations.devices.emails import EMAILS
from declarations.devices.log_records import LOG_KINDS, check_addresses, check_permissions, check_renewals, check_reviews, check_suspensions
from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission, Suspension
from declarations.devices.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability, Departure, MenuEntry, Panel

CAPABILITY = Capability(
    name="devices",
    emails=EMAILS,
    personal_data=PERSONAL_DATA,
    publish_impact=(Panel(template="devices/admin/publish_impact.html", context=publish_impact.context),),
    admin={
        Permission: PermissionAdmin,
        Device: DeviceAdmin,
        Suspension: SuspensionAdmin,
        DeviceAddress: DeviceAddressAdmin,
        AddressClash: AddressClashAdmin,
    },
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
    person_page=(Panel(template="devices/admin/person_links.html", context=person_page.links, order=50),),
    departure=Departure(ends=(Panel(template="devices/admin/leaving.html", context=person_page.ends, order=30),), on_return=end_on_return),
    log_kinds=LOG_KINDS,
    reconcile=(check_addresses, check_permissions, check_renewals, check_reviews, check_suspensions),
)
