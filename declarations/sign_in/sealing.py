"""What is kept in the database and of no use to whoever has the database alone: encrypted with keys that are made of SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SECOND_FACTORS = b"second factors"
EMAILS = b"e-mails"


def keys(purpose: bytes) -> MultiFernet:
    """The keys for this purpose: of SECRET_KEY and, for what is older, of its fallbacks."""
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret.encode())))
            for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        ]
    )
