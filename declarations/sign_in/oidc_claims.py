"""What must stand in an ID token before it is believed (OpenID Connect Core 1.0, 3.1.3.7); the signature is checked before."""

import datetime as dt
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

# Clocks of two servers.
LEEWAY = dt.timedelta(minutes=1)
FRESH_FOR = dt.timedelta(minutes=10)


class ClaimsError(Exception):
    """This token is not believed, or not for us; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say: who made it, for whom, in answer to what, and for a member of which tenant or domain.

    `kind` is `microsoft` or `google`; `again`: whether the person was to prove anew who they are.
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
    """Who it is: the subject stays for ever, the address may change; and whether the token says that a second factor was shown."""

    subject: str
    email: str
    second_factor: bool = False


def identity(claims: Mapping[str, object], expected: Expected, *, at: dt.datetime) -> Identity:
    """The person whom the token vouches for.

    Raises Unfit: `token` for one that is forged, old, or meant for another; `again` for a proof that is not a new one;
    `tenant`, `guest`, `domain`, `unverified` for somebody who is not of the school's own tenant or domain.
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
    """Made by the issuer, for us alone, and in answer to what this browser asked."""
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
    """The provider asks for the password anew and says when it saw it, if the browser has not left that out of the question."""
    if "auth_time" not in claims or seconds(claims, "auth_time") < now - FRESH_FOR.total_seconds():
        raise ClaimsError("again")


def says_second_factor(claims: Mapping[str, object]) -> bool:
    """Whether the token says so: `mfa` among the methods (RFC 8176), or Microsoft's authentication contexts that were met (`acrs`)."""
    methods, contexts = claims.get("amr"), claims.get("acrs")
    return (isinstance(methods, list) and "mfa" in methods) or (isinstance(contexts, list) and bool(contexts))


def of_microsoft(claims: Mapping[str, object], expected: Expected) -> list[str]:
    """The sign-in name, whose domain Microsoft lets only the tenant that owns it use; `email` can be anything, unless said to be owned."""
    if text(claims, "tid") != expected.tenant:
        raise ClaimsError("tenant")
    # Of those who are not of the tenant itself, some come with the provider that vouches for them, and some only with this.
    if claims.get("idp", expected.issuer) != expected.issuer or claims.get("acct") in (1, "1"):
        raise ClaimsError("guest")
    is_owned = claims.get("xms_edov") in (True, "1", "true")
    return [text(claims, name).lower() for name in ("preferred_username", *(["email"] if is_owned else []))]


def of_google(claims: Mapping[str, object], expected: Expected) -> list[str]:
    """The address, if Google has verified it and it is of the school's Workspace: `hd` is missing for private accounts."""
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
