"""Accounts in the admin: read here, and decided on the account's own page, to which each row leads."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from declarations.social_media.models.account import SchoolAccount
from declarations.web.admin_base import SchoolScopedAdmin
from declarations.web.admin_filters import SchoolFilter


class SchoolAccountAdmin(SchoolScopedAdmin):
    list_display = ["name", "platform", "proposed_by", "approved", "own_page"]
    list_filter = ["platform", SchoolFilter]
    list_select_related = ["proposed_by"]
    search_fields = ["name", "address"]

    @admin.display(description=_("decide"))
    def own_page(self, account: SchoolAccount) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("account", args=[account.pk]), _("Open"))
