"""What reminders hands upward."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from declarations.reminders import admin_dashboard, admin_not_signed, plan
from declarations.reminders.emails import EMAILS
from declarations.web.capability import AdminPage, Capability, MenuEntry, Panel, ScheduledTask

CAPABILITY = Capability(
    name="reminders",
    admin_pages=(AdminPage(route="not-signed/", name="not_signed", view=admin_not_signed.page),),
    emails=EMAILS,
    tasks=(
        ScheduledTask(
            name="reminders",
            title=_("Reminders"),
            does=_("Writes the reminders of each school’s day. They leave on school days, between eight and five."),
            result=ngettext_lazy("%(number)d letter written", "%(number)d letters written", "number"),
            daily_at=dt.time(7),
            run=lambda at, last_at: sum(plan.queue_all(at=at, last_at=last_at)),
        ),
    ),
    menu=(MenuEntry(title=_("Who is left"), url="admin:not_signed", order=70, in_admin=True),),
    dashboard=(
        Panel(template="reminders/admin/dashboard_unreachable.html", context=admin_dashboard.unreachable, order=80),
        Panel(template="reminders/admin/dashboard_signed.html", context=admin_dashboard.who_has_signed, order=120),
    ),
)
