"""The front door of devices: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.devices import home
from declarations.devices.actions.approval import end_on_return
from declarations.devices.admin import dashboard, person_page, publish_impact
from declarations.web.capability import Capability, Departure, MenuEntry, Panel, PublishImpact

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
    person_page=(Panel(template="devices/admin/person_links.html", context=person_page.links, order=50),),
    departure=Departure(
        ends=(Panel(template="devices/admin/leaving.html", context=person_page.ends, order=30),),
        on_return=end_on_return,
    ),
    publish_impact=PublishImpact(
        today=Panel(template="devices/admin/publish_today.html", context=publish_impact.today, order=10),
        signing_again=Panel(template="devices/admin/publish_signing_again.html", context=publish_impact.signing_again, order=10),
    ),
)
