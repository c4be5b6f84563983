"""What devices hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices.admin.approval import PermissionAdmin
from declarations.devices.admin.devices import DeviceAdmin, SuspensionAdmin
from declarations.devices.models import Device, Permission, Suspension
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="devices",
    title=_("devices"),
    admin={
        Permission: PermissionAdmin,
        Device: DeviceAdmin,
        Suspension: SuspensionAdmin,
    },
)
