"""What the log records of accounts at Microsoft and Google, of invitations, and of help with signing in."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="account.linked", title=_("a way of signing in was linked"), about="person"),
    LogKind(name="account.unlinked", title=_("a way of signing in was unlinked"), about="person"),
    LogKind(name="factors.reset", title=_("somebody's second factors were taken away"), about="person"),
    LogKind(name="invitation.made", title=_("somebody was invited"), about="person"),
    LogKind(name="invitation.accepted", title=_("an invitation was accepted"), about="person"),
    LogKind(name="provider.set_up", title=_("a way of signing in was set up")),
    LogKind(name="sessions.ended", title=_("somebody was signed out everywhere"), about="person"),
)
