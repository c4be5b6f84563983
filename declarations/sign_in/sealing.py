"""Encrypts what the database keeps, with keys derived from SECRET_KEY: whoever has the database alone cannot read it."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SECOND_FACTORS = b"second factors"
EMAILS = b"e-mails"


def keys(purpose: bytes) -> MultiFernet:
    """Return the keys for one purpose: SECRET_KEY's encrypts; those of its fallbacks decrypt what is older."""
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret.encode())))
            for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        ]
    )
