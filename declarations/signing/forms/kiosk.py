"""What the leadership says when it lends a tablet."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _


class OpenForm(forms.Form):
    hours = forms.TypedChoiceField(
        label=_("How long"),
        coerce=int,
        choices=[(1, _("one hour")), (4, _("four hours")), (8, _("eight hours, a school day"))],
        initial=4,
        help_text=_("After that it closes by itself."),
    )

    def lasts(self) -> dt.timedelta:
        return dt.timedelta(hours=self.cleaned_data["hours"])
