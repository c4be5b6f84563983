"""The front door of schools: the admin of schools and holidays, their menu entries, and the dashboard's note on missing holidays."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.school import School
from declarations.schools.actions import GUARDED_CHANGES
from declarations.schools.admin import holidays
from declarations.schools.admin.holidays import HolidayAdmin
from declarations.schools.admin.schools import SchoolAdmin
from declarations.schools.log_records import LOG_KINDS, check_settings
from declarations.schools.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="schools",
    personal_data=PERSONAL_DATA,
    guarded_changes=GUARDED_CHANGES,
    log_kinds=LOG_KINDS,
    reconcile=(check_settings,),
    admin={School: SchoolAdmin, Holiday: HolidayAdmin},
    menu=(
        MenuEntry(title=_("Holidays"), url="admin:declarations_holiday_changelist", order=80, in_admin=True),
        MenuEntry(title=_("School"), url="admin:declarations_school_changelist", order=90, in_admin=True, trust_title=_("Schools")),
    ),
    dashboard=(Panel(template="schools/admin/years_without.html", context=holidays.missing, order=70),),
)
