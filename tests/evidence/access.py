"""Who gets in at the addresses of evidence."""

from tests.access import ANYBODY

TABLE = {".well-known/aup-evidence.txt": ANYBODY}
