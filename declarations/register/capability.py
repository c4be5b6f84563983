"""What register hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="register", title=_("register"), urls="declarations.register.urls")
