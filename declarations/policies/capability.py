"""The front door of policies: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="policies", title=_("policies"))
