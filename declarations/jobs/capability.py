"""What jobs hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.jobs import admin
from declarations.jobs.personal_data import PERSONAL_DATA
from declarations.web.capability import AdminPage, Capability

CAPABILITY = Capability(
    name="jobs",
    title=_("jobs"),
    urls="declarations.jobs.urls",
    admin_pages=(AdminPage(route="scheduled-tasks/", name="scheduled_tasks", view=admin.page),),
    personal_data=PERSONAL_DATA,
)
