"""The product's addresses and `/empty`, the least that the same server can answer."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    return HttpResponse()


urlpatterns = [path("empty", empty), path("", include("schoolpolicy.urls"))]
