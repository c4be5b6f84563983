"""What administrators and the leadership type about people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from declarations.models import Person, Role


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no parameter at run time
    class Meta:
        model = Person
        fields = ["school", "full_name", "email", "job_title", "category", "starts_on", "leaves_on"]
        field_classes = {"email": forms.EmailField}

    def clean_email(self) -> str:
        """In small letters, and nobody else's in whatever letters; "" for somebody without e-mail."""
        email = str(self.cleaned_data["email"]).strip().lower()
        if email and Person.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Somebody already signs in with this e-mail address."))
        return email

    def clean_full_name(self) -> str:
        """On one line, without spaces at the ends or doubled."""
        return " ".join(str(self.cleaned_data["full_name"]).split())


class RoleForm(forms.Form):
    name = forms.ChoiceField(label=_("Role"), choices=[("", _("Choose …")), *Role.Name.choices])
    ends_on = forms.DateField(
        label=_("Ends on"),
        required=False,
        help_text=_("From this day on they no longer have it. An auditor's role always ends."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def refuse(self, sentence: str, code: str) -> None:
        """Puts a refusal beside the field that it is about."""
        self.add_error({"end": "ends_on", "held": "name"}.get(code), sentence)

    def given(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "ends_on": self.cleaned_data["ends_on"]}
