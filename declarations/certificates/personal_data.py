"""The personal data in the rows of certificates that were handed out."""

from declarations.certificates.models import IssuedCertificate
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    # An erasure keeps the row: it names nobody.
    PersonalData(model=IssuedCertificate, about=("entry__declaration__person",), erased=False, fixed=("sha256",)),
)
