"""Who asks with a token, and whether the token may be used so: from where, how, for what, and until when."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from declarations.network.models import NetworkToken
from declarations.network.rules import is_within
from declarations.web.client_address import client_address

# What a proxy adds: who comes with one of these is not on this machine, whatever the socket says.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED")


@dataclass(frozen=True, slots=True)
class Caller:
    """`address` as far as the proxies in front are trusted, "" if it is not known; `is_heard`: others on the way could listen."""

    address: str
    is_heard: bool


def caller_of(request: HttpRequest) -> Caller:
    """Who asks. Where pages are redirected to HTTPS, only this machine asks unheard without it."""
    is_local = is_within(request.META.get("REMOTE_ADDR", ""), "127.0.0.0/8 ::1") and not any(name in request.META for name in FORWARDED)
    is_heard = settings.SECURE_SSL_REDIRECT and not request.is_secure() and not is_local
    return Caller(client_address(request) or "", is_heard)


def refusal(token: NetworkToken, *, caller: Caller, use: str, at: dt.datetime) -> str:
    """Why this caller gets no answer with this token, from a fixed list of sentences; "" if they do. No query."""
    if token.expires_at is not None and token.expires_at <= at:
        return "This token has expired."
    if token.networks and not is_within(caller.address, token.networks):
        return "This token is for other addresses."
    # A token without HTTPS has networks, and the caller is in them.
    if caller.is_heard and not token.plain_http:
        return "This token is for HTTPS only."
    if token.only_for not in {"", use}:
        return "This token is for something else."
    return ""
