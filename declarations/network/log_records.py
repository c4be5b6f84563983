"""What the log says of network tokens."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="token.made", title=_("a network token was made")),
    LogKind(name="token.ended", title=_("a network token was ended")),
)
