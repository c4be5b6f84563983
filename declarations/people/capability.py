"""The front door of people: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability, MenuEntry

CAPABILITY = Capability(
    name="people",
    title=_("people"),
    menu=(MenuEntry(title=_("People"), url="admin:declarations_person_changelist", order=60, in_admin=True),),
)
