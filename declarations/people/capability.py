"""What people hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Role
from declarations.people.admin.roles import RoleAdmin
from declarations.people.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="people",
    title=_("people"),
    personal_data=PERSONAL_DATA,
    admin={Role: RoleAdmin},
)
