"""The form with which a declaration is signed."""

from typing import TypedDict

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from declarations.common.errors import RefusedError
from declarations.common.fields import TypedField
from declarations.signing.queries import ToSign

LARGEST_ID = 2**63 - 1


class Typed(TypedDict):
    """What somebody ticked and typed, and on which two versions; 0 if the page did not say."""

    aup_id: int
    leaflet_id: int
    confirmed: list[str]
    typed_name: str


class SigningForm(forms.Form):
    """One tick for each confirmation of this AUP (`confirm_<key>`), the typed name, and the two versions that the page showed."""

    aup = forms.IntegerField(min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput)
    leaflet = forms.IntegerField(min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput)
    typed_name = TypedField(
        label=_("Type your full name"),
        max_length=120,
        help_text=_("This is your signature."),
        error_messages={"required": _("Type your name: it is your signature.")},
    )
    typed_name.widget.attrs["autocomplete"] = "name"

    def __init__(self, data: QueryDict | None = None, *, page: ToSign, kept: Typed | None = None) -> None:
        """`kept` is what `typed` gave before; its ticks count only for the versions that they were made for."""
        super().__init__(data)
        self.page = page
        self.versions = (page.aup.pk, page.leaflet.pk)
        self.initial.update(aup=page.aup.pk, leaflet=page.leaflet.pk)
        self.keys = [str(confirmation["key"]) for confirmation in page.aup.confirmations]
        for key, confirmation in zip(self.keys, page.aup.confirmations, strict=True):
            errors = {"required": _("Tick this to sign.")}
            self.fields[f"confirm_{key}"] = forms.BooleanField(label=confirmation["text"], error_messages=errors)
        self.order_fields(["aup", "leaflet", *(f"confirm_{key}" for key in self.keys), "typed_name"])
        if kept is not None:
            self.initial["typed_name"] = kept["typed_name"]
            if (kept["aup_id"], kept["leaflet_id"]) == self.versions:
                self.initial.update({f"confirm_{key}": True for key in kept["confirmed"]})

    def confirmations(self) -> list[forms.BoundField]:
        """The fields to tick, in the policy's order."""
        return [self[f"confirm_{key}"] for key in self.keys]

    def typed(self) -> Typed:
        """What was ticked and typed: for the action that signs, and for the session."""
        aup_id, leaflet_id = self.cleaned_data.get("aup") or 0, self.cleaned_data.get("leaflet") or 0
        ticked = [key for key in self.keys if self.cleaned_data.get(f"confirm_{key}")]
        return {"aup_id": aup_id, "leaflet_id": leaflet_id, "confirmed": ticked, "typed_name": self.cleaned_data.get("typed_name", "")}

    def is_about_these(self) -> bool:
        """Whether the page showed the versions that this form was made for."""
        typed = self.typed()
        return (typed["aup_id"], typed["leaflet_id"]) == self.versions

    def is_to_be_signed(self) -> bool:
        """Whether it was sent and is complete. A page that showed other versions is for the action to refuse, however incomplete."""
        return self.is_bound and (self.is_valid() or not self.is_about_these())

    def after(self, refusal: RefusedError) -> "SigningForm":
        """The form to show after a refusal; where the texts changed, with the name alone, because the ticks were for other texts."""
        if refusal.code != "changed":
            return self
        return SigningForm(page=self.page, kept={**self.typed(), "aup_id": 0})
