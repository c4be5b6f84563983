"""What a page says while the database is in trouble, the evidence key is away, or the log is not what was signed."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from declarations.evidence.log import BrokenLogError, MissingKeyError

# It cannot be reached, is starting, or has no room: what passes by itself, or with a hand from outside.
PASSES = (OperationalError, InterfaceError, MissingKeyError, BrokenLogError)
RETRY_AFTER_SECONDS = "30"


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: 503 in words for what passes, 500 for a fault of ours.

    A handler and not a middleware, so that it also answers for what fails in the middlewares: they read the session.
    """
    error = sys.exception()
    if not isinstance(error, PASSES):
        # Django's own handler reads the session for a CSRF token, and fails with it.
        return HttpResponse(render_to_string("500.html"), status=500)
    was_sent = request.method not in {"GET", "HEAD", "OPTIONS"}
    facts = {
        "was_signing": was_sent and request.path == reverse("sign"),
        "was_sent": was_sent,
        "key_is_away": isinstance(error, MissingKeyError),
        "log_is_broken": isinstance(error, BrokenLogError),
    }
    # Without the request: what pages know of it is asked of the database.
    return HttpResponse(render_to_string("503.html", facts), status=503, headers={"Retry-After": RETRY_AFTER_SECONDS})
