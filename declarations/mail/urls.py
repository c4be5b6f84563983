"""The old address of the page that shows the e-mails."""

from declarations.web.redirects import moved

urlpatterns = [moved("admin/messages/", "admin/emails/")]
