"""The front door of sign_in: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.sign_in.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability

CAPABILITY = Capability(name="sign_in", title=_("sign in"), personal_data=PERSONAL_DATA, retention=RETENTION)
