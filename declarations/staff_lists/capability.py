"""The front door of staff_lists: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="staff_lists", title=_("staff lists"))
