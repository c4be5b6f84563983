"""What jobs hands upward."""

from declarations.jobs import admin, admin_dashboard
from declarations.jobs.personal_data import PERSONAL_DATA
from declarations.web.capability import AdminPage, Capability, Panel

CAPABILITY = Capability(
    name="jobs",
    admin_pages=(AdminPage(route="scheduled-tasks/", name="scheduled_tasks", view=admin.page),),
    personal_data=PERSONAL_DATA,
    dashboard=(
        Panel(template="jobs/admin/dashboard_late.html", context=admin_dashboard.late_tasks, order=100),
        Panel(template="jobs/admin/dashboard_links.html", context=admin_dashboard.links, order=130),
    ),
)
