"""The front door of privacy: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="privacy", title=_("privacy"))
