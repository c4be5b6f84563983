"""Every address. Names are the words of the house; tests/whole/test_access.py fails for one that it does not know."""

from django.contrib import admin
from django.urls import include, path

from declarations.certificates import views_verify
from declarations.devices.views import devices
from declarations.network import radius_rest, views_last_seen
from declarations.register import views
from declarations.sign_in.views import invitation
from declarations.signing.views import changes, kiosk, paper, read, responses, sign
from declarations.site import home

urlpatterns = [
    path("", home.home, name="home"),
    path("leaflet/", read.contents, name="leaflet"),
    path("leaflet/all/", read.whole, name="leaflet_whole"),
    path("leaflet/<slug:key>/", read.section, name="leaflet_section"),
    path("policy/", read.policy, name="policy"),
    path("policy/paper.pdf", paper.form, name="paper_form"),
    path("changes/", changes.changes, name="changes"),
    path("versions/<int:pk>/", read.version, name="version"),
    path("sign/", sign.sign, name="sign"),
    path("sign/reply/", responses.reply, name="reply"),
    path("declarations/", sign.declarations, name="declarations"),
    path("declarations/<str:reference>.pdf", sign.certificate_pdf, name="certificate_pdf"),
    path("declarations/<str:reference>/scan/", paper.scan, name="paper_scan"),
    path("declarations/<str:reference>/", sign.certificate, name="certificate"),
    path("devices/", devices.devices, name="devices"),
    path("devices/add/", devices.add, name="device_add"),
    path("devices/seen/", views_last_seen.seen, name="device_seen"),
    path("devices/<int:pk>/address/", views_last_seen.address, name="device_address"),
    path("devices/<int:pk>/ask/", devices.ask, name="device_ask"),
    path("devices/<int:pk>/withdraw/", devices.withdraw, name="device_withdraw"),
    path("devices/<int:pk>/lost/", devices.lost, name="device_lost"),
    path("devices/<int:pk>/give-up/", devices.give_up, name="device_give_up"),
    path("tablet/", kiosk.start, name="tablet"),
    path("tablet/open/", kiosk.open_here, name="tablet_open"),
    path("tablet/leaflet/", kiosk.leaflet, name="tablet_leaflet"),
    path("tablet/sign/", kiosk.sign, name="tablet_sign"),
    path("tablet/leave/", kiosk.leave, name="tablet_leave"),
    path("tablet/touched/", kiosk.touched, name="tablet_touched"),
    path("register/", views.register, name="register"),
    path("register.csv", views.register_csv, name="register_csv"),
    path("register.pdf", views.register_pdf, name="register_pdf"),
    path("certificates.zip", views.certificates_zip, name="certificates_zip"),
    path("verify/", views_verify.verify, name="verify"),
    path("verify/aup_verify.py", views_verify.verifier, name="verifier"),
    path(".well-known/aup-evidence.txt", views_verify.evidence_keys, name="evidence_keys"),
    path("verify/<str:reference>/", views_verify.verify_reference, name="verify_reference"),
    path("network/authorize/", radius_rest.authorize, name="network_authorize"),
    path("network/allow-list/<str:form>/", radius_rest.allow_list, name="network_allow_list"),
    path("welcome/<str:secret>/", invitation.welcome, name="welcome"),
    path("healthz", views_verify.healthz, name="healthz"),
    path("robots.txt", views_verify.robots, name="robots"),
    path("admin/", admin.site.urls),
    path("accounts/", include("schoolpolicy.account_urls")),
]

handler500 = "declarations.site.errors.server_error"
