"""The school's Microsoft 365 or Google vouches for a person: OpenID Connect, authorisation code with PKCE (RFC 7636).

Nothing is believed that is not in a signed ID token for us: see oidc_claims.py. Three small requests to the provider, all within one
deadline: its description, the token, its keys. Description and keys are kept for an hour; keys are asked for anew if a token names another.
"""

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings
from django.core.cache import cache

from declarations.sign_in.models import SLUG, IdentityProvider
from declarations.sign_in.oidc_claims import ClaimsError, Expected, Identity, identity

# For all that is asked of the provider while somebody waits, and for one answer of it.
SECONDS_FOR_ALL, SECONDS_FOR_AN_ANSWER = 8, 5
KEPT_FOR_SECONDS = 60 * 60
# Keys are asked for anew at most so often, however many tokens name one that nobody knows.
ASKED_AGAIN_AFTER_SECONDS = 60
LARGEST_ANSWER = 512 * 1024
ALGORITHM = "RS256"


class ProviderError(Exception):
    """The provider could not be asked, or its answer made no sense; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What this browser took along to the provider, to be kept in its session until it comes back."""

    nonce: str
    verifier: str
    again: bool


def issuer_of(provider: IdentityProvider) -> str:
    return str(settings.IDENTITY_ISSUERS[provider.kind]).format(tenant=provider.tenant)


def secret_of(provider: IdentityProvider) -> str:
    """The client secret: a file that only the app's user can read. Raises Trouble."""
    if not re.match(SLUG, provider.slug):
        raise ProviderError(f"{provider.slug} names no file")
    path = Path(settings.IDENTITY_SECRETS_DIR) / provider.slug
    try:
        if path.stat().st_mode & 0o077:
            raise ProviderError(f"Others can read {path}: chmod 600")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ProviderError(f"{path} cannot be read: {error}") from error


def ask(provider: IdentityProvider, *, state: str, callback: str, again: bool = False) -> tuple[str, Asked]:
    """The address at the provider to go to, and what to keep. Raises Trouble."""
    asked = Asked(nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48), again=again)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "client_id": provider.client_id,
        "response_type": "code",
        "redirect_uri": callback,
        "scope": "openid profile email",
        "state": state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if provider.kind == IdentityProvider.Kind.GOOGLE:
        query["hd"] = provider.domains.split()[0]
    if again:
        query |= {"prompt": "login", "max_age": "0"}
    return f"{described(provider, Deadline())['authorization_endpoint']}?{urlencode(query)}", asked


def answer(provider: IdentityProvider, asked: Asked, *, code: str, callback: str, at: dt.datetime) -> Identity:
    """Who came back with this code. Raises Trouble, or Unfit (rules/identity)."""
    deadline = Deadline()
    description = described(provider, deadline)
    token = fetched(
        "POST",
        description["token_endpoint"],
        deadline,
        data={
            "grant_type": "authorization_code",
            "client_id": provider.client_id,
            "client_secret": secret_of(provider),
            "redirect_uri": callback,
            "code": code,
            "code_verifier": asked.verifier,
        },
    ).get("id_token")
    if not isinstance(token, str):
        raise ProviderError("no ID token in the answer")
    expected = Expected(
        kind=provider.kind,
        issuer=issuer_of(provider),
        client_id=provider.client_id,
        nonce=asked.nonce,
        tenant=provider.tenant,
        domains=frozenset(provider.domains.split()),
        again=asked.again,
    )
    return identity(signed(token, description["jwks_uri"], deadline), expected, at=at)


def published(token: str, url: str, deadline: "Deadline") -> list[dict[str, Any]]:
    """The keys there that this token names; if none of those that are kept is, they are asked for anew. Raises jwt.PyJWTError."""
    kid = jwt.get_unverified_header(token).get("kid")
    for is_anew in (False, True):
        listed = kept(url, deadline, is_anew=is_anew).get("keys")
        named = [key for key in listed if isinstance(key, dict) and key.get("kid") == kid] if isinstance(listed, list) else []
        if named:
            return named
    return []


