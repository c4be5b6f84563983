"""Form fields that several rooms use: typed text, and days."""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.unprintable import UNPRINTABLE


class TypedField(forms.CharField):
    """Text in Unicode's composed form (NFC), without invisible characters; on one line unless `lines` is set."""

    default_error_messages = {
        "untypable": _("This holds a character that cannot be typed or seen. Delete the text and type it again."),
    }

    def __init__(self, *, lines: bool = False, **rest: Any) -> None:
        self.lines = lines
        if lines:
            rest.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**rest)

    def to_python(self, value: object | None) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        if UNPRINTABLE.search(text):
            raise forms.ValidationError(self.error_messages["untypable"], code="untypable")
        text = unicodedata.normalize("NFC", text)
        return text if self.lines else " ".join(text.split())


class FilterField(forms.ChoiceField):
    """One of the choices, or all of them; `invalid` is said of any other."""

    def __init__(self, choices: Iterable[tuple[str, Any]], *, label: Any, invalid: Any) -> None:
        errors = {"invalid_choice": invalid}
        super().__init__(choices=[("", _("all")), *choices], label=label, required=False, error_messages=errors)


class DayInput(forms.DateInput):
    """The browser's own calendar, which needs no script and takes only ISO dates."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day; if `years` is set, in one of these years."""

    widget = DayInput
    default_error_messages = {"year": _("Choose a day from the year %(first)d to the year %(last)d.")}

    def __init__(self, *, years: range | None = None, **rest: Any) -> None:
        self.years = years
        super().__init__(**rest)

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value is not None and self.years and value.year not in self.years:
            bounds = {"first": self.years[0], "last": self.years[-1]}
            raise forms.ValidationError(self.error_messages["year"], code="year", params=bounds)
