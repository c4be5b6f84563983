"""Addresses of the home page, and of what machines ask about the server."""

from django.urls import path

from declarations.site import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("robots.txt", health.robots, name="robots"),
]
