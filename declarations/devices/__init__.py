"""Devices: owners add a device and ask for permission; the leadership approves, declines, revokes and renews.

It holds devices, their Wi-Fi addresses and permissions, and the one rule about which device may connect. It does not know how the
network asks: the network's room, the register and the dashboard ask it.
"""
