"""Drafts of the leaflet and the policy, and publishing them."""

import datetime as dt
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from declarations.common.errors import UnreadableFileError
from declarations.common.fields import DayField, TypedField
from declarations.common.generics import ModelForm
from declarations.organisation.models.school import School
from declarations.policies.models import PolicyVersion
from declarations.policies.text import placeholders


def readable(error: UnreadableFileError) -> str:
    return gettext(error.message) % error.params


def checked(typed: str) -> str:
    """A typed text as the rules want it. Raises ValidationError with their sentence."""
    try:
        return placeholders.checked(typed)
    except UnreadableFileError as error:
        raise forms.ValidationError(readable(error)) from error


class Confirmations(TypedField):
    """One confirmation a line; stored as `[{"key": "read", "text": "…"}]`. A line that stays the same keeps its key."""

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:  # noqa: ARG002  # a JSONField hands them over
        super().__init__(lines=True, **{**kwargs, "widget": forms.Textarea(attrs={"rows": 8})})

    def prepare_value(self, value: Any) -> Any:
        return "\n\n".join(confirmation["text"] for confirmation in value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "").split() != str(data or "").split()


def keyed(typed: str, before: list[dict[str, str]]) -> list[dict[str, str]]:
    """Lines as confirmations. A key says for ever what was ticked, so other words get another key."""
    known = {confirmation["text"]: confirmation["key"] for confirmation in before}
    used = {confirmation["key"] for confirmation in before}
    confirmations: list[dict[str, str]] = []
    for line in typed.splitlines():
        sentence = " ".join(line.split())
        if not sentence or sentence in {confirmation["text"] for confirmation in confirmations}:
            continue
        key = known.get(sentence)
        if key is None:
            stem = "-".join(slugify(sentence).split("-")[:5])[:40] or "confirmation"
            key, number = stem, 1
            while key in used:
                number += 1
                key = f"{stem}-{number}"
            used.add(key)
        confirmations.append({"key": key, "text": sentence})
    return confirmations


# Of a version, on the draft's page and at publishing.
APPROVAL = ("approved_by", "approved_on", "approval_minute", "review_on")


class DraftForm(ModelForm):
    class Meta:
        model = PolicyVersion
        fields = ["title", "source_body", "source_statement", "source_confirmations", *APPROVAL]
        widgets = {
            "source_body": forms.Textarea(attrs={"rows": 30, "spellcheck": "true"}),
            "source_statement": forms.Textarea(attrs={"rows": 3}),
        }
        field_classes = {
            "title": TypedField,
            "source_statement": TypedField,
            "source_confirmations": Confirmations,
            "approved_by": TypedField,
            "approval_minute": TypedField,
        }
        help_texts = {"source_confirmations": gettext_lazy("One a line: each must be ticked to sign.")}

    def clean_source_body(self) -> str:
        return checked(str(self.cleaned_data["source_body"]))

    def clean_source_statement(self) -> str:
        statement = " ".join(str(self.cleaned_data["source_statement"]).split())
        if not statement:
            raise forms.ValidationError(_("Write the sentence that people agree to by signing."))
        return statement

    def clean_source_confirmations(self) -> list[dict[str, str]]:
        before = PolicyVersion.objects.values_list("source_confirmations", flat=True).get(pk=self.instance.pk)
        confirmations = keyed(str(self.cleaned_data["source_confirmations"]), before)
        if not confirmations:
            raise forms.ValidationError(_("Write at least one confirmation."))
        return confirmations


class NewDraftForm(forms.Form):
    """A draft begins as the latest version, or as a file of the school's own."""

    school = forms.ModelChoiceField(School.objects.all(), label=_("School"))
    document = forms.ChoiceField(label=_("Document"), choices=[("", _("Choose …")), *PolicyVersion.Document.choices])
    file = forms.FileField(
        label=_("A text of your own"),
        required=False,
        help_text=_("A Markdown or plain text file (UTF-8), at most 1 MB. Without one the draft begins as the latest version."),
    )

    def __init__(self, *args: Any, school: School | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if school is not None:
            del self.fields["school"]

    def clean_file(self) -> str:
        """The text of the file; "" without one."""
        sent = self.cleaned_data.get("file")
        if not isinstance(sent, UploadedFile):
            return ""
        try:
            return placeholders.read_text(sent.read(placeholders.MAX_BYTES + 1))
        except UnreadableFileError as error:
            raise forms.ValidationError(readable(error)) from error


class PublishForm(forms.Form):
    """Neither of the two choices is made beforehand: a correction costs nobody anything, signing again costs everybody."""

    CORRECTION = "correction"
    SIGN_AGAIN = "sign_again"

    kind = forms.ChoiceField(
        label=_("What does this ask of people?"),
        choices=[(CORRECTION, _("A correction: nobody signs again")), (SIGN_AGAIN, _("A new text: everyone signs again by the day below"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two: nothing is chosen for you.")},
    )
    sign_by = DayField(
        label=_("Sign again by"), required=False, help_text=_("Until the end of this day the earlier signature holds. Only for a new text.")
    )
    effective_from = DayField(label=_("Takes effect on"))
    reason = TypedField(
        label=_("What changed, and why"),
        lines=True,
        max_length=500,
        help_text=_("People read it when they sign again."),
        error_messages={"required": _("Say what changed and why: people read it when they sign again.")},
    )
    approved_by = TypedField(label=_("Approved by"), max_length=120, required=False, help_text=_("The governing board, say."))
    approved_on = DayField(label=_("Approved on"), required=False)
    approval_minute = TypedField(label=_("Minute"), max_length=80, required=False, help_text=_("Where the approval is on record: 2026/14."))
    review_on = DayField(label=_("Next review on"), required=False, help_text=_("After that day the front page says that it was due."))

    # How many days ahead a day may be: one that was mistyped is found here, and not in ten years.
    FARTHEST: Final = {"effective_from": 366, "sign_by": 2 * 366, "review_on": 10 * 366}

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, days in self.FARTHEST.items():
            if cleaned.get(name) and cleaned[name] > self.on + dt.timedelta(days=days):
                self.add_error(name, _("That is too far ahead. Is the year right?"))
        kind, sign_by = cleaned.get("kind"), cleaned.get("sign_by")
        if kind == self.SIGN_AGAIN and not sign_by and "sign_by" not in self.errors:
            self.add_error("sign_by", _("Choose the day by which everyone signs again."))
        if kind == self.CORRECTION and sign_by:
            self.add_error("sign_by", _("A correction has no such day. Leave it empty, or choose that everyone signs again."))
        starts = cleaned.get("effective_from")
        if kind == self.SIGN_AGAIN and sign_by and starts and sign_by < starts:
            self.add_error("sign_by", _("People cannot have to sign before the text takes effect."))
        return cleaned
