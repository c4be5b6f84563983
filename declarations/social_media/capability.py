"""The front door of the school's accounts: what it hands upward."""

from declarations.social_media.log_records import LOG_KINDS, check_abuse, check_accounts, check_history
from declarations.social_media.personal_data import PERSONAL_DATA
from declarations.web.capability import Capability

CAPABILITY = Capability(
    name="social_media",
    log_kinds=LOG_KINDS,
    reconcile=(check_accounts, check_history, check_abuse),
    personal_data=PERSONAL_DATA,
)
