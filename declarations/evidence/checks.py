"""Whether a production site's logs can be named and signed."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

from declarations.evidence import keys, log
from declarations.evidence.signed_note import ORIGIN

LONGEST_SLUG = 40


def origin_is_possible() -> list[CheckMessage]:
    """The host of SITE_URL and the longest slug make an origin that checkpoints may have."""
    host = urlsplit(settings.SITE_URL).netloc.lower()
    if host and ORIGIN.fullmatch(f"{host}/{'x' * LONGEST_SLUG}"):
        return []
    return [
        Error(
            f"SITE_URL is {settings.SITE_URL}: its host cannot be part of an evidence log's name.",
            hint="At most 78 characters: letters, digits, dots, hyphens; an internationalised name in its ASCII form (xn--…).",
            id="declarations.E008",
        )
    ]


def key_is_usable() -> list[CheckMessage]:
    """The evidence key is there, only the app's user can read it, and it is no demo's."""
    path = Path(settings.EVIDENCE_KEY_FILE)
    mend = (
        "On a new server make one with: manage.py evidence_key create; after a restore put the one of the backup there. "
        "Only the app's user may read it (chmod 600)."
    )
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
        log.read_key(path)
    except (OSError, log.MissingKeyError):
        return [Error(f"There is no evidence key in {path}: nothing can be signed.", hint=mend, id="declarations.E005")]
    if mode & 0o077:
        return [Error(f"Others can read the evidence key in {path}.", hint=mend, id="declarations.E006")]
    if keys.DEMO_MARK in content:
        return [Error(f"The evidence key in {path} is a demo's: it proves nothing.", hint=mend, id="declarations.E007")]
    return []


def key_is_the_logs() -> list[CheckMessage]:
    """The evidence key is there, and signs the logs of this database, if it has any."""
    try:
        for each_log in keys.logs_here():
            log.check_key(each_log)
    except log.MissingKeyError as error:
        return [Error(str(error), hint='docs/backup-and-restore.md, "After a restore".', id="declarations.E014")]
    return []
