"""What people type who do not sign for now, and what the leadership answers or grants."""

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import DayField, TypedField
from declarations.signing.forms.person import PersonForm
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


class ExemptionForm(PersonForm):
    from_on = DayField(label=_("From"))
    until = DayField(label=_("Until"), help_text=_("The last day on which they are exempt."))
    reason = TypedField(
        label=_("Reason"),
        max_length=300,
        help_text=_("“Long absence” is enough: nothing about anybody’s health. Only the leadership reads it."),
        error_messages={"required": _("Give the reason: long absence, say.")},
    )
