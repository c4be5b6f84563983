"""The front door of people: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.people.admin import leaving as leaving_page
from declarations.people.leaving import end_roles
from declarations.web.capability import Capability, Departure, MenuEntry, Panel, PersonPage

CAPABILITY = Capability(
    name="people",
    title=_("people"),
    menu=(MenuEntry(title=_("People"), url="admin:declarations_person_changelist", order=60, in_admin=True),),
    person_pages=(PersonPage(route="leaving/", name="leaving", view=leaving_page.page),),
    departure=Departure(
        ends=(Panel(template="people/admin/leaving_roles.html", context=leaving_page.roles_that_end, order=20),),
        on_return=end_roles,
    ),
)
