"""Another address for a device, and the end of an address that the network has just seen."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField
from declarations.devices import mac_address
from declarations.devices.forms.devices import AddressField, unhelped


class AddressForm(forms.Form):
    """A whole address, in any notation."""

    address = AddressField(
        label=_("New Wi-Fi address"),
        help_text=_("As the device shows it now for the school Wi-Fi. Any way of writing it will do."),
        error_messages={"required": _("Type the Wi-Fi address that the device shows.")},
    )


class LastFourForm(forms.Form):
    """The last four characters of an address, as the device in the hand shows them."""

    end = TypedField(
        label=_("The last four characters of its Wi-Fi address"),
        max_length=20,
        help_text=_("The device shows them in its Wi-Fi settings, such as 1B:2C or 1b2c."),
        error_messages={"required": _("Type the last four characters that the device shows.")},
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        unhelped(self.fields["end"])

    def clean_end(self) -> str:
        digits = re.sub(r"[-:._/ ]", "", mac_address.plain(self.cleaned_data["end"])).upper()
        if not re.fullmatch(r"[0-9A-F]{4}", digits):
            raise forms.ValidationError(_("These are not four digits or letters from A to F."), code="notation")
        return f"{digits[:2]}:{digits[2:]}"
