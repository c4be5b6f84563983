"""The address of the log's public keys."""

from django.urls import path

from declarations.evidence import views

urlpatterns = [path(".well-known/aup-evidence.txt", views.evidence_keys, name="evidence_keys")]
