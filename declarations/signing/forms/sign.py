"""The declaration, as it is filled in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField
from declarations.policies.models import PolicyVersion

LARGEST_ID = 2**63 - 1


class SigningForm(forms.Form):
    """The ticks of this AUP, one field each (`confirm_<key>`), the typed name, and the two versions as they were shown."""

    aup = forms.IntegerField(min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput)
    leaflet = forms.IntegerField(min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput)
    typed_name = TypedField(
        label=_("Type your full name"),
        max_length=120,
        help_text=_("This is your signature."),
        error_messages={"required": _("Type your name: it is your signature.")},
    )
    typed_name.widget.attrs["autocomplete"] = "name"

    def __init__(self, *args: Any, aup: PolicyVersion, leaflet: PolicyVersion, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.versions = (aup.pk, leaflet.pk)
        self.initial.update(aup=aup.pk, leaflet=leaflet.pk)
        self.keys = [str(one["key"]) for one in aup.confirmations]
        for one in aup.confirmations:
            self.fields[f"confirm_{one['key']}"] = forms.BooleanField(
                label=one["text"],
                error_messages={"required": _("Tick this to sign.")},
            )
        self.order_fields(["aup", "leaflet", *(f"confirm_{key}" for key in self.keys), "typed_name"])

    def confirmations(self) -> list[forms.BoundField]:
        """The fields to tick, in the policy's order."""
        return [self[f"confirm_{key}"] for key in self.keys]

    def shown(self) -> tuple[int, int]:
        """The AUP and leaflet that the page showed, (0, 0) if it does not say."""
        return self.cleaned_data.get("aup") or 0, self.cleaned_data.get("leaflet") or 0

    def is_about_these(self) -> bool:
        """Whether the page showed the versions that this form was made for."""
        return self.shown() == self.versions

    def confirmed(self) -> list[str]:
        """The keys of what was ticked."""
        return [key for key in self.keys if self.cleaned_data.get(f"confirm_{key}")]
