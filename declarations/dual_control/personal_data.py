"""The personal data of changes: whose they are, who asked, who confirmed; the addresses before and after."""

from declarations.dual_control.models import GuardedChange
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    PersonalData(
        model=GuardedChange,
        about=("person",),
        acts={"asked_by": "asked_at", "settled_by": "settled_at"},
        fixed=("kind", "before", "after", "confirm_from"),
        secret=("salt",),
    ),
)
