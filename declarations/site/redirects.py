"""The addresses that have moved: each, and every address below it, leads to the same one below the new address."""

from functools import partial

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import re_path

MOVED = {
    "admin/declarations/reply/": "admin/declarations/response/",
    "admin/declarations/seen/": "admin/declarations/lastseen/",
    "admin/declarations/signingsession/": "admin/declarations/kiosksession/",
    "admin/jobs/": "admin/scheduled-tasks/",
    "admin/left/": "admin/not-signed/",
    "admin/messages/": "admin/emails/",
}


def moved(request: HttpRequest, old: str) -> HttpResponsePermanentRedirect:
    """To the new address, with the query string."""
    return HttpResponsePermanentRedirect(request.get_full_path().replace(old, MOVED[old], 1))


urlpatterns = [re_path(f"^{old}", partial(moved, old=old)) for old in MOVED]
