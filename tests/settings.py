"""The product's settings, with what only tests need."""

import os
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from schoolpolicy.settings import *  # noqa: F403  # all of them

SECRET_KEY = "tests-only-and-the-same-in-every-process"
SECRET_KEY_IS_MADE_UP = False
# Argon2 takes its time on purpose, and tests sign in thousands of times; test_sign_in.py checks the real one.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# No collectstatic before the tests: pages link the files under their own names.
STORAGES = {
    **STORAGES,  # noqa: F405  # from the product's settings
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # there is no collected folder to scan: files come from where they are written
WHITENOISE_USE_FINDERS = True
# The same in every process, written whole or not at all; the key of the product is never in the repository.
EVIDENCE_KEY_FILE = Path(tempfile.gettempdir()) / f"schoolpolicy-tests-{os.getuid()}.key"
# Of each process its own; conftest.py empties it after each test.
EVIDENCE_CHECKPOINTS_DIR = EVIDENCE_KEY_FILE.with_suffix(f".{os.getpid()}.checkpoints")
_fresh = EVIDENCE_KEY_FILE.with_suffix(f".{os.getpid()}")
_fresh.write_bytes(
    Ed25519PrivateKey.from_private_bytes(b"for tests only, and no other use").private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
)
_fresh.chmod(0o600)
_fresh.replace(EVIDENCE_KEY_FILE)
