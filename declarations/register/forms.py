"""What auditors ask the register."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.dates import YEARS
from declarations.common.fields import DayField, FilterField, TypedField
from declarations.organisation.models.person import Person
from declarations.register.register import Filters
from declarations.signing.models.declaration import NEWLY_KNOWN
from declarations.signing.status import DeclarationStatus, SigningStatus

NO_SUCH_STATE = _("There is no such state. Choose one from the list.")


class RegisterForm(forms.Form):
    """The day and the filters; what is left out is today, and everybody."""

    on = DayField(
        label=_("As at the end of"),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"],
        years=YEARS,
        error_messages={"invalid": _("This is not a day. Write it like 2026-05-12 or 12/05/2026.")},
    )
    state = FilterField(DeclarationStatus.choices, label=_("Declaration"), invalid=NO_SUCH_STATE)
    stands = FilterField(SigningStatus.choices, label=_("What is left to do"), invalid=NO_SUCH_STATE)
    category = FilterField(
        [choice for choice in Person.Category.choices if choice[0] != Person.Category.EXTERNAL],
        label=_("Category"),
        invalid=_("There is no such category. Choose one from the list."),
    )
    newer = FilterField(NEWLY_KNOWN, label=_("Address or second factor when signing"), invalid=_("Choose one from the list."))
    q = TypedField(label=_("Name, e-mail or reference"), required=False, max_length=120)

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field == "on":
            # A browser empties a date field that holds no date: as text, what was typed stays.
            self.fields["on"].widget.input_type = "text"

    def filters(self) -> Filters:
        return Filters(
            declaration_status=self.cleaned_data["state"],
            signing_status=self.cleaned_data["stands"],
            category=self.cleaned_data["category"],
            newer=self.cleaned_data["newer"],
            name=self.cleaned_data["q"],
        )
