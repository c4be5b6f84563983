"""Addresses of changes that need a second person."""

from django.urls import path

from declarations.dual_control import views

urlpatterns = [
    path("waiting/", views.waiting, name="waiting"),
    path("change/<str:token>/", views.by_link, name="change"),
]
