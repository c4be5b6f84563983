"""What people hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person, Role
from declarations.people.admin import leaving as leaving_page
from declarations.people.admin.people import PersonAdmin
from declarations.people.admin.roles import RoleAdmin
from declarations.people.identity import GUARDED_CHANGES
from declarations.people.leaving import end_roles
from declarations.people.log_records import LOG_KINDS, check_holds, check_last_days, check_roles, has_roles
from declarations.people.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability, Departure, MenuEntry, Panel, PersonPage

CAPABILITY = Capability(
    name="people",
    personal_data=PERSONAL_DATA,
    admin={Person: PersonAdmin, Role: RoleAdmin},
    menu=(MenuEntry(title=_("People"), url="admin:declarations_person_changelist", order=60, in_admin=True),),
    person_pages=(PersonPage(route="leaving/", name="leaving", view=leaving_page.page),),
    guarded_changes=GUARDED_CHANGES,
    departure=Departure(
        ends=(Panel(template="people/admin/leaving_roles.html", context=leaving_page.roles_that_end, order=20),),
        on_return=end_roles,
    ),
    log_kinds=LOG_KINDS,
    reconcile=(check_roles, check_holds, check_last_days),
    needs_log=(has_roles,),
)
