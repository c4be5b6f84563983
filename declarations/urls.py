"""Every room's addresses, in the order of the rooms."""

from importlib.util import find_spec

from django.urls import include, path

from declarations.capabilities import ROOMS

MODULES = [f"declarations.{room}.urls" for room in ROOMS]

urlpatterns = [path("", include(module)) for module in MODULES if find_spec(module)]
