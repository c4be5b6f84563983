"""The front door of network: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.network.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability

CAPABILITY = Capability(name="network", title=_("network"), personal_data=PERSONAL_DATA, retention=RETENTION)
