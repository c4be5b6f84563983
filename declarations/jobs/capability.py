"""What jobs hands upward."""

from django.utils.translation import gettext_lazy as _

from declarations.jobs import admin
from declarations.web.capability import AdminPage, Capability

CAPABILITY = Capability(
    name="jobs",
    title=_("jobs"),
    admin_pages=(AdminPage(route="jobs/", name="jobs", view=admin.page),),
)
