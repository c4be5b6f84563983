"""The front door of privacy: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.privacy import admin
from declarations.web.capability import Capability, MenuEntry, Panel, PersonPage

CAPABILITY = Capability(
    name="privacy",
    title=_("privacy"),
    menu=(MenuEntry(title=_("Data protection"), url="admin:declarations_retention", order=130, in_admin=True),),
    person_page=(Panel(template="privacy/admin/person_data.html", context=admin.data_protection, order=60),),
    person_pages=(PersonPage(route="data/", name="data", view=admin.data_of),),
)
