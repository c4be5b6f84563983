"""What network hands upward."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from declarations.network import admin, admin_dashboard, last_seen
from declarations.network.log_records import LOG_KINDS, check_network, check_tokens
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.network.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability, MenuEntry, Panel, ScheduledTask

CAPABILITY = Capability(
    name="network",
    admin={
        NetworkToken: admin.NetworkTokenAdmin,
        NetworkSettings: admin.NetworkSettingsAdmin,
        Controller: admin.ControllerAdmin,
        Disconnect: admin.DisconnectAdmin,
        LastSeen: admin.LastSeenAdmin,
    },
    tasks=(
        ScheduledTask(
            name="disconnects",
            title=_("Disconnecting"),
            does=_("Asks Wi-Fi controllers to let go of devices that may stay no longer."),
            result=ngettext_lazy("%(number)d request sent", "%(number)d requests sent", "number"),
        ),
        ScheduledTask(
            name="network",
            title=_("Cleaning: network"),
            does=_("Deletes what each school keeps no longer about who was seen on its network."),
            result=ngettext_lazy("%(number)d row deleted", "%(number)d rows deleted", "number"),
            daily_at=dt.time(2),
            run=lambda at, _last_at: last_seen.purge(at=at),
        ),
    ),
    personal_data=PERSONAL_DATA,
    retention=RETENTION,
    menu=(MenuEntry(title=_("Network"), url="admin:declarations_network", order=120, in_admin=True),),
    dashboard=(
        Panel(template="network/admin/dashboard.html", context=admin_dashboard.still_connected, order=50),
        Panel(template="network/admin/tokens.html", context=admin_dashboard.tokens_to_look_after, order=51),
    ),
    log_kinds=LOG_KINDS,
    reconcile=(check_network, check_tokens),
)
