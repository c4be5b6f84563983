"""To be written."""

from django.http import HttpRequest, HttpResponse


def contents(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("contents")


def whole(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("whole")


def section(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("section")


def policy(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("policy")


def version(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("version")
