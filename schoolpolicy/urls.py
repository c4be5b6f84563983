"""Every address; tests/whole/test_access.py fails for one that it does not know."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("", include("declarations.urls")), path("admin/", admin.site.urls)]

handler500 = "declarations.site.errors.server_error"
