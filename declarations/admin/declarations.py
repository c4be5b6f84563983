"""What was signed: looked up here, never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.admin.desk import Desk
from declarations.admin.filters import SchoolFilter
from declarations.models import Declaration


class DeclarationAdmin(Desk):
    list_display = ["person_name", "reference", "signed_on", "lapses_on", "aup_version", "leaflet_version", "certificate"]
    list_filter = ["school_year", SchoolFilter]
    list_select_related = ["aup", "leaflet"]
    search_fields = ["reference", "person_name", "person_email", "person__full_name", "person__email"]
    search_help_text = gettext_lazy("A name, an e-mail address, or a reference.")
    fields = [
        "certificate", "reference", "school_name", "person_name", "person_email", "person_title", "aup", "leaflet", "statement",
        "ticked", "typed_name", "signed_at", "time_zone", "lapses_on", "signed_in_with", "signed_in_at",
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002  # Django's signature
        return self.fields

    @admin.display(description=gettext_lazy("AUP"), ordering="aup__number")
    def aup_version(self, obj: Declaration) -> int:
        return obj.aup.number

    @admin.display(description=gettext_lazy("leaflet"), ordering="leaflet__number")
    def leaflet_version(self, obj: Declaration) -> int:
        return obj.leaflet.number

    @admin.display(description=gettext_lazy("confirmations as ticked"))
    def ticked(self, obj: Declaration) -> str:
        return format_html("<ul>{}</ul>", format_html_join("", "<li>✓ {}</li>", [(one["text"],) for one in obj.confirmations]))

    @admin.display(description=gettext_lazy("certificate"))
    def certificate(self, obj: Declaration) -> str:
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            reverse("certificate", args=[obj.reference]),
            format_html('{}<span class="visually-hidden"> {}</span>', _("page"), obj.reference),
            reverse("certificate_pdf", args=[obj.reference]),
            format_html('{}<span class="visually-hidden"> {}</span>', _("PDF"), obj.reference),
        )
