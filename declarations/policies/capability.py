"""What policies hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.policies.admin.policies import PolicyVersionAdmin
from declarations.policies.models import PolicyVersion
from declarations.policies.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="policies",
    title=_("policies"),
    personal_data=PERSONAL_DATA,
    admin={PolicyVersion: PolicyVersionAdmin},
)
