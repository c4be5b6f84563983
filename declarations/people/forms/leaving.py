"""Leaving and coming back, as they are typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import check_year


class Day(forms.DateField):
    def __init__(self, **rest: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), validators=[check_year], **rest)


class LeaveForm(forms.Form):
    leaves_on = Day(
        label=_("Leaves on"),
        help_text=_("From this day on nothing works any more. Whose last day is 31 August leaves on 1 September."),
        error_messages={"required": _("Say from which day on they are gone."), "invalid": _("This is not a day.")},
    )


class ComeBackForm(forms.Form):
    starts_on = Day(
        label=_("Starts again on"), error_messages={"required": _("Say from which day on."), "invalid": _("This is not a day.")}
    )
    leaves_on = Day(label=_("Leaves again on"), required=False, help_text=_("Empty: not known, or the usual day of their category."))
