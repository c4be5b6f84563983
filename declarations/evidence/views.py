"""The public keys of the evidence logs, for whoever checks a certificate without this server."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from declarations.evidence import keys
from declarations.web.decorators import unlisted


@require_safe
@unlisted
def evidence_keys(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """A line for each key, as `aup_verify.py --key` reads them."""
    return HttpResponse(keys.key_file(), content_type="text/plain; charset=utf-8")
