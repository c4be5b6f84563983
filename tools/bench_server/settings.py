"""The product's settings, with an empty view beside its own, and mail that goes nowhere."""

import hashlib
import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from schoolpolicy.settings import *  # noqa: F403  # all of them

ROOT_URLCONF = "tools.bench_server.urls"
SECRET_KEY = "the same in each worker of a server that lives for a minute"  # noqa: S105  # it guards nothing
# How long a mail server takes is not ours to measure; the certificate that is sent is made all the same.
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
# No collectstatic before a bench: pages link the files under their own names.
STORAGES = {
    **STORAGES,  # noqa: F405  # from the product's settings
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Not a line for each request: writing them would be measured too.
LOGGING["root"]["level"] = "ERROR"  # type: ignore[index]  # noqa: F405  # as it is written there
# A clean checkout has no evidence key: the bench brings one, the same in each process, unless the environment names another.
if "EVIDENCE_KEY_FILE" not in os.environ:
    EVIDENCE_KEY_FILE = Path(tempfile.gettempdir()) / f"schoolpolicy-bench-{os.getuid()}.key"
    _key = Ed25519PrivateKey.from_private_bytes(b"for benches only, no other use !")
    _whole = EVIDENCE_KEY_FILE.with_suffix(f".{os.getpid()}")
    _whole.write_bytes(_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _whole.chmod(0o600)
    _whole.replace(EVIDENCE_KEY_FILE)
    # What is kept beside the key belongs to one database, which lives as long as the bench does.
    _database = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode()).hexdigest()[:16]
    EVIDENCE_CHECKPOINTS_DIR = EVIDENCE_KEY_FILE.with_suffix(f".{_database}.checkpoints")
