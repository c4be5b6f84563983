"""The door that every request comes through: it reads the clock once, and says whose school it is."""

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
# In the session of a browser that is lent for signing: which tablet it is (views/tablet). It may open nothing else.
TABLET = "tablet"
OF_A_TABLET = ("/tablet/", "/robots.txt")


class ContextRequest(HttpRequest):
    """A request that has come through the door.

    `at` is the moment, `on` the day at the school, `person` who is signed in, `school` whose things may be seen (None
    when signed out, and for the trust's people until they choose one), `roles` the live roles of the person, `withheld`
    those that they would have with a second factor (proof.py).
    """

    at: dt.datetime
    on: dt.date
    person: Person | None
    school: School | None
    roles: frozenset[str]
    withheld: frozenset[str]


def with_headers(answer: HttpResponseBase) -> HttpResponseBase:
    """What Django's middlewares put on pages, for answers that never come to them: a browser takes them for nothing but data."""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    if settings.SECURE_HSTS_SECONDS:
        answer.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    return answer


def machines(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answers what the network asks, under `/network/`, without session, redirect or page.

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
    """Middleware, the first of all: lets nobody be looked up for a health check, which must have its answer without a database."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == HEALTH:
            return with_headers(resolve(HEALTH).func(request))
        return get_response(request)

    return middleware


def cookies(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, before that of sessions: leaves out a cookie with control characters, which is none of ours.

    A cookie may spell any character, as `"\\000"`, and PostgreSQL would raise at a session key with a NUL in it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if value.isprintable()}
        return get_response(request)

    return middleware


def characters(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: refuses what says that it is not written in UTF-8, which no browser does of a form.

    UTF-7, say, spells half a character, which no database takes and no page can show again beside the sentence about it.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.encoding is not None and codecs.lookup(request.encoding).name != "utf-8":
            # Not raised: the handler's page asks who is signed in, which nobody knows yet.
            return HttpResponseBadRequest(render_to_string("400.html"))
        return get_response(request)

    return middleware


def door(get_response: Callable[[ContextRequest], HttpResponseBase]) -> Callable[[ContextRequest], HttpResponseBase]:
    """Middleware that sets what DoorRequest promises, and keeps pages of people who are signed in out of every cache."""

    def middleware(request: ContextRequest) -> HttpResponseBase:
        request.at = timezone.now()
        if reauthentication.is_over(request, at=request.at):
            logout(request)
        request.person = request.user if isinstance(request.user, Person) else None
        request.school = school_of(request)
        request.on = request.school.day_of(request.at) if request.school else timezone.localdate(request.at)
        held: frozenset[str] = request.person.roles(on=request.on) if request.person else frozenset()
        request.roles = held if reauthentication.is_enough_for_roles(request) else frozenset()
        request.withheld = held - request.roles
        if TABLET in request.session and not request.path_info.startswith(OF_A_TABLET):
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
