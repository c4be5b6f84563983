"""Addresses of certificates and of the pages that verify them."""

from django.urls import path

from declarations.certificates import views, views_verify

urlpatterns = [
    path("policy/paper.pdf", views.paper_form, name="paper_form"),
    path("declarations/<str:reference>.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("declarations/<str:reference>/", views.certificate, name="certificate"),
    path("verify/", views_verify.verify, name="verify"),
    path("verify/aup_verify.py", views_verify.verifier, name="verifier"),
    path("verify/<str:reference>/", views_verify.verify_reference, name="verify_reference"),
]
