"""What machines ask about the server itself."""

from django.db import DatabaseError, connection
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from declarations.evidence import kept, log
from declarations.evidence.models import Log
from declarations.web.decorators import unlisted
from declarations.web.middleware import ContextRequest


@require_safe
@unlisted
def healthz(request: ContextRequest) -> HttpResponseBase:  # noqa: ARG001  # Django's signature
    """Whether the server, its database and its evidence are well: 200, or 503 while the database is down."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        is_refused = any(kept.refused()) or any(log.refusal(each_log) for each_log in Log.objects.order_by("pk"))
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    # Still 200: a restart, which is what most do about 503, mends no log.
    return JsonResponse({"database": "ok", "evidence": "refused" if is_refused else "ok"})


@require_safe
def robots(request: ContextRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
