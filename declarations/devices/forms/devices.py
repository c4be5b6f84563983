"""What owners say about their devices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField
from declarations.devices.forms.addresses import UNCORRECTED, AddressField
from declarations.devices.models import Device


class AskForm(forms.Form):
    """Asks again for a device that is known."""

    reason = TypedField(
        label=_("What do you want to use it for?"),
        lines=True,
        max_length=500,
        help_text=_("A few words: the leadership reads this when it decides."),
        error_messages={"required": _("Say in a few words what you want to use it for.")},
    )


class DeviceForm(AskForm):
    """A device and the request for it."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("", _("Choose …")), *Device.Kind.choices],
        error_messages={"required": _("Choose what it is."), "invalid_choice": _("Choose what it is from the list.")},
    )
    make_and_model = TypedField(
        label=_("Make and model"),
        max_length=80,
        widget=forms.TextInput(attrs=UNCORRECTED),
        help_text=_("Such as: Fairphone 5, iPad Air, ThinkPad X1."),
        error_messages={"required": _("Type the make and model.")},
    )
    address = AddressField(
        label=_("Wi-Fi address"),
        help_text=_("Also called MAC address. Any way of writing it will do: 3C:22:FB:0A:1B:2C or 3c22fb0a1b2c."),
        error_messages={"required": _("Type the Wi-Fi address. Below is how to find it.")},
    )
    reaches_school_data = forms.BooleanField(
        label=_("I want to open school data on it, other than e-mail (registers or files in a browser, for example)"), required=False
    )
    field_order = ["kind", "make_and_model", "address", "reason", "reaches_school_data"]
