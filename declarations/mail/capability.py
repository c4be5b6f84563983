"""The front door of mail: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.mail import admin_dashboard, previews
from declarations.web.capability import AdminPage, Capability, Panel

CAPABILITY = Capability(
    name="mail",
    title=_("mail"),
    urls="declarations.mail.urls",
    admin_pages=(AdminPage(route="emails/", name="emails", view=previews.page),),
    dashboard=(Panel(template="mail/admin/dashboard.html", context=admin_dashboard.late_emails, order=90),),
)
