"""Which of those who are left to show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.organisation.models.person import Person
from declarations.signing.status import SigningStatus


class LeftForm(forms.Form):
    """What is left out is everybody."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *(choice for choice in SigningStatus.choices if choice[0] != SigningStatus.SIGNED)],
        error_messages={"invalid_choice": _("There is no such state. Choose one from the list.")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=[("", _("all")), *(choice for choice in Person.Category.choices if choice[0] != Person.Category.EXTERNAL)],
        error_messages={"invalid_choice": _("There is no such category. Choose one from the list.")},
    )

    def lets_through(self, state: str, category: str) -> bool:
        return self.cleaned_data["state"] in {"", state} and self.cleaned_data["category"] in {"", category}
