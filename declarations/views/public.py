"""To be written."""

from django.http import HttpRequest, HttpResponse


def verify(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("verify")


def verify_reference(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("verify_reference")


def healthz(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("healthz")


def robots(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("robots")
