"""Pages of staff: a certificate on screen and as a PDF, and the blank form for signing by hand."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations.certificates import issue
from declarations.certificates.blank_form import blank_pdf
from declarations.signing.models.declaration import Declaration
from declarations.signing.queries import current_texts
from declarations.signing.views.read import nothing_yet
from declarations.signing.views.sign import declaration_for
from declarations.web.decorators import PersonRequest, StaffRequest, signed_in, staff


@signed_in
@require_safe
def certificate(request: PersonRequest, reference: str) -> HttpResponse:
    """Show the certificate on screen."""
    declaration = declaration_for(request, reference)
    return render(
        request,
        "certificates/certificate.html",
        {
            "declaration": declaration,
            "in_force": Declaration.objects.filter(pk=declaration.pk).in_force(on=request.on).exists(),
            "is_mine": declaration.person_id == request.person.pk,
            "texts": [declaration.aup, declaration.leaflet],
        },
    )


@signed_in
@require_safe
def certificate_pdf(request: PersonRequest, reference: str) -> HttpResponse:
    """Hand out the certificate as a PDF."""
    declaration = declaration_for(request, reference)
    pdf = issue.issue(declaration=declaration, by=request.person, at=request.at)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="declaration-{declaration.reference}.pdf"'
    return response


@staff
@require_safe
def paper_form(request: StaffRequest) -> HttpResponse:
    """Hand out the blank form of the current texts, for people who cannot sign on a screen."""
    texts = current_texts(request.school, on=request.on)
    if texts is None:
        return nothing_yet(request)
    aup, leaflet = texts
    pdf = blank_pdf(school=request.school, aup=aup, leaflet=leaflet)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="declaration-form-{leaflet.number}-{aup.number}.pdf"'
    return response
