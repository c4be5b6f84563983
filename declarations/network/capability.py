"""The front door of network: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="network", title=_("network"), urls="declarations.network.urls")
