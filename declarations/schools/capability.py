"""The front door of schools: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.schools.admin import holidays
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="schools",
    title=_("schools"),
    menu=(
        MenuEntry(title=_("Holidays"), url="admin:declarations_holiday_changelist", order=80, in_admin=True),
        MenuEntry(title=_("School"), url="admin:declarations_school_changelist", order=90, in_admin=True, trust_title=_("Schools")),
    ),
    dashboard=(Panel(template="schools/admin/years_without.html", context=holidays.missing, order=70),),
)
