"""What the log says of a school's settings, and how they are compared with it."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from declarations.evidence.models import Log
from declarations.evidence.scan import LogContents
from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(
        name="school.changed",
        title=_("who decides, who keeps the checkpoints, or which domains are the school's was changed"),
        needs={"change": int, "before": dict, "after": dict},
    ),
)
# The log has the hash of these, with the salt of a change.
HASHED = {"checkpoint_recipients"}


def check_settings(log: Log, contents: LogContents) -> Iterator[str]:
    """Each setting is what the log says that it was changed to last; one that was never changed is not in it."""
    last = {name: (record["position"], value) for record in contents.of("school.changed") for name, value in record["after"].items()}
    for name, (position, value) in last.items():
        column = f"{name}_id" if name in {"headteacher", "fallback_decider"} else name
        if name not in HASHED and getattr(log.school, column, value) != value:
            yield f"the school's setting {name.replace('_', ' ')}: the log (position {position}) says another"
