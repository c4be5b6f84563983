"""The network: what FreeRADIUS asks before a device joins the Wi-Fi, what it was told, and what it saw.

It answers the question, disconnects devices that may stay no longer, and makes allow lists and tokens. It must not decide who may connect:
that rule is in devices. FreeRADIUS calls it, and the worker; the admin and the owners' pages show what it saw.
"""
