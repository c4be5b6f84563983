"""What evidence hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.evidence.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(name="evidence", title=_("evidence"), personal_data=PERSONAL_DATA)
