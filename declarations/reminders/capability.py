"""What reminders hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.reminders import admin_not_signed
from declarations.web.capability import AdminPage, Capability

CAPABILITY = Capability(
    name="reminders",
    title=_("reminders"),
    admin_pages=(AdminPage(route="left/", name="left", view=admin_not_signed.page),),
)
