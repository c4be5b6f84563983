"""The two forms with which anyone verifies a certificate: type its reference, or upload its file."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField
from declarations.signing import reference

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LARGEST_CERTIFICATE = 5_000_000


class ReferenceForm(forms.Form):
    """A reference, however it is written; the cleaned value is in the canonical form."""

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
    """A certificate's file. We examine it and do not keep it."""

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
