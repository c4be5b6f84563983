"""The front door of devices: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices import publish_impact
from declarations.devices.admin.addresses import AddressClashAdmin, DeviceAddressAdmin
from declarations.devices.admin.approval import PermissionAdmin
from declarations.devices.admin.devices import DeviceAdmin, SuspensionAdmin
from declarations.devices.emails import EMAILS
from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission, Suspension
from declarations.devices.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability, PublishImpact

CAPABILITY = Capability(
    name="devices",
    title=_("devices"),
    urls="declarations.devices.urls",
    emails=EMAILS,
    personal_data=PERSONAL_DATA,
    publish_impact=(PublishImpact(template="devices/admin/publish_impact.html", context=publish_impact.context),),
    admin={
        Permission: PermissionAdmin,
        Device: DeviceAdmin,
        Suspension: SuspensionAdmin,
        DeviceAddress: DeviceAddressAdmin,
        AddressClash: AddressClashAdmin,
    },
)
