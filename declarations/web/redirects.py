"""Addresses that have moved for good."""

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import URLPattern, re_path


def moved(old: str, new: str) -> URLPattern:
    """Leads whoever asks for `old`, or for anything below it, to the same below `new`, with the query string."""

    def view(request: HttpRequest, rest: str) -> HttpResponsePermanentRedirect:  # noqa: ARG001  # the whole path is asked for below
        return HttpResponsePermanentRedirect(request.get_full_path().replace(f"/{old}", f"/{new}", 1))

    return re_path(rf"^{old}(?P<rest>.*)$", view)
