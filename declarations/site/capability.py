"""What site hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.site import home
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="site",
    menu=(
        MenuEntry(title=_("Home"), url="home", order=10),
        MenuEntry(title=_("Leadership desk"), url="admin:index", order=70, roles=frozenset({ADMINISTRATOR, LEADERSHIP})),
        MenuEntry(title=_("What waits"), url="admin:index", order=10, in_admin=True),
    ),
    home=(Panel(template="site/home_roles.html", context=home.roles, order=40),),
)
