"""What mail hands upward."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from declarations.mail import admin_dashboard, previews
from declarations.mail.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import AdminPage, Capability, Panel, ScheduledTask

CAPABILITY = Capability(
    name="mail",
    admin_pages=(AdminPage(route="emails/", name="emails", view=previews.page),),
    tasks=(
        ScheduledTask(
            name="letters",
            title=_("E-mails"),
            does=_("Sends what waits in the outbox."),
            result=ngettext_lazy("%(number)d letter sent", "%(number)d letters sent", "number"),
        ),
    ),
    personal_data=PERSONAL_DATA,
    retention=RETENTION,
    dashboard=(Panel(template="mail/admin/dashboard.html", context=admin_dashboard.late_emails, order=90),),
)
