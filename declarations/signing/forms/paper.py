"""What is typed of a declaration that was signed on paper."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import DayField, TypedField
from declarations.organisation.models.person import Person
from declarations.signing.forms.person import PersonField, PersonForm
from declarations.signing.forms.scan import MOST_BYTES, scan_from


class PaperForm(PersonForm):
    person = PersonField(Person.objects.none(), label=_("Who signed"))
    signed_on = DayField(label=_("Day on the paper"), help_text=_("As it stands beside the signature."))
    sighted_by = TypedField(
        label=_("Sighted by"),
        max_length=120,
        help_text=_("Who has seen the signed paper: a name."),
        error_messages={"required": _("Say who has seen the signed paper.")},
    )
    filed_where = TypedField(
        label=_("Filed"),
        max_length=200,
        help_text=_("Where the paper is kept: “personnel file, office cabinet 2”, say."),
        error_messages={"required": _("Say where the paper is kept.")},
    )
    scan = forms.FileField(
        label=_("Scan"),
        required=False,
        help_text=_("May be left out. PDF, PNG, JPEG or TIFF, at most 5 MB. Only what can be seen on its pages is kept."),
    )
    compared = forms.BooleanField(
        label=_("The paper bears the version numbers of the texts that were in effect on that day (below), a name and a signature"),
        error_messages={"required": _("Compare the paper with the list below first. Another version cannot be entered for that day.")},
    )

    def clean_scan(self) -> tuple[bytes, str]:
        """The scan as it is kept, and its type; both empty without one."""
        sent = self.cleaned_data.get("scan")
        if not isinstance(sent, UploadedFile):
            return b"", ""
        if (sent.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The scan is too big: at most 5 MB are possible."))
        return scan_from(sent.read())

    def facts(self) -> dict[str, Any]:
        """What the verb takes."""
        scan, scan_type = self.cleaned_data["scan"]
        names = ("person", "signed_on", "sighted_by", "filed_where")
        return {name: self.cleaned_data[name] for name in names} | {"scan": scan, "scan_type": scan_type}
