"""What people type who do not sign for now, and what the leadership answers or grants."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import DayField, TypedField
from declarations.common.generics import ModelChoiceField
from declarations.organisation.models.person import Person
from declarations.signing.models.response import Response


class ReplyForm(forms.Form):
    """Neither of the two is chosen beforehand, unless the link said so."""

    kind = forms.ChoiceField(
        label=_("What do you want to say?"),
        choices=Response.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    reason = TypedField(
        label=_("Why"),
        lines=True,
        max_length=1000,
        help_text=_("What you want to ask, or what you cannot agree to. Only the leadership reads it."),
        error_messages={"required": _("Say why: without a reason nobody can answer you.")},
    )


class AnswerForm(forms.Form):
    answer = TypedField(
        label=_("Answer"),
        lines=True,
        max_length=1000,
        help_text=_("The person reads it on their own page, and by e-mail. They can sign then, or reply again."),
        error_messages={"required": _("Write the answer: the person reads it.")},
    )


class PersonField(ModelChoiceField):
    """One of the people given; of two with one name it says what they are, and to the trust of which school."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(Person.objects.none(), label=label)
        self.of_several_schools = False

    def offer(self, people: QuerySet[Person], *, of_several_schools: bool) -> None:
        self.queryset, self.of_several_schools = people, of_several_schools

    def label_from_instance(self, obj: Person) -> str:
        words = [obj.full_name, obj.job_title, obj.school.name if self.of_several_schools and obj.school else ""]
        return ", ".join(word for word in words if word)


class ExemptionForm(forms.Form):
    person = PersonField(label=_("Who"))
    from_on = DayField(label=_("From"))
    until = DayField(label=_("Until"), help_text=_("The last day on which they are exempt."))
    reason = TypedField(
        label=_("Reason"),
        max_length=300,
        help_text=_("“Long absence” is enough: nothing about anybody’s health. Only the leadership reads it."),
        error_messages={"required": _("Give the reason: long absence, say.")},
    )

    def __init__(self, *args: Any, people: QuerySet[Person], of_several_schools: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("PersonField", self.fields["person"]).offer(people, of_several_schools=of_several_schools)
