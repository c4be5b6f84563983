"""The front door of devices: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices.emails import EMAILS
from declarations.devices.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="devices",
    title=_("devices"),
    urls="declarations.devices.urls",
    emails=EMAILS,
    personal_data=PERSONAL_DATA,
)
