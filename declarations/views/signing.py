"""To be written."""

from django.http import HttpRequest, HttpResponse


def sign(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("sign")


def declarations(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("declarations")


def certificate_pdf(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("certificate_pdf")


def certificate(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("certificate")
