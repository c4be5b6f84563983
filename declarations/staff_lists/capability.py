"""What staff_lists hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.staff_lists.admin import StaffListAdmin
from declarations.staff_lists.models import StaffList
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="staff_lists",
    title=_("staff lists"),
    admin={StaffList: StaffListAdmin},
)
