"""What network hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices.models import DeviceAddress
from declarations.network.admin import (
    AddressClashAdmin,
    ControllerAdmin,
    DeviceAddressAdmin,
    DisconnectAdmin,
    LastSeenAdmin,
    NetworkSettingsAdmin,
    NetworkTokenAdmin,
)
from declarations.network.models import AddressClash, Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="network",
    title=_("network"),
    admin={
        NetworkToken: NetworkTokenAdmin,
        NetworkSettings: NetworkSettingsAdmin,
        Controller: ControllerAdmin,
        Disconnect: DisconnectAdmin,
        LastSeen: LastSeenAdmin,
        DeviceAddress: DeviceAddressAdmin,
        AddressClash: AddressClashAdmin,
    },
)
