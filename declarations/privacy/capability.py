"""The front door of privacy: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import Capability, MenuEntry

CAPABILITY = Capability(
    name="privacy",
    title=_("privacy"),
    menu=(MenuEntry(title=_("Data protection"), url="admin:declarations_retention", order=130, in_admin=True),),
)
