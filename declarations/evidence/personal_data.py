"""The personal data of the evidence log; what its records say of people, their own kinds declare."""

from declarations.evidence.models import Checkpoint, Entry, IssuedCertificate, Log
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    PersonalData(model=Log, fixed=("origin",)),
    PersonalData(model=Entry, fixed=("kind",)),
    PersonalData(model=Checkpoint, fixed=("note",)),
    # Kept after an erasure: that a certificate was issued names nobody.
    PersonalData(model=IssuedCertificate, about=("entry__declaration__person",), erased=False, fixed=("sha256",)),
)
