"""The search of lists of devices and permissions."""

from contextlib import suppress
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from declarations.devices import mac_address
from declarations.web.admin_base import SchoolScopedAdmin


class AddressSearchAdmin(SchoolScopedAdmin):
    """Finds Wi-Fi addresses in whatever notation they are typed."""

    search_help_text = gettext_lazy("A name, an e-mail address, a make, or a Wi-Fi address.")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        with suppress(mac_address.InvalidAddressError):
            search_term = mac_address.canonical(search_term)
        return super().get_search_results(request, queryset, search_term)
