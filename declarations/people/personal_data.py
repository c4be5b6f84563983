"""The personal data in the rows of people, their roles and legal holds, and in the admin's notes of what somebody changed."""

from django.contrib.admin.models import LogEntry

from declarations.organisation.models.erasure import Erasure
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person, Role
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    # An erasure empties the row and keeps its number, which the log names.
    PersonalData(
        model=Person,
        about=("pk",),
        erased=False,
        names=("full_name", "email"),
        fixed=("full_name", "email", "job_title", "staff_number"),
        secret=("password",),
    ),
    PersonalData(model=Role, about=("person",), acts={"granted_by": "granted_at", "removed_by": "removed_at"}),
    PersonalData(
        model=LegalHold,
        about=("person",),
        acts={"placed_by": "placed_at", "ended_by": "ended_at"},
        free_text=("reason",),
        school="person__school",
    ),
    PersonalData(model=Erasure, about=("person",), erased=False, free_text=("reason",), school="person__school"),
    PersonalData(
        model=LogEntry,
        acts={"user": "action_time"},
        free_text=("object_repr", "change_message"),
        fixed=("object_id",),
        school="user__school",
    ),
)
