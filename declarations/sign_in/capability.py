"""What sign_in hands upward."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from declarations.sign_in import sessions
from declarations.sign_in.admin import IdentityProviderAdmin
from declarations.sign_in.emails import EMAILS
from declarations.sign_in.models import IdentityProvider
from declarations.sign_in.personal_data import PERSONAL_DATA, RETENTION
from declarations.web.capability import Capability, ScheduledTask

CAPABILITY = Capability(
    name="sign_in",
    title=_("sign in"),
    urls="declarations.sign_in.urls",
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
)
