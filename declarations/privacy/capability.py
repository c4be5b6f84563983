"""What privacy hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.legal_hold import LegalHold
from declarations.privacy.admin import DisposalAdmin, LegalHoldAdmin, RetentionSettingsAdmin
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.privacy.retention import RETENTION
from declarations.web.capability import Capability, PersonalData

PERSONAL_DATA = (PersonalData(model=Disposal, acts={"done_by": "done_at"}),)

CAPABILITY = Capability(
    name="privacy",
    title=_("privacy"),
    personal_data=PERSONAL_DATA,
    retention=RETENTION,
    admin={Disposal: DisposalAdmin, LegalHold: LegalHoldAdmin, RetentionSettings: RetentionSettingsAdmin},
)
