"""What dual control hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.dual_control import admin
from declarations.dual_control.emails import EMAILS
from declarations.dual_control.log_records import LOG_KINDS, check_changes
from declarations.dual_control.personal_data import PERSONAL_DATA
from declarations.web.capability import AdminPage, Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="dual_control",
    menu=(MenuEntry(title=_("Second person"), url="admin:changes", order=65, in_admin=True),),
    admin_pages=(AdminPage(route="changes/", name="changes", view=admin.page),),
    dashboard=(Panel(template="dual_control/admin/dashboard.html", context=admin.waiting_changes, order=5),),
    home=(Panel(template="dual_control/home.html", context=admin.own_changes, order=5),),
    emails=EMAILS,
    log_kinds=LOG_KINDS,
    reconcile=(check_changes,),
    personal_data=PERSONAL_DATA,
)
