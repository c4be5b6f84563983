"""What mail hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.mail import previews
from declarations.web.capability import AdminPage, Capability

CAPABILITY = Capability(
    name="mail",
    title=_("mail"),
    admin_pages=(AdminPage(route="messages/", name="messages", view=previews.page),),
)
