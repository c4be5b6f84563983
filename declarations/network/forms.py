"""What an administrator says of a new token."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from declarations.common.dates import YEARS
from declarations.common.fields import DayField, TypedField
from declarations.common.generics import ModelForm
from declarations.network.models import NetworkToken
from declarations.organisation.models.school import School


class NewTokenForm(ModelForm):
    """What a new token is called and what it may do; `own` is the school of who makes it, None for people of the trust."""

    expires_on = DayField(
        label=_("Last day"),
        required=False,
        years=YEARS,
        help_text=_("The dashboard says when it is near. Empty: the token is taken until it is ended."),
    )

    class Meta:
        model = NetworkToken
        fields = ["school", "name", "only_for", "networks", "plain_http"]
        field_classes = {"name": TypedField, "networks": TypedField}

    def __init__(self, *args: Any, own: School | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own is not None:
            self.fields["school"].queryset = School.objects.filter(pk=own.pk)  # type: ignore[attr-defined]
            self.fields["school"].initial = own

    def validate_constraints(self) -> None:
        """Left to `make_token`, which says what is wrong beside the field."""
