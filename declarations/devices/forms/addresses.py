"""Wi-Fi addresses as people type them: a whole one, or its end."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField
from declarations.common.unprintable import INVISIBLE
from declarations.devices import mac_address

NOT_ADDRESSES = {
    "notation": _("This is not a Wi-Fi address. It has 12 digits and letters from A to F, such as 3C:22:FB:0A:1B:2C."),
    "length": _("This has %(words)s digits and letters from A to F; a Wi-Fi address has 12. Look again at what the device shows."),
    "eui_64": _("This is a longer address (EUI-64, 16 digits). The Wi-Fi address has 12: look for “Wi-Fi address” or “Physical address”."),
    "two": _("There are two different addresses in this. Type the one of Wi-Fi; each other device is added by itself."),
    "lookalike": _("A letter stands where only a digit can, such as O for 0 or l for 1. If the device shows %(words)s, type that."),
    "zero": _("This address is all zeros: Wi-Fi was switched off, perhaps. Switch it on and look again."),
    "broadcast": _("This is the address of every device at once. Look again: yours has other digits."),
    "multicast": _("No single device has this address: check the second character. Look again at what the device shows."),
}
# The browser neither fills in, capitalises nor corrects what only the device's own screen says.
UNCORRECTED = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


class AddressField(TypedField):
    """A Wi-Fi address in any way of writing; the cleaned value is the canonical one."""

    widget = forms.TextInput(attrs=UNCORRECTED)

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=mac_address.LONGEST, **rest)

    def to_python(self, value: object | None) -> str:
        return super().to_python(INVISIBLE.sub("", str(value or "")))

    def clean(self, value: object | None) -> str:
        try:
            return mac_address.canonical(super().clean(value))
        except mac_address.InvalidAddressError as error:
            raise forms.ValidationError(NOT_ADDRESSES[error.code], code=error.code, params={"words": error.words}) from error


class AddressForm(forms.Form):
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
        widget=forms.TextInput(attrs=UNCORRECTED),
        help_text=_("The device shows them in its Wi-Fi settings, such as 1B:2C or 1b2c."),
        error_messages={"required": _("Type the last four characters that the device shows.")},
    )

    def clean_end(self) -> str:
        digits = re.sub(r"[-:._/ ]", "", mac_address.plain(self.cleaned_data["end"])).upper()
        if not re.fullmatch(r"[0-9A-F]{4}", digits):
            raise forms.ValidationError(_("These are not four digits or letters from A to F."), code="notation")
        return f"{digits[:2]}:{digits[2:]}"
