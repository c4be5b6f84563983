"""The front door of people: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.people.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(name="people", title=_("people"), personal_data=PERSONAL_DATA)
