"""The front door of sign_in: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.sign_in import home
from declarations.web.capability import Capability, MenuEntry, Panel

CAPABILITY = Capability(
    name="sign_in",
    title=_("sign in"),
    urls="declarations.sign_in.urls",
    menu=(
        MenuEntry(title=_("Sign-in"), url="sessions", order=80, for_trust=True, covers=("/accounts/sessions/", "/accounts/2fa/")),
        MenuEntry(title=_("Sign-in"), url="admin:declarations_identityprovider_changelist", order=110, in_admin=True),
    ),
    home=(Panel(template="sign_in/home.html", context=home.second_step, order=20),),
)
