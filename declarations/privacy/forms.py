"""The forms for placing a legal hold and for confirming a disposal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField
from declarations.organisation.models.person import Person


class LegalHoldForm(forms.Form):
    person = forms.ModelChoiceField(Person.objects.none(), label=_("Person"))
    reason = TypedField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Whose matter it is and where it is filed; no details of it. Only the desk reads it."),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ModelChoiceField(people, label=_("Person"))


class DisposalForm(forms.Form):
    """Confirms a disposal; `seen` holds the counts that were shown, so that it is shown again once they have changed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=400)
    sure = forms.BooleanField(label=_("I have looked at what goes. It cannot be brought back."))
