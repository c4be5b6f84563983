"""The front door of sign_in: what it hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.sign_in import admin_invitations, admin_methods, home
from declarations.web.capability import Capability, Departure, MenuEntry, Panel, PersonPage

CAPABILITY = Capability(
    name="sign_in",
    title=_("sign in"),
    urls="declarations.sign_in.urls",
    menu=(
        MenuEntry(title=_("Sign-in"), url="sessions", order=80, for_trust=True, covers=("/accounts/sessions/", "/accounts/2fa/")),
        MenuEntry(title=_("Sign-in"), url="admin:declarations_identityprovider_changelist", order=110, in_admin=True),
    ),
    home=(Panel(template="sign_in/home.html", context=home.second_step, order=20),),
    person_page=(
        Panel(template="sign_in/admin/person_invitation.html", context=admin_invitations.invitation_of, order=20),
        Panel(template="sign_in/admin/person_link.html", context=admin_invitations.person_link, order=40),
    ),
    person_pages=(
        PersonPage(route="ways-in/", name="ways_in", view=admin_methods.ways_in),
        PersonPage(route="invite-all/", name="invite_all", view=admin_invitations.invite_all, about_all=True),
        PersonPage(route="invite/", name="invite", view=admin_invitations.invite_one),
    ),
    person_actions=(admin_invitations.invite_ticked,),
    departure=Departure(
        ends=(
            Panel(template="sign_in/admin/leaving.html", context=admin_invitations.sign_in_ends, order=10),
            Panel(template="sign_in/admin/leaving_invitation.html", context=admin_invitations.invitation_ends, order=40),
        ),
    ),
)
