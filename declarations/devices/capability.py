"""The front door of devices: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="devices", title=_("devices"), urls="declarations.devices.urls")
