"""The old address of the list of those who have not signed."""

from declarations.web.redirects import moved

urlpatterns = [moved("admin/left/", "admin/not-signed/")]
