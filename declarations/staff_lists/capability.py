"""The front door of staff_lists: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.staff_lists.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(name="staff_lists", title=_("staff lists"), personal_data=PERSONAL_DATA)
