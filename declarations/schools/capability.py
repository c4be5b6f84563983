"""The front door of schools: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.schools.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(name="schools", title=_("schools"), personal_data=PERSONAL_DATA)
