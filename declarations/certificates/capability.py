"""The front door of certificates: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="certificates", title=_("certificates"), urls="declarations.certificates.urls")
