"""Signing on paper: the scan of what was signed."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from declarations.organisation.authorise import ADMINISTRATORS
from declarations.signing.models.paper import SCAN_ENDINGS, PaperSignature
from declarations.signing.queries import READERS
from declarations.signing.views.sign import declaration_for
from declarations.web.decorators import PersonRequest, signed_in


@signed_in
@require_safe
def scan(request: PersonRequest, reference: str) -> HttpResponse:
    """The scan, to be kept as a file: it came from outside, so no browser shows it as a page of ours."""
    declaration = declaration_for(request, reference, roles=READERS | ADMINISTRATORS)  # they enter papers, and look at what is kept
    paper = PaperSignature.objects.filter(declaration=declaration, scan__isnull=False).first()
    if paper is None or paper.scan is None:
        raise Http404
    response = HttpResponse(bytes(paper.scan), content_type=paper.scan_type)
    response["Content-Disposition"] = f'attachment; filename="scan-{declaration.reference}.{SCAN_ENDINGS[paper.scan_type]}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
