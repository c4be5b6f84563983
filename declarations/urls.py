"""Every room's addresses, in the order of the rooms."""

from django.urls import include, path

from declarations.web import registry

urlpatterns = [path("", include(capability.urls)) for capability in registry.capabilities() if capability.urls]
