"""The front door of devices: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(name="devices", title=_("devices"), personal_data=PERSONAL_DATA)
