"""What the log says of disposals and of subject access; of a disposal never whose records went."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="person.data_given", title=_("all about somebody was given out"), about="person"),
    LogKind(name="retention.done", title=_("what is kept no longer was disposed of")),
)
