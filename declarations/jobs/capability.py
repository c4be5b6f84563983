"""The front door of jobs: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.jobs.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(name="jobs", title=_("jobs"), personal_data=PERSONAL_DATA)
