"""The forms for importing a staff list: the file, its columns, and the confirmation."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from declarations.common.spreadsheets import letters
from declarations.common.spreadsheets.tables import MOST_BYTES
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.staff_lists.columns import COLUMNS, has_name
from declarations.staff_lists.files import File
from declarations.staff_lists.plan import WHY_UNREADABLE, Choices, Line, Plan

LABELS = {
    "staff_number": _("Staff number"),
    "email": _("E-mail"),
    "full_name": _("Name"),
    "forename": _("Forename"),
    "surname": _("Surname"),
    "job_title": _("Title"),
    "category": _("Category"),
    "starts_on": _("First day"),
    "last_day": _("Last day"),
    "status": _("Active or not"),
}
HELP = {
    "staff_number": _("Payroll number, staff code or the like: the surest way to tell who is who."),
    "full_name": _("In one column; or else the next two."),
    "category": _("Supply, agency, trainee, contractor, volunteer and governor are known; anything else is staff."),
    "last_day": _("On the day after it nothing works any more."),
    "status": _("Suspended, blocked or the like: they do not join."),
}
READINGS = {
    letters.UTF_8: _("as it stands (UTF-8)"),
    letters.MIXED: _("UTF-8, and rows that are not as Windows-1252"),
    letters.TWICE: _("mended, because letters were turned into two"),
    letters.WINDOWS: _("western Windows (1252)"),
    "mac_roman": _("Macintosh"),
    "cp850": _("MS-DOS (850)"),
    "cp1250": _("central European Windows (1250)"),
}
# The form asks about this many possible duplicates; with more of them the list itself needs a look.
MOST_SETTLED = 200


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), one row a contract or one a person, with headings. 5 MB at most."),
        error_messages={"required": _("Choose the file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    school = forms.ModelChoiceField(label=_("School"), queryset=School.objects.none())

    def __init__(self, *args: Any, schools: Any, **rest: Any) -> None:
        """`schools` are those that people of the trust choose from; None for everybody else."""
        super().__init__(*args, **rest)
        if schools is None:
            del self.fields["school"]
        else:
            self.fields["school"].queryset = schools  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(WHY_UNREADABLE["too_big"])
        content: bytes = file.read()
        return content


class FileForm(forms.Form):
    """Which sheet is the list, and how its letters are read, where there is more than one way."""

    sheet = forms.ChoiceField(label=_("Which sheet is the list?"), widget=forms.RadioSelect, error_messages={"required": _("Say which.")})
    reading = forms.ChoiceField(label=_("How are the letters to be read?"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, file: File, words: dict[str, str]) -> None:
        """`words` are the letters in question in each reading."""
        super().__init__(data, initial={"reading": file.readings[0]})
        if file.sheets:
            self.fields["sheet"].choices = [(name, name) for name in file.sheets]  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["sheet"]
        if words:
            ways = [(reading, f"{words[reading]} – {READINGS[reading]}") for reading in words]
            self.fields["reading"].choices = ways  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["reading"]


class ColumnsForm(forms.Form):
    """For each field, the column that holds it."""

    covers = forms.MultipleChoiceField(
        label=_("The list is about"),
        choices=[choice for choice in Person.Category.choices if choice[0] != Person.Category.EXTERNAL],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say whom the list is about.")},
    )
    missing_leave = forms.BooleanField(
        label=_("Whoever of these is not in the list has left"),
        required=False,
        help_text=_("Only if it is the whole list of them. They leave today; the next page says who."),
    )

    def __init__(self, data: Any = None, *, names: list[str], choices: Choices) -> None:
        self.before = choices
        super().__init__(data, initial={"covers": choices.covers, "missing_leave": choices.missing_leave, **choices.columns})
        offered = [("", _now("– not in this file –")), *((name, name) for name in names)]
        columns = {
            what: forms.ChoiceField(label=LABELS[what], choices=offered, required=False, help_text=HELP.get(what, "")) for what in COLUMNS
        }
        self.fields = {**columns, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen: dict[str, str] = {}
        for what in COLUMNS:
            name = cleaned.get(what)
            if name and name in chosen.values():
                self.add_error(what, _("This column is chosen twice."))
            elif name:
                chosen[what] = name
        if not has_name(chosen) and not self.errors:
            self.add_error("full_name", WHY_UNREADABLE["no_name"])
        return cleaned

    def choices(self) -> Choices:
        columns = {what: self.cleaned_data[what] for what in COLUMNS if self.cleaned_data[what]}
        return replace(
            self.before,
            columns=columns,
            covers=self.cleaned_data["covers"],
            missing_leave=self.cleaned_data["missing_leave"],
            is_new=False,
        )


class ConfirmForm(forms.Form):
    """The fingerprint of the preview, a second confirmation if many leave, and who each possible duplicate is."""

    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)
    many_leave = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        super().__init__(data, initial={"fingerprint": plan.fingerprint()})
        self.rows_of = {line.person_id: line.number for line in plan.lines if line.person_id is not None and line.rows}
        self.lines = plan.of("duplicate")[:MOST_SETTLED]
        if plan.many_leave or (data is not None and "many_leave" in data):
            sentence = _now("Yes, %(leave)d of the %(here)d people whom the list is about leave now or within 60 days (%(percent)d %%)")
            self.fields["many_leave"].label = sentence % {"leave": len(plan.leaving), "here": plan.here, "percent": plan.percent}
        else:
            del self.fields["many_leave"]
        for line in self.lines:
            self.fields[f"settle_{line.number}"] = forms.ChoiceField(
                label=line.name, choices=who_is_who(line), required=False, widget=forms.RadioSelect, initial=""
            )

    def ask_many_leave(self, why: str) -> None:
        """Asks for the second confirmation, also when only the answers about duplicates make many leave."""
        self.fields.setdefault("many_leave", forms.BooleanField(required=False, label=_("Yes, they leave")))
        self.add_error("many_leave", why)

    def clean(self) -> dict[str, Any]:
        """Refuses two rows for one person: the last would overwrite the first, and it could not be undone."""
        cleaned = super().clean() or {}
        rows_of = {str(person): row for person, row in self.rows_of.items()}
        for line in self.lines:
            answer = cleaned.get(f"settle_{line.number}") or "new"
            if answer in rows_of:
                self.add_error(f"settle_{line.number}", _("They are row %(row)d already.") % {"row": rows_of[answer]})
            elif answer != "new":
                rows_of[answer] = line.number
        return cleaned

    def settled(self) -> dict[int, str]:
        answers = {line.number: self.cleaned_data.get(f"settle_{line.number}", "") for line in self.lines}
        return {row: answer for row, answer in answers.items() if answer}

    def duplicates(self) -> list[tuple[Line, Any]]:
        return [(line, self[f"settle_{line.number}"]) for line in self.lines]


def who_is_who(line: Line) -> list[tuple[str, str]]:
    same = [(str(person.pk), _now("The same person as %(who)s") % {"who": told_apart(person)}) for person in line.candidates]
    return [("", _now("Leave out for now")), *same, ("new", _now("Somebody new of the same name"))]


def told_apart(person: Person) -> str:
    """What tells namesakes apart."""
    parts = [person.full_name, person.email or _now("no e-mail address"), person.job_title]
    if person.starts_on:
        parts.append(_now("since %(day)s") % {"day": date_format(person.starts_on, "j F Y")})
    if person.leaves_on:
        parts.append(_now("until %(day)s") % {"day": date_format(person.leaves_on, "j F Y")})
    return ", ".join(part for part in parts if part)
