"""Judges the claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7). Its signature has been checked before."""

import datetime as dt
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

# By how much the clocks of two servers may differ.
LEEWAY = dt.timedelta(minutes=1)
FRESH_FOR = dt.timedelta(minutes=10)


class ClaimsError(Exception):
    """We do not believe this token, or it is not for us; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: who issued it, for which client, in answer to which nonce, for a member of which tenant or domain.

    `kind` is `microsoft` or `google`. `again` says whether we asked for a fresh proof.
    """

    kind: str
    issuer: str
    client_id: str
    nonce: str
    tenant: str
    domains: frozenset[str]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token vouches for. The subject never changes; the address may. `second_factor`: the token says that one was shown."""

    subject: str
    email: str
    second_factor: bool = False


def identity(claims: Mapping[str, object], expected: Expected, *, at: dt.datetime) -> Identity:
    """Return the identity that the token vouches for.

    Raises ClaimsError: `token` if it is forged, too old or meant for another client; `again` if the proof is not fresh;
    `tenant`, `guest`, `domain` or `unverified` if the account is not of the school's own tenant or domain.
    """
    is_ours(claims, expected)
    is_of_now(claims, expected, at=at)
    subject = text(claims, "sub")
    if not subject or len(subject) > 255 or not subject.isprintable():
        raise ClaimsError("token")
    addresses = of_microsoft(claims, expected) if expected.kind == "microsoft" else of_google(claims, expected)
    for address in addresses:
        if address.rpartition("@")[2] in expected.domains and len(address) <= 254 and address.isprintable():
            return Identity(subject, address, says_second_factor(claims))
    raise ClaimsError("domain")


def is_ours(claims: Mapping[str, object], expected: Expected) -> None:
    """Raise ClaimsError unless the issuer made the token for us alone, in answer to this browser's question."""
    if claims.get("iss") != expected.issuer or claims.get("aud") != expected.client_id:
        raise ClaimsError("token")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise ClaimsError("token")
    if not expected.nonce or not hmac.compare_digest(text(claims, "nonce").encode("utf-8", "surrogatepass"), expected.nonce.encode()):
        raise ClaimsError("token")


def is_of_now(claims: Mapping[str, object], expected: Expected, *, at: dt.datetime) -> None:
    now, leeway = at.timestamp(), LEEWAY.total_seconds()
    if seconds(claims, "exp") <= now - leeway or seconds(claims, "iat") > now + leeway:
        raise ClaimsError("token")
    if "nbf" in claims and seconds(claims, "nbf") > now + leeway:
        raise ClaimsError("token")
    if expected.again:
        is_proved_again(claims, now=now)


def is_proved_again(claims: Mapping[str, object], *, now: float) -> None:
    """Raise ClaimsError unless the provider has just seen the password; a browser may have cut that wish out of our question."""
    if "auth_time" not in claims or seconds(claims, "auth_time") < now - FRESH_FOR.total_seconds():
        raise ClaimsError("again")


def says_second_factor(claims: Mapping[str, object]) -> bool:
    """Whether the token says that a second factor was shown: `mfa` in `amr` (RFC 8176), or any context in Microsoft's `acrs`."""
    methods, contexts = claims.get("amr"), claims.get("acrs")
    return (isinstance(methods, list) and "mfa" in methods) or (isinstance(contexts, list) and bool(contexts))


def of_microsoft(claims: Mapping[str, object], expected: Expected) -> list[str]:
    """Return the addresses to believe from Microsoft.

    Only the tenant that owns a domain can use it in a sign-in name. `email` can be anything, unless `xms_edov` says it is owned.
    """
    if text(claims, "tid") != expected.tenant:
        raise ClaimsError("tenant")
    # Some guests carry `idp`, the provider that vouches for them; others carry `acct` alone.
    if claims.get("idp", expected.issuer) != expected.issuer or claims.get("acct") in (1, "1"):
        raise ClaimsError("guest")
    is_owned = claims.get("xms_edov") in (True, "1", "true")
    return [text(claims, name).lower() for name in ("preferred_username", *(["email"] if is_owned else []))]


def of_google(claims: Mapping[str, object], expected: Expected) -> list[str]:
    """Return the address to believe from Google: a verified one of the school's Workspace. Private accounts have no `hd`."""
    if text(claims, "hd").lower() not in expected.domains:
        raise ClaimsError("domain")
    if claims.get("email_verified") is not True:
        raise ClaimsError("unverified")
    return [text(claims, "email").lower()]


def text(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def seconds(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124  # NaN is not itself
        raise ClaimsError("token")
    return value
