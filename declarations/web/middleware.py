"""The middlewares; the last one reads the clock once and sets the person and the school on the request."""

import codecs
import datetime as dt
import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web import reauthentication

log = logging.getLogger("declarations.network")
HEALTH = "/healthz"
# The session key of a browser that is a kiosk for signing; such a browser may open only these paths.
KIOSK = "tablet"
KIOSK_PATHS = ("/tablet/", "/robots.txt")


class ContextRequest(HttpRequest):
    """A request with its context, as the middleware `request_context` sets it.

    `at` is the moment, `on` the day at the school, `person` who is signed in, `school` whose things may be seen (None
    when signed out, and for the trust's people until they choose one), `roles` the live roles of the person, `withheld`
    those that they would have with a second factor (reauthentication.py).
    """

    at: dt.datetime
    on: dt.date
    person: Person | None
    school: School | None
    roles: frozenset[str]
    withheld: frozenset[str]


def with_headers(response: HttpResponseBase) -> HttpResponseBase:
    """Adds the headers that Django's middlewares would set to a response that does not pass them."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    if settings.SECURE_HSTS_SECONDS:
        response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return response


def machines(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answers the network's requests, below `/network/`, without session, redirect or page.

    An unknown address there is a 400 and not a 404: FreeRADIUS continues after a 404, so a mistyped address in its
    configuration would let in everybody who has a password. So is a host that is not this site's. Whether a question without
    HTTPS is answered depends on its token (network/limits.py); it is never redirected.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info != "/network" and not request.path_info.startswith("/network/"):
            return get_response(request)
        try:
            request.get_host()
            match = resolve(request.path_info)
        except (DisallowedHost, Resolver404) as unknown:
            log.warning("The network asked in vain: %s", unknown if isinstance(unknown, DisallowedHost) else "there is no such address.")
            return with_headers(JsonResponse({}, status=400))
        return with_headers(match.func(request, *match.args, **match.kwargs))

    return middleware


def health(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the first of all: answers a health check without a session, because the database may be down."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == HEALTH:
            return with_headers(resolve(HEALTH).func(request))
        return get_response(request)

    return middleware


def cookies(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, before that of sessions: drops cookies with control characters, which this site never sets.

    A cookie may contain any character, such as `"\\000"`, and PostgreSQL raises an error for a session key with a NUL.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        return get_response(request)

    return middleware


def characters(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: refuses a request in another encoding than UTF-8, which no browser sends for a form.

    UTF-7, for example, can encode half a character, which no database stores and no page can show.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.encoding is not None and codecs.lookup(request.encoding).name != "utf-8":
            # No exception is raised, because the handler's page needs the person, who is not known yet.
            return HttpResponseBadRequest(render_to_string("400.html"))
        return get_response(request)

    return middleware


def request_context(get_response: Callable[[ContextRequest], HttpResponseBase]) -> Callable[[ContextRequest], HttpResponseBase]:
    """Middleware: sets the fields of ContextRequest, and keeps the pages of signed-in people out of caches."""

    def middleware(request: ContextRequest) -> HttpResponseBase:
        request.at = timezone.now()
        if reauthentication.is_over(request, at=request.at):
            logout(request)
        request.person = request.user if isinstance(request.user, Person) else None
        request.school = school_of(request)
        request.on = request.school.day_of(request.at) if request.school else timezone.localdate(request.at)
        has_roles = request.person is not None and not request.person.waits(at=request.at)
        granted: frozenset[str] = request.person.roles(on=request.on) if request.person and has_roles else frozenset()
        request.roles = granted if reauthentication.is_enough_for_roles(request) else frozenset()
        request.withheld = granted - request.roles
        if KIOSK in request.session and not request.path_info.startswith(KIOSK_PATHS):
            return redirect("tablet")
        response = get_response(request)
        if request.person is not None:
            add_never_cache_headers(response)
        return response

    return middleware


def school_of(request: ContextRequest) -> School | None:
    """The person's own school; for people of the trust, the one that they choose with `?school=slug`."""
    if request.person is None:
        return None
    if request.person.school_id is not None:
        return request.person.school
    slug = request.GET.get("school", "")
    return School.objects.filter(slug=slug).first() if slug.isascii() and slug.isprintable() and slug else None
