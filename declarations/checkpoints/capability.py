"""What checkpoints hands upward."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from declarations.checkpoints import actions, admin_dashboard
from declarations.checkpoints.emails import EMAILS
from declarations.web.capability import Capability, Panel, ScheduledTask

CAPABILITY = Capability(
    name="checkpoints",
    emails=EMAILS,
    tasks=(
        ScheduledTask(
            name="checkpoints",
            title=_("Checkpoints"),
            does=_("Makes the day’s checkpoint of each log, and writes the week’s letters to those who keep them."),
            result=ngettext_lazy("%(number)d letter written", "%(number)d letters written", "number"),
            daily_at=dt.time(1),
            run=lambda at, _last_at: actions.make_and_queue(at=at),
        ),
    ),
    dashboard=(Panel(template="checkpoints/admin/dashboard.html", context=admin_dashboard.outside, order=110),),
)
