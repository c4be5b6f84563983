"""What register hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Role
from declarations.register import admin_dashboard
from declarations.web.admin_base import LEADERSHIP
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="register",
    menu=(
        MenuEntry(title=_("Register"), url="register", order=60, roles=frozenset({Role.Name.AUDITOR.value, LEADERSHIP}), keeps_school=True),
        MenuEntry(title=_("Register"), url="register", order=140, in_admin=True),
    ),
    dashboard=(Panel(template="register/admin/dashboard.html", context=admin_dashboard.schools, order=140),),
)
