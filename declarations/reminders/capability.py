"""The front door of reminders: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="reminders", title=_("reminders"))
