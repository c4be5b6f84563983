"""The personal data of certificates that were handed out."""

from declarations.certificates.models import IssuedCertificate
from declarations.web.capability import PersonalData

PERSONAL_DATA = (
    # Kept after an erasure: that a certificate was issued names nobody.
    PersonalData(model=IssuedCertificate, about=("entry__declaration__person",), erased=False, fixed=("sha256",)),
)
