"""Where a request came from."""

import ipaddress

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address of who asks, as far as the proxies in front are trusted (TRUSTED_PROXIES); None over a socket, or past them."""
    try:
        return str(ipaddress.ip_address(get_adapter().get_client_ip(request).partition("%")[0]))
    except (PermissionDenied, ValueError):
        return None
