"""The front door of checkpoints: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.checkpoints import admin_dashboard
from declarations.web.capability import Capability, Panel

CAPABILITY = Capability(
    name="checkpoints",
    title=_("checkpoints"),
    dashboard=(Panel(template="checkpoints/admin/dashboard.html", context=admin_dashboard.outside, order=110),),
)
