"""The front door of sign_in: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability

CAPABILITY = Capability(name="sign_in", title=_("sign in"), urls="declarations.sign_in.urls")
