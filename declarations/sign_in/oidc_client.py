"""Asks the school's Microsoft 365 or Google who somebody is: OpenID Connect, authorisation code with PKCE (RFC 7636).

We believe only what a signed ID token for us says (oidc_claims.py). One sign-in takes three small requests within one deadline:
the provider's description, the token, its keys. The cache keeps description and keys for an hour; a token that names an unknown key
makes us fetch the keys again.
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

# Somebody waits meanwhile: for all requests of one sign-in together, and for one answer.
SECONDS_FOR_ALL, SECONDS_FOR_AN_ANSWER = 8, 5
KEPT_FOR_SECONDS = 60 * 60
# We fetch the keys again no sooner than this, however many tokens name an unknown one.
ASKED_AGAIN_AFTER_SECONDS = 60
LARGEST_ANSWER = 512 * 1024
ALGORITHM = "RS256"


class ProviderError(Exception):
    """The provider did not answer, or its answer made no sense. The message is for the log."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser's session keeps while the browser is at the provider."""

    nonce: str
    verifier: str
    again: bool


def issuer_of(provider: IdentityProvider) -> str:
    return str(settings.IDENTITY_ISSUERS[provider.kind]).format(tenant=provider.tenant)


def secret_of(provider: IdentityProvider) -> str:
    """Read the client secret from its file, which only the app's user may be able to read. Raises ProviderError."""
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
    """Return the provider's address to go to, and what the session keeps meanwhile. Raises ProviderError."""
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
    """Exchange the code for an ID token and return whom it vouches for. Raises ProviderError, ClaimsError."""
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
    """Return the published keys that this token names; fetch the keys again if the kept ones lack it. Raises jwt.PyJWTError."""
    kid = jwt.get_unverified_header(token).get("kid")
    for is_anew in (False, True):
        listed = kept(url, deadline, is_anew=is_anew).get("keys")
        named = [key for key in listed if isinstance(key, dict) and key.get("kid") == kid] if isinstance(listed, list) else []
        if named:
            return named
    return []


def signed(token: str, keys_url: str, deadline: "Deadline") -> dict[str, Any]:
    """Check the token's signature by a published key, with the one algorithm that we take; return its claims. Raises ClaimsError."""
    try:
        header = jwt.get_unverified_header(token)
        named = published(token, keys_url, deadline)
        if header.get("alg") != ALGORITHM or len(named) != 1 or named[0].get("kty") != "RSA":
            raise ClaimsError("token")
        key = jwt.PyJWK(named[0], algorithm=ALGORITHM)
        # oidc_claims.py judges the claims, by the request's clock.
        not_here = {"verify_aud": False, "verify_iss": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        return jwt.decode(token, key=key, algorithms=[ALGORITHM], options=cast("Any", not_here))
    except (jwt.PyJWTError, ValueError, TypeError) as forged:
        raise ClaimsError("token") from forged


class Deadline:
    """The moment by which the provider must have answered every request of one sign-in."""

    def __init__(self) -> None:
        self.ends = time.monotonic() + SECONDS_FOR_ALL

    def left(self, url: str) -> float:
        """Return the seconds left for this answer. Raises ProviderError if there are none."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise ProviderError(f"{url} takes too long")
        return min(seconds, SECONDS_FOR_AN_ANSWER)


def name_of(url: str) -> str:
    """The key of an address in the cache, which takes no long ones."""
    return f"oidc-{hashlib.sha256(url.encode()).hexdigest()}"


def kept(url: str, deadline: Deadline, *, is_anew: bool = False) -> dict[str, Any]:
    """Return what the provider publishes at this address, at most an hour old; with `is_anew`, fetched again unless we just did."""
    name = name_of(url)
    answer_kept = cache.get(name)
    if isinstance(answer_kept, dict) and not (is_anew and cache.add(f"{name}-anew", 1, ASKED_AGAIN_AFTER_SECONDS)):
        return answer_kept
    answer_now = fetched("GET", url, deadline)
    cache.set(name, answer_now, KEPT_FOR_SECONDS)
    return answer_now


def described(provider: IdentityProvider, deadline: Deadline) -> dict[str, str]:
    """Return the three addresses in the provider's description of itself. Raises ProviderError if it names another issuer."""
    issuer = issuer_of(provider)
    url = f"{issuer}/.well-known/openid-configuration"
    configuration = kept(url, deadline)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    scheme = f"{issuer.partition('://')[0]}://"
    addresses = {name: configuration.get(name) for name in names}
    if configuration.get("issuer") != issuer or not all(
        isinstance(address, str) and address.startswith(scheme) for address in addresses.values()
    ):
        cache.delete(name_of(url))  # the provider may mend it within the hour
        raise ProviderError(f"{issuer} describes itself as something else")
    return cast("dict[str, str]", addresses)


def fetched(method: str, url: str, deadline: Deadline, *, data: dict[str, str] | None = None) -> dict[str, Any]:
    """Fetch a JSON object; follow no redirect. Raises ProviderError."""
    try:
        with requests.request(method, url, data=data, timeout=deadline.left(url), allow_redirects=False, stream=True) as response:
            status, body = response.status_code, b""
            for part in response.iter_content(64 * 1024):
                deadline.left(url)  # so that an answer that drips in ends, too
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise ProviderError(f"{url} does not come to an end")
        answer_of_provider = json.loads(body)
    except (requests.RequestException, OSError, ValueError, RecursionError) as error:
        raise ProviderError(f"{url}: {error}") from error
    if status != 200 or not isinstance(answer_of_provider, dict):
        # `error` says what is wrong; the rest of the answer may hold secrets, which no log should have.
        error_code = answer_of_provider.get("error") if isinstance(answer_of_provider, dict) else ""
        raise ProviderError(f"{url} answered {status} {str(error_code)[:80]!r}")
    return answer_of_provider
