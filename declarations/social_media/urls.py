"""Addresses of the school's accounts."""

from django.urls import path

from declarations.social_media import views
from declarations.social_media.acts import ACTS

urlpatterns = [
    path("social-media/", views.accounts, name="accounts"),
    path("social-media/propose/", views.propose, {"found_live": False}, name="account_propose"),
    path("social-media/register/", views.propose, {"found_live": True}, name="account_register"),
    path("social-media/<int:pk>/", views.account, name="account"),
    path("social-media/<int:pk>/edit/", views.edit, name="account_edit"),
    *(path(f"social-media/<int:pk>/{act.name}/", views.act, {"name": act.name}, name=f"account_{act.name}") for act in ACTS),
]
