"""The front door of evidence: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="evidence", title=_("evidence"))
