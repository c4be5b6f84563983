"""What owners say about their devices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import TypedField
from declarations.common.unprintable import INVISIBLE
from declarations.devices import mac_address
from declarations.devices.models import Device

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


class AddressField(TypedField):
    """A Wi-Fi address in any way of writing; the cleaned value is the canonical one."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=mac_address.LONGEST, **rest)
        unhelped(self)

    def to_python(self, value: object | None) -> str:
        return super().to_python(INVISIBLE.sub("", str(value or "")))

    def clean(self, value: object | None) -> str:
        try:
            return mac_address.canonical(super().clean(value))
        except mac_address.InvalidAddressError as wrong:
            raise forms.ValidationError(NOT_ADDRESSES[wrong.code], code=wrong.code, params={"words": wrong.words}) from wrong


def unhelped(field: forms.Field) -> None:
    """The browser neither fills in, capitalises nor corrects what only the device's own screen says."""
    field.widget.attrs.update({"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"})


def reason_field() -> TypedField:
    return TypedField(
        label=_("What do you want to use it for?"),
        lines=True,
        max_length=500,
        help_text=_("A few words: the leadership reads this when it decides."),
        error_messages={"required": _("Say in a few words what you want to use it for.")},
    )


class DeviceForm(forms.Form):
    """A device and the request for it."""

    kind = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("", _("Choose …")), *Device.Kind.choices],
        error_messages={"required": _("Choose what it is."), "invalid_choice": _("Choose what it is from the list.")},
    )
    make_and_model = TypedField(
        label=_("Make and model"),
        max_length=80,
        help_text=_("Such as: Fairphone 5, iPad Air, ThinkPad X1."),
        error_messages={"required": _("Type the make and model.")},
    )
    address = AddressField(
        label=_("Wi-Fi address"),
        help_text=_("Also called MAC address. Any way of writing it will do: 3C:22:FB:0A:1B:2C or 3c22fb0a1b2c."),
        error_messages={"required": _("Type the Wi-Fi address. Below is how to find it.")},
    )
    reason = reason_field()
    reaches_school_data = forms.BooleanField(
        label=_("I want to open school data on it, other than e-mail (registers or files in a browser, for example)"),
        required=False,
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        unhelped(self.fields["make_and_model"])


class AskForm(forms.Form):
    """Asking again for a device that is known."""

    reason = reason_field()
