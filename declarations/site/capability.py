"""What site hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person
from declarations.site.person_page.admin import PersonAdmin
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="site",
    title=_("site"),
    urls="declarations.site.urls",
    admin={Person: PersonAdmin},
)
