"""Signing on paper: the form to print, and the scan of what was signed."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from declarations import certificates
from declarations.signing.models.response import PaperSignature
from declarations.signing.queries import current_texts
from declarations.signing.views.read import nothing_yet
from declarations.signing.views.sign import declaration_for
from declarations.web.decorators import PersonRequest, StaffRequest, signed_in, staff

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@staff
@require_safe
def form(request: StaffRequest) -> HttpResponse:
    """Both texts as they are now, the statement, and lines for name, date and signature: for who cannot sign on a screen."""
    texts = current_texts(request.school, on=request.on)
    if texts is None:
        return nothing_yet(request)
    aup, leaflet = texts
    pdf = certificates.blank_pdf(school=request.school, aup=aup, leaflet=leaflet)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="declaration-form-{leaflet.number}-{aup.number}.pdf"'
    return response


@signed_in
@require_safe
def scan(request: PersonRequest, reference: str) -> HttpResponse:
    """The scan, to be kept as a file: it came from outside, so no browser shows it as a page of ours."""
    declaration = declaration_for(request, reference)
    paper = PaperSignature.objects.filter(declaration=declaration, scan__isnull=False).first()
    if paper is None or paper.scan is None:
        raise Http404
    response = HttpResponse(bytes(paper.scan), content_type=paper.scan_type)
    response["Content-Disposition"] = f'attachment; filename="scan-{declaration.reference}.{ENDINGS[paper.scan_type]}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
