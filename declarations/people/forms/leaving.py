"""The forms for leaving and coming back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.dates import WORKING_YEARS
from declarations.common.fields import DayField


class WorkingDayField(DayField):
    """Somebody's first or last day at the school."""

    default_error_messages = {"year": _("Give a day between %(first)d and %(last)d.")}

    def __init__(self, **rest: Any) -> None:
        super().__init__(years=WORKING_YEARS, **rest)


class LeaveForm(forms.Form):
    leaves_on = WorkingDayField(
        label=_("Leaves on"),
        help_text=_("From this day on nothing works any more. Whose last day is 31 August leaves on 1 September."),
        error_messages={"required": _("Say from which day on they are gone."), "invalid": _("This is not a day.")},
    )


class ComeBackForm(forms.Form):
    starts_on = WorkingDayField(
        label=_("Starts again on"), error_messages={"required": _("Say from which day on."), "invalid": _("This is not a day.")}
    )
    leaves_on = WorkingDayField(
        label=_("Leaves again on"), required=False, help_text=_("Empty: not known, or the usual day of their category.")
    )
