"""What FreeRADIUS asks over HTTP (rlm_rest), with a bearer token: no session, no cookie, no page.

Every answer is one that FreeRADIUS cannot mistake (docs/network.md): 200 with a marker is the only yes; 401, 403, 400 and
405 are noes; 5xx says that nothing is known, and leaves it to the local list. Never a 404, a 204, a redirect.
"""

import datetime as dt
import hashlib
import json
import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.utils.http import parse_etags

from declarations.devices import mac_address
from declarations.devices.reason import Reason
from declarations.network import allow_lists, authorise, last_seen, limits
from declarations.network.authorise import Decision
from declarations.network.models import NetworkToken
from declarations.web.decorators import View

LARGEST_REQUEST = 2048
LONGEST_TOKEN = 200
MODES = {"mac", "gate"}
log = logging.getLogger("declarations.network")


class DeniedError(Exception):
    """A request that is refused before a decision; its sentence becomes the Reply-Message."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def machine[**P](*methods: str) -> Callable[[Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]], View[HttpRequest, P]]:
    """For a view that takes the request and its bearer token: which methods it answers, and what it answers when something is wrong."""

    def decorate(view: Callable[Concatenate[HttpRequest, str, P], HttpResponseBase]) -> View[HttpRequest, P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                if request.method not in methods:
                    raise DeniedError(405, "Asked in another way than the configuration does.")  # noqa: TRY301  # one place says what a refusal looks like
                return view(request, bearer(request), *args, **kwargs)
            except DeniedError as why:
                return reject(why.status, str(why), headers={"Allow": ", ".join(methods)} if why.status == 405 else None)
            except DatabaseError:
                log.exception("The database did not answer.")
                return reject(503, "The database does not answer.")

        return answer

    return decorate


@machine("POST")
def authorize(request: HttpRequest, token: str) -> HttpResponseBase:
    """May this address connect? See docs/network.md for what goes in and out."""
    begun = time.monotonic()
    address, mode = query_of(request)
    at = timezone.now()
    decision = authorise.decide(token=token, address=address, at=at)
    if decision is None:
        raise DeniedError(403, "No such token.")
    check_use(request, decision.token, use="questions", at=at)
    last_seen.note(decision, at=at)
    response = accept(decision, mode) if decision.is_accepted else reject(401, str(Reason(decision.reason).label))
    log_decision(decision, mode, status=response.status_code, milliseconds=(time.monotonic() - begun) * 1000)
    return response


def check_use(request: HttpRequest, token: NetworkToken, *, use: str, at: dt.datetime) -> None:
    """Notes that a live token was used. Raises DeniedError unless it may be used so: somebody else may have it then."""
    caller = limits.caller_of(request)
    sentence = limits.refusal(token, caller=caller, use=use, at=at)
    last_seen.uses.append(last_seen.Use(token, at, caller.address, is_refused=bool(sentence)))
    if sentence:
        log.warning("token %d was refused from %s: %s", token.pk, caller.address or "an unknown address", sentence)
        raise DeniedError(403, sentence)


def bearer(request: HttpRequest) -> str:
    """What the request gives as its token. Raises DeniedError if it cannot be one."""
    scheme, _space, token = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN or not (token.isascii() and token.isprintable()):
        raise DeniedError(403, "No such token.")
    return token


def query_of(request: HttpRequest) -> tuple[str, str]:
    """The canonical address and the mode that the request is about. Raises DeniedError."""
    try:
        body = request.read(LARGEST_REQUEST + 1)
    except (OSError, UnreadablePostError) as broken:
        raise DeniedError(400, "The request broke off.") from broken
    if len(body) > LARGEST_REQUEST:
        raise DeniedError(400, "The request is too long.")
    try:
        asked = json.loads(body.decode(), object_pairs_hook=once)  # decoded here: json would try UTF-16 too
    except (ValueError, RecursionError) as wrong:
        raise DeniedError(400, "The request is not JSON.") from wrong
    if not isinstance(asked, dict):
        raise DeniedError(400, "The request is not a JSON object.")
    text, mode = asked.get("mac"), asked.get("mode")
    if not isinstance(mode, str) or mode not in MODES:
        raise DeniedError(400, "“mode” is mac or gate.")
    if not isinstance(text, str):
        raise DeniedError(400, "“mac” is missing.")
    try:
        return mac_address.canonical(text), mode
    except mac_address.InvalidAddressError as wrong:
        raise DeniedError(400, "“mac” is not the address of one device.") from wrong


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name stands twice: of two addresses, which one would it be about?"""
    attributes = dict(pairs)
    if len(attributes) != len(pairs):
        raise ValueError("a name stands twice")
    return attributes


def attribute(value: str | int) -> dict[str, Any]:
    """As rlm_rest reads it; `do_xlat` off, because it would expand a `%{…}` in a value."""
    return {"op": ":=", "value": [value], "do_xlat": False}


def accept(decision: Decision, mode: str) -> HttpResponse:
    """The answer for which FreeRADIUS sends an Access-Accept: the marker, Session-Timeout and VLAN; in MAC mode Auth-Type too."""
    answer = {"control:Tmp-String-9": attribute("permit"), "reply:Session-Timeout": attribute(decision.session_timeout)}
    if mode == "mac":
        # Never in gate mode: it would let in whoever has the wrong password.
        answer["control:Auth-Type"] = attribute("Accept")
    if decision.vlan is not None:
        answer["reply:Tunnel-Type"] = attribute("VLAN")
        answer["reply:Tunnel-Medium-Type"] = attribute("IEEE-802")
        answer["reply:Tunnel-Private-Group-Id"] = attribute(str(decision.vlan))
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def reject(status: int, sentence: str, *, headers: dict[str, str] | None = None) -> HttpResponse:
    """The answer for which FreeRADIUS sends an Access-Reject; the sentence is one of a fixed list and repeats nothing of the request."""
    return JsonResponse(
        {"reply:Reply-Message": attribute(sentence)}, status=status, headers={"Cache-Control": "no-store", **(headers or {})}
    )


def log_decision(decision: Decision, mode: str, *, status: int, milliseconds: float) -> None:
    """One line for each decision. The device by its number and not by its address: logs are kept longer than addresses."""
    line = {
        "event": "network",
        "school": decision.school_slug,
        "token": decision.token.pk,
        "mode": mode,
        "device": decision.device_id,
        "status": status,
        "reason": decision.reason,
        "ms": round(milliseconds, 1),
    }
    log.info("%s", json.dumps(line, separators=(",", ":")))


@machine("GET", "HEAD")
def allow_list(request: HttpRequest, token: str, form: str) -> HttpResponseBase:
    """The addresses that may connect now, in one of the forms of `allow_lists.FORMS`; unchanged since `If-None-Match` is a 304."""
    if form not in allow_lists.FORMS:
        raise DeniedError(400, "There is no list of this form.")
    at = timezone.now()
    network_token = authorise.token_called(token)
    if network_token is None:
        raise DeniedError(403, "No such token.")
    check_use(request, network_token, use="lists", at=at)
    text = allow_lists.render(school=network_token.school, form=form, at=at)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers=headers)
    content_type, _write = allow_lists.FORMS[form]
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8", headers=headers)
