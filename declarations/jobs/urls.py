"""The old address of the page about scheduled tasks."""

from declarations.web.redirects import moved

urlpatterns = [moved("admin/jobs/", "admin/scheduled-tasks/")]
