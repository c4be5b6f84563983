"""What policies hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.policies.admin.policies import PolicyVersionAdmin
from declarations.policies.models import PolicyVersion
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="policies",
    title=_("policies"),
    admin={PolicyVersion: PolicyVersionAdmin},
)
