"""To be written."""

from django.http import HttpRequest, HttpResponse


def devices(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("devices")


def add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("add")


def ask(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("ask")


def withdraw(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("withdraw")


def lost(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("lost")


def give_up(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("give_up")
