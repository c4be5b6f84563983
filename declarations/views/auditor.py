"""To be written."""

from django.http import HttpRequest, HttpResponse


def register(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("register")


def register_csv(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("register_csv")


def register_pdf(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("register_pdf")


def certificates_zip(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("certificates_zip")
