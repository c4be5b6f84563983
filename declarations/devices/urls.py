"""Addresses of one's own devices."""

from django.urls import path

from declarations.devices.views import devices

urlpatterns = [
    path("devices/", devices.devices, name="devices"),
    path("devices/add/", devices.add, name="device_add"),
    path("devices/<int:pk>/address/", devices.address, name="device_address"),
    path("devices/<int:pk>/ask/", devices.ask, name="device_ask"),
    path("devices/<int:pk>/withdraw/", devices.withdraw, name="device_withdraw"),
    path("devices/<int:pk>/lost/", devices.lost, name="device_lost"),
    path("devices/<int:pk>/give-up/", devices.give_up, name="device_give_up"),
]
