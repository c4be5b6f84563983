"""Addresses of the register and its files."""

from django.urls import path

from declarations.register import views

urlpatterns = [
    path("register/", views.register, name="register"),
    path("register.csv", views.register_csv, name="register_csv"),
    path("register.pdf", views.register_pdf, name="register_pdf"),
    path("certificates.zip", views.certificates_zip, name="certificates_zip"),
]