def signed(token: str, keys_url: str, deadline: "Deadline") -> dict[str, Any]:
    """The claims of a token that one of the published keys has signed, with the one algorithm that we take. Raises ClaimsError."""
    try:
        header = jwt.get_unverified_header(token)
        named = published(token, keys_url, deadline)
        if header.get("alg") != ALGORITHM or len(named) != 1 or named[0].get("kty") != "RSA":
            raise ClaimsError("token")
        key = jwt.PyJWK(named[0], algorithm=ALGORITHM)
        # What the claims say is for the rules to judge, by our clock.
        not_here = {"verify_aud": False, "verify_iss": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        return jwt.decode(token, key=key, algorithms=[ALGORITHM], options=cast("Any", not_here))
    except (jwt.PyJWTError, ValueError, TypeError) as forged:
        raise ClaimsError("token") from forged


class Deadline:
    """Until when the provider has answered all that it is asked."""

    def __init__(self) -> None:
        self.ends = time.monotonic() + SECONDS_FOR_ALL

    def left(self, url: str) -> float:
        """The seconds that this answer has. Raises ProviderError if there are none."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise ProviderError(f"{url} takes too long")
        return min(seconds, SECONDS_FOR_AN_ANSWER)


def name_of(url: str) -> str:
    """Under what it is kept in the cache, which takes no long names."""
    return f"oidc-{hashlib.sha256(url.encode()).hexdigest()}"


def kept(url: str, deadline: Deadline, *, is_anew: bool = False) -> dict[str, Any]:
    """What the provider publishes at this address, as it was within the last hour; or as it is now, if that was not just asked."""
    name = name_of(url)
    answer_kept = cache.get(name)
    if isinstance(answer_kept, dict) and not (is_anew and cache.add(f"{name}-anew", 1, ASKED_AGAIN_AFTER_SECONDS)):
        return answer_kept
    answer_now = fetched("GET", url, deadline)
    cache.set(name, answer_now, KEPT_FOR_SECONDS)
    return answer_now


def described(provider: IdentityProvider, deadline: Deadline) -> dict[str, str]:
    """The provider's own description of itself: three addresses, under the name that it must have. Raises ProviderError."""
    issuer = issuer_of(provider)
    url = f"{issuer}/.well-known/openid-configuration"
    configuration = kept(url, deadline)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    scheme = f"{issuer.partition('://')[0]}://"
    addresses = {name: configuration.get(name) for name in names}
    if configuration.get("issuer") != issuer or not all(
        isinstance(address, str) and address.startswith(scheme) for address in addresses.values()
    ):
        cache.delete(name_of(url))  # it may be put right before the hour is over
        raise ProviderError(f"{issuer} describes itself as something else")
    return cast("dict[str, str]", addresses)


def fetched(method: str, url: str, deadline: Deadline, *, data: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON object that this address answers with; no redirect is followed. Raises ProviderError."""
    try:
        with requests.request(method, url, data=data, timeout=deadline.left(url), allow_redirects=False, stream=True) as response:
            status, body = response.status_code, b""
            for part in response.iter_content(64 * 1024):
                deadline.left(url)  # an answer that comes in drops is over, too
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise ProviderError(f"{url} does not come to an end")
        answer_of_provider = json.loads(body)
    except (requests.RequestException, OSError, ValueError, RecursionError) as error:
        raise ProviderError(f"{url}: {error}") from error
    if status != 200 or not isinstance(answer_of_provider, dict):
        # An error of the token endpoint says which; the rest may hold what no log should.
        error_code = answer_of_provider.get("error") if isinstance(answer_of_provider, dict) else ""
        raise ProviderError(f"{url} answered {status} {str(error_code)[:80]!r}")
    return answer_of_provider
