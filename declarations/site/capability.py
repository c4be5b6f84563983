"""The front door of site: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="site", title=_("site"), urls="declarations.site.urls")
