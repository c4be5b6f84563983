"""What the log says of itself: its keys, and what was erased from it."""

from django.utils.translation import gettext_lazy as _

from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="log.genesis", title=_("the log was begun"), needs={"key": str}, by_command=False),
    LogKind(
        name="key.rotated",
        title=_("the key of the log was changed"),
        needs={"old": str, "new": str, "old_signature": str, "new_signature": str},
    ),
    LogKind(name="log.signed", title=_("from here on each entry is signed"), needs={"signed_from": int, "root": str}, by_command=False),
    LogKind(name="log.restored", title=_("the log was taken up again from a backup"), needs={"reason": str}),
    LogKind(name="record.erased", title=_("a record was erased"), needs={"erased": int}),
)
