"""What certificates hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.certificates.emails import EMAILS
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="certificates",
    title=_("certificates"),
    urls="declarations.certificates.urls",
    emails=EMAILS,
)
