"""What the leadership types when it decides about devices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import DayField, TypedField


class ApproveForm(forms.Form):
    until = DayField(label=_("Approve until"), help_text=_("The last day on which the device may connect."))
    conditions = TypedField(
        label=_("Conditions"),
        required=False,
        max_length=300,
        help_text=_("The owner and IT read them: “staff room only”, say. May be empty."),
    )


class RenewForm(forms.Form):
    until = DayField(label=_("Renew until"), help_text=_("The last day on which the devices may connect."))


class ReasonForm(forms.Form):
    """For declining and revoking: the owner reads why."""

    note = TypedField(
        label=_("Reason"),
        lines=True,
        max_length=500,
        help_text=_("The owner reads it."),
        error_messages={"required": _("Give the reason: the owner reads it.")},
    )
