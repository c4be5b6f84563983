"""How people sign in: the school's providers, and the tablets that are lent for signing."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.organisation.models.school import School
from declarations.sign_in.linked_accounts import set_up
from declarations.sign_in.models import IdentityProvider
from declarations.signing.actions.kiosk import close_tablet
from declarations.signing.models.kiosk import KioskSession
from declarations.web.admin_base import ADMINISTRATOR, SchoolScopedAdmin, context_of, has_role, person_of
from declarations.web.admin_filters import SchoolFilter


def when(at: dt.datetime) -> str:
    """In the school's zone, which the desk has made the current one."""
    return date_format(localtime(at), "j F Y, H:i")


STAYS = ["school", "kind", "slug", "client_id", "tenant"]


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    class Meta:
        model = IdentityProvider
        fields = [*STAYS, "domains", "second_factor", "in_use"]

    def clean_domains(self) -> str:
        return " ".join(dict.fromkeys(self.cleaned_data["domains"].lower().split()))

    def clean_client_id(self) -> str:
        client_id = str(self.cleaned_data["client_id"]).strip()
        if not client_id.isascii() or not client_id.isprintable() or " " in client_id:
            raise forms.ValidationError(_("A client ID has no spaces and no accents: copy it again."))
        return client_id


class IdentityProviderAdmin(SchoolScopedAdmin):
    """Looked at by the leadership and administrators, changed by administrators; whom it pins down stays."""

    form = ProviderForm
    list_display = ["slug", "kind", "school", "domains", "second_factor", "in_use"]
    list_filter = [SchoolFilter]
    list_select_related = ["school"]
    fields = [*STAYS, "domains", "second_factor", "in_use", "callback"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request, ADMINISTRATOR)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  # Django's signature
        return has_role(request, ADMINISTRATOR)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002  # Django's signature
        return [*STAYS, "callback"] if obj else ["callback"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        school = context_of(request).school
        return {"school": school.pk, "domains": school.email_domains} if school else {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        form = super().get_form(request, obj, change, **kwargs)
        own = person_of(request).school_id
        if "school" in form.base_fields and own is not None:
            field: Any = form.base_fields["school"]
            field.queryset, field.required = School.objects.filter(pk=own), True
        return form

    @admin.display(description=gettext_lazy("redirect URI, to be given to the provider"))
    def callback(self, obj: IdentityProvider) -> str:
        if not obj.slug:
            return _("shown once it is saved")
        return f"{settings.SITE_URL}{reverse('identity_callback', args=[obj.slug])}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001  # Django's signature
        set_up(provider=obj, by=person_of(request), at=context_of(request).at)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RefusedError as refused:
            # Somebody took the name in the same moment.
            self.message_user(request, str(refused), messages.ERROR)
            return redirect("admin:declarations_identityprovider_changelist")


class KioskSessionAdmin(SchoolScopedAdmin):
    list_display = ["opened_at", "opened_by", "state", "signed"]
    list_filter = [SchoolFilter]
    list_select_related = ["opened_by", "closed_by", "school"]
    fields = ["school", "opened_by", "opened_at", "closes_at", "state", "signed"]
    change_form_template = "signing/admin/kiosk.html"
    change_list_template = "signing/admin/kiosks.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("codes")

    def get_urls(self) -> list[URLPattern]:
        close = path("<path:object_id>/close/", self.admin_site.admin_view(self.close), name="declarations_kiosksession_close")
        return [close, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        found = self.get_object(request, object_id) if object_id else None
        extra = {"is_open": found is not None and found.is_open(at=context_of(request).at), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, extra)

    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Whoever is reading on it signs no more."""
        lent = self.get_object(request, object_id)
        if request.method == "POST":
            try:
                close_tablet(tablet=lent, by=person_of(request), at=context_of(request).at)
            except RefusedError as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                self.log_change(request, lent, _("Closed."))
                self.message_user(request, _("Closed: nobody signs on it any more."), messages.SUCCESS)
        return redirect("admin:declarations_kiosksession_change", lent.pk)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: KioskSession) -> str:
        if obj.closed_at is not None:
            return "✗ " + _("closed %(when)s by %(name)s") % {
                "when": when(obj.closed_at),
                "name": obj.closed_by,
            }
        if not obj.is_open(at=now()):
            return "✗ " + _("closed by itself %(when)s") % {"when": when(obj.closes_at)}
        return "✓ " + _("open until %(when)s") % {"when": when(obj.closes_at)}

    @admin.display(description=gettext_lazy("codes used on it"))
    def signed(self, obj: KioskSession) -> int:
        return len(obj.codes.all())
