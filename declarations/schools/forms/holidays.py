"""Forms for holidays: one that is typed, and a calendar file."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from declarations.common.dates import YEARS
from declarations.common.errors import UnreadableFileError
from declarations.common.fields import DayField, DayInput, TypedField
from declarations.common.generics import ModelForm
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.school import School
from declarations.schools.calendar_file import LONGEST_NAME, MAX_BYTES
from declarations.schools.icalendar import calendar
from declarations.schools.term_dates import LONGEST, Proposal, propose

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MOST_SHOWN = 300  # more than the term dates of three years; somebody looks at each line
YEARS_AHEAD = 3


class HolidayDayField(DayField):
    """The first or the last day of a holiday; the browser offers no day of another year."""

    default_error_messages = {"invalid": _("This is not a day. Write it like 2026-10-26 or 26/10/2026.")}

    def __init__(self, **rest: Any) -> None:
        super().__init__(
            years=YEARS,
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            widget=DayInput({"min": f"{YEARS[0]}-01-01", "max": f"{YEARS[-1]}-12-31"}),
            **rest,
        )


def too_long() -> str:
    return ngettext("A holiday is %(days)d day long at most.", "A holiday is %(days)d days long at most.", LONGEST) % {"days": LONGEST}


class DaysForm(forms.Form):
    """The name and the days of a holiday, without its school."""

    name = TypedField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("Half term, say, or bank holiday."))
    first_on = HolidayDayField(label=_("First day"))
    last_on = HolidayDayField(
        label=_("Last day"), help_text=_("The last day on which the school is closed; for one day the same day again.")
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = typed.get("first_on"), typed.get("last_on")
        if first is not None and last is not None:
            if last < first:
                self.add_error("last_on", _("A holiday cannot end before it begins."))
            elif (last - first).days >= LONGEST:
                self.add_error("last_on", too_long())
        return typed


class HolidayForm(DaysForm, ModelForm):
    """`of_school` is set for people of one school, who do not choose it."""

    of_school: int | None = None

    class Meta:
        model = Holiday
        fields = ["school", "name", "first_on", "last_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.of_school is not None and self.instance.school_id is None:
            self.instance.school_id = self.of_school

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        first, last = typed.get("first_on"), typed.get("last_on")
        school = typed["school"].pk if typed.get("school") else self.instance.school_id
        if first and last and Holiday.objects.filter(school=school, first_on=first, last_on=last).exclude(pk=self.instance.pk).exists():
            self.add_error("first_on", _("These days are entered already."))
        return typed


class CalendarForm(forms.Form):
    """A calendar file; once the form is valid, its events are in `proposals`, and in `unread` by name and why what cannot be read."""

    calendar = forms.FileField(
        label=_("Calendar file (.ics)"),
        help_text=_(
            "From the school’s website, the local authority, Google Calendar or Outlook: export the term dates as iCalendar. At most 1 MB."
        ),
        error_messages={"required": _("Choose the calendar file first."), "empty": _("This file is empty.")},
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )

    def __init__(self, *args: Any, school: School, on: dt.date, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.school, self.on = school, on
        self.proposals: list[Proposal] = []
        self.unread: list[tuple[str, str]] = []

    def clean_calendar(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["calendar"]
        first = self.school.year(on=self.on).opens_on
        try:
            data = file.read(MAX_BYTES + 1)
            read = calendar(data, zone=self.school.zone, first=first, last=first.replace(year=first.year + YEARS_AHEAD))
        except UnreadableFileError as error:
            raise forms.ValidationError(sentence_of(error), code=error.code) from error
        self.proposals = propose(read.events)
        self.unread = [(unread.name, sentence_of(unread.error)) for unread in read.unread]
        if not self.proposals and not self.unread:
            raise forms.ValidationError(_("There is nothing in it from this school year on."), code="nothing")
        if len(self.proposals) > MOST_SHOWN:
            raise forms.ValidationError(
                _("There are more than %(most)d events in it from this school year on. Export only the calendar with the term dates."),
                params={"most": MOST_SHOWN},
                code="too_many",
            )
        return file


def sentence_of(error: UnreadableFileError) -> str:
    return gettext(error.message) % error.params


def as_value(first: dt.date, last: dt.date, name: str) -> str:
    """The value of a line's checkbox: `2026-10-26 2026-10-30 Half term`."""
    return f"{first} {last} {name or gettext('Holiday')}"


def from_value(sent: str) -> tuple[dt.date, dt.date, str]:
    """Reads such a value from a request. Raises ValidationError, because a browser can send anything."""
    parts = sent.split(" ", 2)
    form = DaysForm(dict(zip(("first_on", "last_on", "name"), parts, strict=False)))
    if not form.is_valid():
        raise forms.ValidationError(_("A ticked line could not be read, so nothing was saved. Choose the file again."), code="line")
    return form.cleaned_data["first_on"], form.cleaned_data["last_on"], form.cleaned_data["name"]
