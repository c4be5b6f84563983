"""The school's Microsoft 365 or Google vouches for a person: OpenID Connect, authorisation code with PKCE (RFC 7636).

Nothing is believed that is not in a signed ID token for us: see rules/identity. Three small requests to the provider, each
with a few seconds of time: its description, its keys, the token.
"""

import base64
import datetime as dt
import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import jwt
import requests
from django.conf import settings

from declarations.sign_in.models import SLUG, IdentityProvider
from declarations.sign_in.oidc_claims import ClaimsError, Expected, Identity, identity

SECONDS_FOR_AN_ANSWER = 5
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
        # Google knows no `login`; it asks at least which account.
        query |= {"prompt": "login" if provider.kind == IdentityProvider.Kind.MICROSOFT else "select_account", "max_age": "0"}
    return f"{described(provider)['authorization_endpoint']}?{urlencode(query)}", asked


def answer(provider: IdentityProvider, asked: Asked, *, code: str, callback: str, at: dt.datetime) -> Identity:
    """Who came back with this code. Raises Trouble, or Unfit (rules/identity)."""
    description = described(provider)
    token = fetched(
        "POST",
        description["token_endpoint"],
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
    return identity(signed(token, fetched("GET", description["jwks_uri"])), expected, at=at)


def signed(token: str, published: dict[str, Any]) -> dict[str, Any]:
    """The claims of a token that one of the published keys has signed, with the one algorithm that we take. Raises Unfit."""
    try:
        header = jwt.get_unverified_header(token)
        keys = published.get("keys")
        named = [key for key in keys if isinstance(key, dict) and key.get("kid") == header.get("kid")] if isinstance(keys, list) else []
        if header.get("alg") != ALGORITHM or len(named) != 1 or named[0].get("kty") != "RSA":
            raise ClaimsError("token")
        key = jwt.PyJWK(named[0], algorithm=ALGORITHM)
        # What the claims say is for the rules to judge, by our clock.
        not_here = {"verify_aud": False, "verify_iss": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        return jwt.decode(token, key=key, algorithms=[ALGORITHM], options=cast("Any", not_here))
    except (jwt.PyJWTError, ValueError, TypeError) as forged:
        raise ClaimsError("token") from forged


def described(provider: IdentityProvider) -> dict[str, str]:
    """The provider's own description of itself: three addresses, under the name that it must have. Raises Trouble."""
    issuer = issuer_of(provider)
    configuration = fetched("GET", f"{issuer}/.well-known/openid-configuration")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    scheme = f"{issuer.partition('://')[0]}://"
    addresses = {name: configuration.get(name) for name in names}
    if configuration.get("issuer") != issuer or not all(
        isinstance(address, str) and address.startswith(scheme) for address in addresses.values()
    ):
        raise ProviderError(f"{issuer} describes itself as something else")
    return cast("dict[str, str]", addresses)


def fetched(method: str, url: str, *, data: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON object that this address answers with; no redirect is followed. Raises Trouble."""
    try:
        with requests.request(method, url, data=data, timeout=SECONDS_FOR_AN_ANSWER, allow_redirects=False, stream=True) as response:
            status, body = response.status_code, b""
            for part in response.iter_content(64 * 1024):
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
