"""The front door of reminders: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.reminders import admin_not_signed
from declarations.web.capability import AdminPage, Capability

CAPABILITY = Capability(
    name="reminders",
    title=_("reminders"),
    urls="declarations.reminders.urls",
    admin_pages=(AdminPage(route="not-signed/", name="not_signed", view=admin_not_signed.page),),
)
