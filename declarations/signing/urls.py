"""Addresses of reading, signing and the kiosk."""

from django.urls import path

from declarations.signing.views import changes, kiosk, paper, read, responses, sign

urlpatterns = [
    path("leaflet/", read.contents, name="leaflet"),
    path("leaflet/all/", read.whole_text, {"document": "leaflet", "template": "signing/leaflet_whole.html"}, name="leaflet_whole"),
    path("leaflet/<slug:key>/", read.section, name="leaflet_section"),
    path("policy/", read.whole_text, {"document": "aup", "template": "signing/policy.html"}, name="policy"),
    path("changes/", changes.changes, name="changes"),
    path("versions/<int:pk>/", read.version, name="version"),
    path("sign/", sign.sign, name="sign"),
    path("sign/reply/", responses.reply, name="reply"),
    path("declarations/", sign.declarations, name="declarations"),
    path("declarations/<str:reference>/scan/", paper.scan, name="paper_scan"),
    path("tablet/", kiosk.start, name="tablet"),
    path("tablet/open/", kiosk.open_here, name="tablet_open"),
    path("tablet/leaflet/", kiosk.leaflet, name="tablet_leaflet"),
    path("tablet/sign/", kiosk.sign, name="tablet_sign"),
    path("tablet/leave/", kiosk.leave, name="tablet_leave"),
    path("tablet/touched/", kiosk.touched, name="tablet_touched"),
]
