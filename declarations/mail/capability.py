"""The front door of mail: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.mail.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability

CAPABILITY = Capability(name="mail", title=_("mail"), personal_data=PERSONAL_DATA, retention=RETENTION)
