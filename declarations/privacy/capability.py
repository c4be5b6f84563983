"""The front door of privacy: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.privacy.models import Disposal
from declarations.privacy.retention import RETENTION
from declarations.web.capability import Capability, PersonalData

PERSONAL_DATA = (PersonalData(model=Disposal, acts={"done_by": "done_at"}),)

CAPABILITY = Capability(name="privacy", title=_("privacy"), personal_data=PERSONAL_DATA, retention=RETENTION)
