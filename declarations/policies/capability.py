"""What policies hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.policies.admin import dashboard
from declarations.policies.admin.policies import PolicyVersionAdmin
from declarations.policies.log_records import LOG_KINDS, check_policies, has_published
from declarations.policies.models import PolicyVersion
from declarations.policies.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="policies",
    personal_data=PERSONAL_DATA,
    admin={PolicyVersion: PolicyVersionAdmin},
    menu=(MenuEntry(title=_("Leaflet and policy"), url="admin:declarations_policyversion_changelist", order=40, in_admin=True),),
    dashboard=(
        Panel(template="policies/admin/dashboard_texts.html", context=dashboard.texts, order=10),
        Panel(template="policies/admin/dashboard_drafts.html", context=dashboard.drafts, order=60),
    ),
    log_kinds=LOG_KINDS,
    reconcile=(check_policies,),
    needs_log=(has_published,),
)
