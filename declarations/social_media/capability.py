"""The front door of the school's accounts: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.social_media import home
from declarations.social_media.admin import SchoolAccountAdmin
from declarations.social_media.log_records import LOG_KINDS, check_abuse, check_accounts, check_history
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="social_media",
    admin={SchoolAccount: SchoolAccountAdmin},
    menu=(
        MenuEntry(title=_("Accounts"), url="accounts", order=55, covers=("/social-media/",)),
        MenuEntry(title=_("Accounts"), url="admin:declarations_schoolaccount_changelist", order=35, in_admin=True),
    ),
    dashboard=(Panel(template="social_media/admin/dashboard.html", context=home.dashboard, order=25),),
    home=(Panel(template="social_media/home.html", context=home.accounts, order=65),),
    log_kinds=LOG_KINDS,
    reconcile=(check_accounts, check_history, check_abuse),
    personal_data=PERSONAL_DATA,
)
