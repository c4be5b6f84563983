"""Middlewares: what every request passes; the last reads the clock once and says who asks, of which school."""

import codecs
import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBadRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web import reauthentication

HEALTH = "/healthz"
# In the session of a browser that is lent for signing: which kiosk it is. It may open nothing but these paths.
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
    """Adds the headers that Django's middlewares put on pages, to a response that never comes to them."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    if settings.SECURE_HSTS_SECONDS:
        response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return response


def machines(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answers the network's requests, below `/network/`, without session, redirect or page.

    An address that does not exist there is a 400 and not a 404: FreeRADIUS takes a 404 for *nothing known, go on*, so a
    mistyped address would let everybody in who has a password.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info != "/network" and not request.path_info.startswith("/network/"):
            return get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return with_headers(JsonResponse({}, status=400))
        return with_headers(match.func(request, *match.args, **match.kwargs))

    return middleware


def health(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the first of all: answers a health check without looking up who asks, because the database may be down."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == HEALTH:
            return with_headers(resolve(HEALTH).func(request))
        return get_response(request)

    return middleware


def cookies(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, before that of sessions: leaves out cookies with control characters, which are none of ours.

    A cookie may spell any character, as `"\\000"`, and PostgreSQL would raise at a session key with a NUL in it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        return get_response(request)

    return middleware


def characters(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: refuses a request that says that it is not written in UTF-8, which no browser says of a form.

    UTF-7, for example, can spell half a character, which no database stores and no page can show.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.encoding is not None and codecs.lookup(request.encoding).name != "utf-8":
            # Not raised: the handler's page asks who is signed in, which nobody knows yet.
            return HttpResponseBadRequest(render_to_string("400.html"))
        return get_response(request)

    return middleware


def request_context(get_response: Callable[[ContextRequest], HttpResponseBase]) -> Callable[[ContextRequest], HttpResponseBase]:
    """Middleware: sets the fields of ContextRequest, and keeps pages of people who are signed in out of every cache."""

    def middleware(request: ContextRequest) -> HttpResponseBase:
        request.at = timezone.now()
        if reauthentication.is_over(request, at=request.at):
            logout(request)
        request.person = request.user if isinstance(request.user, Person) else None
        request.school = school_of(request)
        request.on = request.school.day_of(request.at) if request.school else timezone.localdate(request.at)
        of_person: frozenset[str] = request.person.roles(on=request.on) if request.person else frozenset()
        request.roles = of_person if reauthentication.is_enough_for_roles(request) else frozenset()
        request.withheld = of_person - request.roles
        if KIOSK in request.session and not request.path_info.startswith(KIOSK_PATHS):
            return redirect("tablet")
        response = get_response(request)
        if request.person is not None:
            add_never_cache_headers(response)
        return response

    return middleware


def school_of(request: ContextRequest) -> School | None:
    """The person's own school; for the trust's people the one that they name with `?school=slug`."""
    if request.person is None:
        return None
    if request.person.school_id is not None:
        return request.person.school
    slug = request.GET.get("school", "")
    return School.objects.filter(slug=slug).first() if slug.isascii() and slug.isprintable() and slug else None
