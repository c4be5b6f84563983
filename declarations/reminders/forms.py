"""Which of those who have not signed to show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import FilterField
from declarations.organisation.models.person import Person
from declarations.signing.status import SigningStatus


class NotSignedForm(forms.Form):
    """What is left out is everybody."""

    state = FilterField(
        [choice for choice in SigningStatus.choices if choice[0] != SigningStatus.SIGNED],
        label=_("State"),
        invalid=_("There is no such state. Choose one from the list."),
    )
    category = FilterField(
        [choice for choice in Person.Category.choices if choice[0] != Person.Category.EXTERNAL],
        label=_("Category"),
        invalid=_("There is no such category. Choose one from the list."),
    )

    def lets_through(self, state: str, category: str) -> bool:
        return self.cleaned_data["state"] in {"", state} and self.cleaned_data["category"] in {"", category}
