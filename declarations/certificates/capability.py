"""What certificates hands upward."""

from declarations.certificates.emails import EMAILS
from declarations.certificates.log_records import LOG_KINDS, check_certificates
from declarations.certificates.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="certificates",
    emails=EMAILS,
    personal_data=PERSONAL_DATA,
    log_kinds=LOG_KINDS,
    reconcile=(check_certificates,),
)
