"""The front door of signing: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="signing", title=_("signing"), urls="declarations.signing.urls")
