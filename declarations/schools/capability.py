"""What schools hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.school import School
from declarations.schools.admin.holidays import HolidayAdmin
from declarations.schools.admin.schools import SchoolAdmin
from declarations.schools.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="schools",
    title=_("schools"),
    personal_data=PERSONAL_DATA,
    admin={School: SchoolAdmin, Holiday: HolidayAdmin},
)
