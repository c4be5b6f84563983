"""What privacy hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.legal_hold import LegalHold
from declarations.privacy import admin
from declarations.privacy.admin import DisposalAdmin, LegalHoldAdmin, RetentionSettingsAdmin
from declarations.privacy.log_records import LOG_KINDS
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.privacy.retention import RETENTION
from declarations.web.capability import Capability, MenuEntry, Panel, PersonalData, PersonPage

PERSONAL_DATA = (PersonalData(model=Disposal, acts={"done_by": "done_at"}),)

CAPABILITY = Capability(
    name="privacy",
    personal_data=PERSONAL_DATA,
    retention=RETENTION,
    admin={Disposal: DisposalAdmin, LegalHold: LegalHoldAdmin, RetentionSettings: RetentionSettingsAdmin},
    menu=(MenuEntry(title=_("Data protection"), url="admin:declarations_retention", order=130, in_admin=True),),
    person_page=(Panel(template="privacy/admin/person_data.html", context=admin.data_protection, order=60),),
    person_pages=(PersonPage(route="data/", name="data", view=admin.subject_access_file),),
    log_kinds=LOG_KINDS,
)
