"""Every address. Names are the words of the house; tests/test_access.py fails for one that it does not know."""

from django.contrib import admin
from django.urls import include, path

from declarations.views import addresses, auditor, changes, devices, leaflet, network, outcomes, paper, public, signing, staff, welcome

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

handler500 = "declarations.views.trouble.server_error"
