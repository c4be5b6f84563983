"""What people type about accounts."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from declarations.common.fields import DayField, TypedField
from declarations.organisation.models.person import Person
from declarations.social_media import rules
from declarations.social_media.models.account import SchoolAccount
from declarations.social_media.models.history import AccountReview


def typed(field: "models.Field[Any, Any]", **rest: Any) -> forms.Field | None:
    """Typed text and days in our own fields; nothing is required while it is a draft."""
    if isinstance(field, models.CharField | models.TextField) and not field.choices and not isinstance(field, models.EmailField):
        is_long = isinstance(field, models.TextField)
        return TypedField(label=field.verbose_name, max_length=field.max_length, required=False, lines=is_long, help_text=field.help_text)
    if isinstance(field, models.DateField):
        return DayField(label=field.verbose_name, required=False, years=range(2005, 2101))
    return field.formfield(**rest | ({"required": False} if field.null else {}))


class ColleaguesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # django-stubs' class takes a parameter, Django's does not
    """Ticked colleagues. SQLite cannot be asked for a number past 64 bits, so a number that long is refused before."""

    def clean(self, value: Any) -> Any:
        for number in value or ():
            if len(str(number)) > 18:
                raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": number})
        return super().clean(value)


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # django-stubs' class takes a parameter, Django's does not
    """The proposal of an account, or one that exists; a draft may be incomplete."""

    keepers = ColleaguesField(
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("keepers"),
        help_text=_("Two colleagues or more who hold the sign-in. Never pupils."),
    )

    class Meta:
        model = SchoolAccount
        formfield_callback = typed
        fields = (
            "platform", "other_platform", "hosted_by", "name", "address", "purpose", "audience", "youngest_age", "is_public",
            "registered_email", "posts", "comments_checked", "direct_messages", "messages_watched_by", "photographs",
            "consent_checked_by", "links_checked", "two_step", "technical_risks_by", "teaching_risks_by", "data_protection",
            "begins_on", "ends_on", "at_the_end", "promised",
        )  # fmt: skip

    field_order = ("platform", "other_platform", "name", "address", "purpose", "audience", "youngest_age", "registered_email", "keepers")

    def __init__(self, *args: Any, colleagues: "models.QuerySet[Person]", domains: str, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.fields["keepers"].queryset = colleagues  # type: ignore[attr-defined]  # a field of people
        self.fields["registered_email"].help_text = _(
            "A shared mailbox of the school, never a personal address. It ends in: %(domains)s"
        ) % {"domains": ", ".join(domains.split()) or "–"}
        self.fields["platform"].choices = [("", _("Choose …")), *list(self.fields["platform"].choices)[1:]]  # type: ignore[attr-defined]  # a choice
        for field in self.fields.values():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        if facts.get("platform") == rules.OTHER and not facts.get("other_platform"):
            self.add_error("other_platform", _("Type the name of the platform."))
        begins_on, ends_on = facts.get("begins_on"), facts.get("ends_on")
        if begins_on and ends_on and ends_on < begins_on:
            self.add_error("ends_on", _("It cannot end before it begins."))
        return facts


def words(label: Any, *, most: int = 500, required: Any = None, help_text: Any = "") -> TypedField:
    """A few lines of text; `required` is what is said if there are none."""
    errors = {"required": required} if required else {}
    return TypedField(label=label, lines=True, max_length=most, required=bool(required), error_messages=errors, help_text=help_text)


class DecisionForm(forms.Form):
    """The headteacher approves, declines or asks."""

    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=[("approve", _("Approve")), ("decline", _("Decline")), ("ask", _("Ask a question first"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose your decision.")},
    )
    review_on = DayField(label=_("Review by"), required=False, help_text=_("If you approve: within a year."))
    conditions = words(_("Conditions"), help_text=_("If you approve. May be empty."))
    age_answer = words(_("Why are younger pupils among the audience?"), help_text=_("Only if they are younger than the platform allows."))
    note = words(_("Reason, or question"), help_text=_("If you decline or ask. Whoever proposed the account reads it."))

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        if facts.get("decision") == "approve" and not facts.get("review_on") and "review_on" not in self.errors:
            self.add_error("review_on", _("Choose the day by which the account is reviewed."))
        if facts.get("decision") in {"decline", "ask"} and not facts.get("note"):
            self.add_error("note", _("Type the reason or the question."))
        return facts


class NothingForm(forms.Form):
    """A button alone."""


class AnswerForm(forms.Form):
    answer = words(_("Your answer"), most=1000, required=_("Type your answer."))


class LiveForm(forms.Form):
    address = TypedField(label=_("Address of the account"), max_length=200, required=False, help_text=_("As it was approved."))


class ReasonForm(forms.Form):
    reason = words(_("Reason"), required=_("Give the reason: the keepers read it."))


class ReviewForm(forms.Form):
    """One answer for each line, and the day of the next review."""

    next_on = DayField(label=_("Next review by"), error_messages={"required": _("Choose the day of the next review.")})
    conditions = words(_("Conditions from now on"))

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        for name, known in forms.fields_for_model(AccountReview, AccountReview.LINES).items():
            self.fields[name] = forms.ChoiceField(
                label=known.label,
                choices=AccountReview.Line.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose yes, no or not applicable.")},
            )
        self.order_fields(AccountReview.LINES)


class CloseForm(forms.Form):
    closed_content = forms.ChoiceField(label=_("The content is"), choices=SchoolAccount.Content.choices)
    sign_in_removed_by = TypedField(
        label=_("Who removed the sign-in"), max_length=120, error_messages={"required": _("Say who removed the sign-in.")}
    )


class HandOverForm(forms.Form):
    """A colleague who takes over from one of the keepers."""

    keeper = forms.ModelChoiceField(queryset=Person.objects.none(), label=_("From"))
    to = forms.ModelChoiceField(queryset=Person.objects.none(), label=_("To"))
