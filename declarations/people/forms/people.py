"""The forms in which administrators and the leadership add and change people and their roles."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import DayField
from declarations.common.generics import ModelForm
from declarations.organisation.models.person import Person, Role
from declarations.people.forms.leaving import WorkingDayField


class PersonForm(ModelForm):
    # The number of the school, for an administrator whose form has no field `school`.
    of_school: int | None = None

    class Meta:
        model = Person
        fields = ["school", "full_name", "email", "job_title", "category", "staff_number", "starts_on", "leaves_on"]
        field_classes = {"email": forms.EmailField, "starts_on": WorkingDayField, "leaves_on": WorkingDayField}

    def clean_email(self) -> str:
        """Put the address into small letters; refuse one that another person has. "" stands for somebody without e-mail."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if email and Person.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody already signs in with this e-mail address."))
        return email

    def clean_full_name(self) -> str:
        """Put the name on one line, with single spaces."""
        return " ".join(str(self.cleaned_data["full_name"]).split())

    def clean_staff_number(self) -> str:
        """Refuse a number that somebody else at the school has."""
        number = str(self.cleaned_data["staff_number"]).strip()
        school = self.cleaned_data.get("school") or self.instance.school_id or self.of_school
        if number and Person.objects.filter(school=school, staff_number=number).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody else at the school has this staff number."))
        return number

    def clean_starts_on(self) -> dt.date | None:
        """Refuse a first day after the last day, which is set on another page."""
        starts_on: dt.date | None = self.cleaned_data["starts_on"]
        leaves_on = self.instance.leaves_on
        if "leaves_on" not in self.fields and starts_on and leaves_on and starts_on > leaves_on:
            raise forms.ValidationError(_("They cannot leave before they start."))
        return starts_on


class RoleForm(forms.Form):
    name = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose …")), *Role.Name.choices])
    ends_on = DayField(
        label=_("Ends on"),
        required=False,
        help_text=_("From this day on they no longer have it. An auditor's role always ends."),
    )

    def refuse(self, sentence: str, code: str) -> None:
        """Put a refusal beside the field that it is about."""
        self.add_error({"end": "ends_on", "held": "name"}.get(code), sentence)

    def facts(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "ends_on": self.cleaned_data["ends_on"]}
