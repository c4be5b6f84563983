"""The front door of reminders: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.reminders import admin_dashboard, admin_not_signed
from declarations.web.capability import AdminPage, Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="reminders",
    title=_("reminders"),
    urls="declarations.reminders.urls",
    admin_pages=(AdminPage(route="not-signed/", name="not_signed", view=admin_not_signed.page),),
    menu=(MenuEntry(title=_("Who is left"), url="admin:not_signed", order=70, in_admin=True),),
    dashboard=(
        Panel(template="reminders/admin/dashboard_unreachable.html", context=admin_dashboard.unreachable, order=80),
        Panel(template="reminders/admin/dashboard_chart.html", context=admin_dashboard.chart, order=120),
    ),
)
