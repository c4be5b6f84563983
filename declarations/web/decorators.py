"""Decorators for views: who may open a page, and who may keep a copy of it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web import reauthentication
from declarations.web.middleware import ContextRequest


class PersonRequest(ContextRequest):
    """A request of somebody who is signed in."""

    person: Person


class StaffRequest(PersonRequest):
    """A request of somebody of a school."""

    school: School


type View[Request, **P] = Callable[Concatenate[Request, P], HttpResponseBase]


def signed_in[**P](view: View[PersonRequest, P]) -> View[ContextRequest, P]:
    """For people who are signed in; the view says what they may see."""

    @wraps(view)
    def wrapper(request: ContextRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.person is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # a PersonRequest now

    return wrapper


def staff[**P](view: View[StaffRequest, P]) -> View[ContextRequest, P]:
    """For people of a school who are signed in; people of the trust, who sign nothing, are redirected to the register."""

    @wraps(view)
    def wrapper(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.person.school_id is None:
            return redirect("register")
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # a StaffRequest now: person and school are set

    return signed_in(wrapper)


def reauthentication_required[**P](view: View[ContextRequest, P]) -> View[ContextRequest, P]:
    """For people who have authenticated within the last ten minutes, as pages that change sign-in methods require."""

    @wraps(view)
    def wrapper(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not reauthentication.is_fresh(request, at=request.at):
            return reauthentication.towards_fresh(request.person, then=request.path)
        return view(request, *args, **kwargs)

    return signed_in(wrapper)


def second_factor_required[**P](view: View[ContextRequest, P]) -> View[ContextRequest, P]:
    """For people who have authenticated within the last ten minutes, and with a second factor if they have set one up.

    Otherwise somebody who knows only the password could remove the factor or read the recovery codes.
    """

    @wraps(view)
    def wrapper(request: ContextRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.person is not None and reauthentication.is_owed(request, request.person):
            return reauthentication.towards_second_factor(request, request.person)
        return view(request, *args, **kwargs)

    return reauthentication_required(wrapper)


def with_role[**P](*names: str) -> Callable[[View[ContextRequest, P]], View[ContextRequest, P]]:
    """For people with one of these roles; anybody else gets the page for a 403."""

    def decorate(view: View[ContextRequest, P]) -> View[ContextRequest, P]:
        @wraps(view)
        def wrapper(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.withheld & set(names):
                return reauthentication.towards_second_factor(request, request.person)
            if not request.roles & set(names):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return signed_in(wrapper)

    return decorate


def unlisted[**P](view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Keeps the page out of search engines and caches."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(*args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        add_never_cache_headers(response)
        return response

    return wrapper
