"""What sign_in hands upward."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from declarations.sign_in import admin_invitations, admin_methods, home, invitations, linked_accounts, sessions
from declarations.sign_in.admin import IdentityProviderAdmin
from declarations.sign_in.emails import EMAILS
from declarations.sign_in.log_records import LOG_KINDS, check_accounts, check_invitations, check_providers
from declarations.sign_in.models import IdentityProvider
from declarations.sign_in.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability, Departure, MenuEntry, Panel, PersonPage, ScheduledTask

CAPABILITY = Capability(
    name="sign_in",
    admin={IdentityProvider: IdentityProviderAdmin},
    emails=EMAILS,
    tasks=(
        ScheduledTask(
            name="sessions",
            title=_("Cleaning: sign-ins"),
            does=_("Deletes sign-ins that have ended."),
            result=ngettext_lazy("%(number)d row deleted", "%(number)d rows deleted", "number"),
            daily_at=dt.time(2, 30),
            run=lambda at, _last_at: sessions.clear(at=at),
        ),
    ),
    personal_data=PERSONAL_DATA,
    retention=RETENTION,
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
    log_kinds=LOG_KINDS,
    reconcile=(check_providers, check_accounts, check_invitations),
    guarded_changes=linked_accounts.GUARDED_CHANGES,
    ends_ways_in=(linked_accounts.end_sessions, invitations.end_invitations),
)
