"""The personal data of the evidence log; what its records say of people, their own kinds declare."""

from declarations.evidence.models import Checkpoint, Entry, Log
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    PersonalData(model=Log, fixed=("origin",)),
    PersonalData(model=Entry, fixed=("kind",)),
    PersonalData(model=Checkpoint, fixed=("note",)),
)
