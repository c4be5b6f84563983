"""Text as people type it: whole characters, one form of each, and nothing that cannot be seen."""

import datetime as dt
import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.organisation.staff_category import YEARS

# Control characters but tab and line feed, lone surrogates, and the overrides that make a line read differently from what it says.
UNTYPABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff]")


class TypedField(forms.CharField):
    """Text without what nobody types, in Unicode's composed form (NFC), stripped; on one line unless `lines` is set."""

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
        if UNTYPABLE.search(text):
            raise forms.ValidationError(self.error_messages["untypable"], code="untypable")
        text = unicodedata.normalize("NFC", text)
        return text if self.lines else " ".join(text.split())


def check_year(day: dt.date) -> None:
    """Raises ValidationError for a first or last day of no year that anybody works in."""
    if day.year not in YEARS:
        sentence = _("Give a day between %(first)d and %(last)d.")
        raise forms.ValidationError(sentence, code="year", params={"first": YEARS[0], "last": YEARS[-1]})


def seen(text: str) -> str:
    """What a browser says of itself, with what cannot be stored left out."""
    return UNTYPABLE.sub("", text)
