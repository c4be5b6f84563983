"""What privacy hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.privacy.admin import DisposalAdmin, LegalHoldAdmin, RetentionSettingsAdmin
from declarations.privacy.models import Disposal, LegalHold, RetentionSettings
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="privacy",
    title=_("privacy"),
    admin={Disposal: DisposalAdmin, LegalHold: LegalHoldAdmin, RetentionSettings: RetentionSettingsAdmin},
)
