"""The admin's pages of identity providers: the Microsoft 365 or Google with which a school's people sign in."""

from typing import Any, override

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.common.generics import ModelForm
from declarations.sign_in.linked_accounts import set_up
from declarations.sign_in.models import IdentityProvider
from declarations.web.admin_base import ADMINISTRATOR, AnyForm, SchoolScopedAdmin, context_of, person_of
from declarations.web.admin_filters import SchoolFilter

STAYS = ["school", "kind", "slug", "client_id", "tenant"]


class ProviderForm(ModelForm):
    class Meta:
        model = IdentityProvider
        fields = [*STAYS, "domains", "second_factor", "in_use"]

    def clean_domains(self) -> str:
        return " ".join(dict.fromkeys(self.cleaned_data["domains"].lower().split()))

    def clean_second_factor(self) -> bool:
        is_google = self.cleaned_data.get("kind", self.instance.kind) == IdentityProvider.Kind.GOOGLE
        if self.cleaned_data["second_factor"] and is_google:
            raise forms.ValidationError(_("Google does not say whether a second factor was shown: people show their own here."))
        return bool(self.cleaned_data["second_factor"])

    def clean_client_id(self) -> str:
        client_id = str(self.cleaned_data["client_id"]).strip()
        if not client_id.isascii() or not client_id.isprintable() or " " in client_id:
            raise forms.ValidationError(_("A client ID has no spaces and no accents: copy it again."))
        return client_id


class IdentityProviderAdmin(SchoolScopedAdmin):
    """The leadership and administrators look at providers; administrators change them. What identifies a provider is fixed (`STAYS`)."""

    add_roles = change_roles = (ADMINISTRATOR,)
    form = ProviderForm
    list_display = ["slug", "kind", "school", "domains", "second_factor", "in_use"]
    list_filter = [SchoolFilter]
    list_select_related = ["school"]
    fields = [*STAYS, "domains", "second_factor", "in_use", "callback"]

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*STAYS, "callback"] if obj else ["callback"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        school = context_of(request).school
        return {"school": school.pk, "domains": school.email_domains} if school else {}

    @admin.display(description=gettext_lazy("redirect URI, to be given to the provider"))
    def callback(self, obj: IdentityProvider) -> str:
        if not obj.slug:
            return _("shown once it is saved")
        return f"{settings.SITE_URL}{reverse('identity_callback', args=[obj.slug])}"

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        if set_up(provider=obj, by=person_of(request), at=context_of(request).at) is not None:
            sentence = _("For whom it vouches from now on waits for a second person; until then it is as it was, or not in use.")
            self.message_user(request, sentence, messages.WARNING)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RefusedError as refused:
            # Somebody else took the name at the same moment.
            self.message_user(request, str(refused), messages.ERROR)
            return redirect("admin:declarations_identityprovider_changelist")
