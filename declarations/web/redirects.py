"""Redirects for addresses that have moved permanently."""

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import URLPattern, re_path


def moved(old: str, new: str) -> URLPattern:
    """Redirects `old`, and every address below it, to the same address below `new`, with the query string."""

    def view(request: HttpRequest, rest: str) -> HttpResponsePermanentRedirect:  # noqa: ARG001  # the full path is used instead
        return HttpResponsePermanentRedirect(request.get_full_path().replace(f"/{old}", f"/{new}", 1))

    return re_path(rf"^{old}(?P<rest>.*)$", view)
