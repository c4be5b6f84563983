"""Addresses of the home page, of what machines ask about the server, and those that have moved."""

from django.urls import path

from declarations.site import health, home, redirects

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("robots.txt", health.robots, name="robots"),
    *redirects.urlpatterns,
]
