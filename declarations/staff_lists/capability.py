"""The front door of staff_lists: its admin, the scheduled task that deletes old lists, its log kinds and its personal data."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from declarations.staff_lists import import_list
from declarations.staff_lists.admin import StaffListAdmin
from declarations.staff_lists.log_records import LOG_KINDS, check_staff_lists
from declarations.staff_lists.models import StaffList
from declarations.staff_lists.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability, ScheduledTask

CAPABILITY = Capability(
    name="staff_lists",
    admin={StaffList: StaffListAdmin},
    tasks=(
        ScheduledTask(
            name="staff-lists",
            title=_("Cleaning: staff lists"),
            does=_("Deletes lists that nobody confirmed, and the names in what imports changed once they can no longer be undone."),
            result=ngettext_lazy("%(number)d list forgotten", "%(number)d lists forgotten", "number"),
            daily_at=dt.time(2, 15),
            run=lambda at, _last_at: import_list.forget(at=at),
        ),
    ),
    personal_data=PERSONAL_DATA,
    log_kinds=LOG_KINDS,
    reconcile=(check_staff_lists,),
)
