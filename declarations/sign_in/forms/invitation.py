"""The form in which somebody who was invited chooses a password, or none."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from declarations.common.unprintable import UNPRINTABLE
from declarations.organisation.models.person import Person


class WelcomeForm(forms.Form):
    password1 = forms.CharField(
        label=_("Choose a password"),
        required=False,
        strip=False,
        max_length=128,
        help_text=_("12 characters at least. Leave both empty to sign in with a code that is sent to your e-mail address each time."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The password again"),
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.person = person

    def clean_password1(self) -> str:
        password = str(self.cleaned_data["password1"])
        if UNPRINTABLE.search(password):
            raise forms.ValidationError(_("This holds a character that cannot be typed or seen. Delete the text and type it again."))
        if password:
            validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password1" in cleaned and cleaned["password1"] != cleaned.get("password2", ""):
            self.add_error("password2", _("The two passwords are not the same. Type both again."))
        return cleaned
