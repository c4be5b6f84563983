"""Every address. Names are the words of the house; tests/test_access.py fails for one that it does not know."""

from django.contrib import admin
from django.urls import include, path

from declarations.certificates import views_verify as public
from declarations.devices.views import devices
from declarations.network import radius_rest as network
from declarations.network import views_last_seen as addresses
from declarations.register import views as auditor
from declarations.sign_in.views import invitation as welcome
from declarations.signing.views import changes, paper
from declarations.signing.views import kiosk as tablet
from declarations.signing.views import read as leaflet
from declarations.signing.views import responses as outcomes
from declarations.signing.views import sign as signing
from declarations.site import home as staff

urlpatterns = [
    path("", staff.home, name="home"),
    path("leaflet/", leaflet.contents, name="leaflet"),
    path("leaflet/all/", leaflet.whole, name="leaflet_whole"),
    path("leaflet/<slug:key>/", leaflet.section, name="leaflet_section"),
    path("policy/", leaflet.policy, name="policy"),
    path("policy/paper.pdf", paper.form, name="paper_form"),
    path("changes/", changes.changes, name="changes"),
    path("versions/<int:pk>/", leaflet.version, name="version"),
    path("sign/", signing.sign, name="sign"),
    path("sign/reply/", outcomes.reply, name="reply"),
    path("declarations/", signing.declarations, name="declarations"),
    path("declarations/<str:reference>.pdf", signing.certificate_pdf, name="certificate_pdf"),
    path("declarations/<str:reference>/scan/", paper.scan, name="paper_scan"),
    path("declarations/<str:reference>/", signing.certificate, name="certificate"),
    path("devices/", devices.devices, name="devices"),
    path("devices/add/", devices.add, name="device_add"),
    path("devices/seen/", addresses.seen, name="device_seen"),
    path("devices/<int:pk>/address/", addresses.address, name="device_address"),
    path("devices/<int:pk>/ask/", devices.ask, name="device_ask"),
    path("devices/<int:pk>/withdraw/", devices.withdraw, name="device_withdraw"),
    path("devices/<int:pk>/lost/", devices.lost, name="device_lost"),
    path("devices/<int:pk>/give-up/", devices.give_up, name="device_give_up"),
    path("tablet/", tablet.start, name="tablet"),
    path("tablet/open/", tablet.open_here, name="tablet_open"),
    path("tablet/leaflet/", tablet.leaflet, name="tablet_leaflet"),
    path("tablet/sign/", tablet.sign, name="tablet_sign"),
    path("tablet/leave/", tablet.leave, name="tablet_leave"),
    path("tablet/touched/", tablet.touched, name="tablet_touched"),
    path("register/", auditor.register, name="register"),
    path("register.csv", auditor.register_csv, name="register_csv"),
    path("register.pdf", auditor.register_pdf, name="register_pdf"),
    path("certificates.zip", auditor.certificates_zip, name="certificates_zip"),
    path("verify/", public.verify, name="verify"),
    path("verify/aup_verify.py", public.verifier, name="verifier"),
    path(".well-known/aup-evidence.txt", public.evidence_keys, name="evidence_keys"),
    path("verify/<str:reference>/", public.verify_reference, name="verify_reference"),
    path("network/authorize/", network.authorize, name="network_authorize"),
    path("network/allow-list/<str:form>/", network.allow_list, name="network_allow_list"),
    path("welcome/<str:secret>/", welcome.welcome, name="welcome"),
    path("healthz", public.healthz, name="healthz"),
    path("robots.txt", public.robots, name="robots"),
    path("admin/", admin.site.urls),
    path("accounts/", include("schoolpolicy.account_urls")),
]

handler500 = "declarations.site.errors.server_error"
