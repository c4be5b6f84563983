"""The front door of network: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.network import admin_dashboard
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="network",
    title=_("network"),
    urls="declarations.network.urls",
    menu=(MenuEntry(title=_("Network"), url="admin:declarations_network", order=120, in_admin=True),),
    dashboard=(Panel(template="network/admin/dashboard.html", context=admin_dashboard.still_connected, order=50),),
)
