"""The addresses of notices."""

from declarations.notices import views
from django.urls import path

urlpatterns = [path("notices/", views.notices, name="notices")]
