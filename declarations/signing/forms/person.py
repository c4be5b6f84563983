"""Whom a form is about, chosen from a list."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.generics import ModelChoiceField
from declarations.organisation.models.person import Person


class PersonField(ModelChoiceField):
    """One of the people given; of two with one name it says what they are, and to the trust of which school."""

    of_several_schools = False

    def label_from_instance(self, obj: Person) -> str:
        facts = [obj.full_name, obj.job_title, obj.school.name if self.of_several_schools and obj.school else ""]
        return ", ".join(fact for fact in facts if fact)


class PersonForm(forms.Form):
    """A form about somebody else of the same school (for the trust: of any school) who has not left."""

    person = PersonField(Person.objects.none(), label=_("Who"))

    def __init__(self, *args: Any, by: Person, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.exclude(pk=by.pk).exclude(leaves_on__lte=on).select_related("school")
        field: Any = self.fields["person"]
        field.of_several_schools = by.school_id is None
        field.queryset = people.filter(school__isnull=False) if by.school_id is None else people.filter(school=by.school_id)

    def refuse(self, sentence: str, code: str) -> None:
        """Puts a refusal beside the field that it is about, else beside the person."""
        self.add_error(code if code in self.fields else "person", sentence)
