"""The front door of evidence: what it hands upward."""

from declarations.evidence.checks import key_is_the_logs, key_is_usable, origin_is_possible
from declarations.evidence.log_records import LOG_KINDS
from declarations.evidence.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="evidence",
    log_kinds=LOG_KINDS,
    personal_data=PERSONAL_DATA,
    checks=(origin_is_possible, key_is_usable),
    database_checks=(key_is_the_logs,),
)
