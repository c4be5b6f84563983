"""The form for a code that came by e-mail or was given at the office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField


class CodeForm(forms.Form):
    code = TypedField(
        label=_("Code"),
        max_length=20,
        error_messages={"required": _("Type the code.")},
    )
    code.widget.attrs |= {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
