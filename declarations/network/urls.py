"""Addresses that the network asks, and the search for a device that it has just refused."""

from django.urls import path

from declarations.network import radius_rest, views_last_seen

urlpatterns = [
    path("devices/seen/", views_last_seen.seen, name="device_seen"),
    path("network/authorize/", radius_rest.authorize, name="network_authorize"),
    path("network/allow-list/<str:form>/", radius_rest.allow_list, name="network_allow_list"),
]
