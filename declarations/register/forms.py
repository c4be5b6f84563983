"""What auditors ask the register, and what anyone types to verify a certificate."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.dates import YEARS
from declarations.common.fields import DayField, TypedField
from declarations.organisation.models.person import Person
from declarations.register.register import Filters, State
from declarations.signing import reference, status

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LARGEST_CERTIFICATE = 5_000_000


class RegisterForm(forms.Form):
    """The day and the filters; what is left out is today, and everybody."""

    on = DayField(
        label=_("As at the end of"),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"],
        years=YEARS,
        error_messages={"invalid": _("This is not a day. Write it like 2026-05-12 or 12/05/2026.")},
    )
    state = forms.ChoiceField(
        label=_("Declaration"),
        required=False,
        choices=[("", _("all")), *State.choices],
        error_messages={"invalid_choice": _("There is no such state. Choose one from the list.")},
    )
    stands = forms.ChoiceField(
        label=_("What is left to do"),
        required=False,
        choices=[("", _("all")), *status.SigningStatus.choices],
        error_messages={"invalid_choice": _("There is no such state. Choose one from the list.")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=[("", _("all")), *(one for one in Person.Category.choices if one[0] != Person.Category.EXTERNAL)],
        error_messages={"invalid_choice": _("There is no such category. Choose one from the list.")},
    )
    q = TypedField(label=_("Name, e-mail or reference"), required=False, max_length=120)

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field == "on":
            # A browser empties a date field that holds no date: as text, what was typed stays.
            self.fields["on"].widget.input_type = "text"

    def filters(self) -> Filters:
        return Filters(
            state=self.cleaned_data["state"],
            stands=self.cleaned_data["stands"],
            category=self.cleaned_data["category"],
            name=self.cleaned_data["q"],
        )


class ReferenceForm(forms.Form):
    """A reference in any way of writing it; clean, it is the one way."""

    reference = TypedField(
        label=_("Reference"),
        max_length=64,
        help_text=_("16 letters and digits on the certificate, such as 7Q2M-K0TX-9D4V-HW6B. Case, spaces and dashes do not matter."),
        error_messages={
            "required": _("Type the reference that is on the certificate."),
            "max_length": _("This is too long for a reference: it has 16 letters and digits."),
        },
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["reference"].widget.attrs.update(autocomplete="off", autocapitalize="characters", spellcheck="false")

    def clean_reference(self) -> str:
        canonical = reference.canonical(self.cleaned_data["reference"])
        if canonical is None:
            raise forms.ValidationError(
                _("This is not a reference: it has 16 letters and digits, in four groups of four. Compare it with the certificate.")
            )
        return canonical


class CertificateForm(forms.Form):
    """A certificate's file, to be examined and not kept."""

    certificate = forms.FileField(
        label=_("Certificate (PDF)"),
        help_text=_("It is examined and not kept."),
        error_messages={"required": _("Choose the file of a certificate first."), "empty": _("This file is empty.")},
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def clean_certificate(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["certificate"]
        if (file.size or 0) > LARGEST_CERTIFICATE:
            raise forms.ValidationError(_("This file is larger than any certificate: at most 5 MB."))
        return file
