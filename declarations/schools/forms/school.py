"""The form for a school's settings and its logo."""

import io
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator, validate_email
from django.utils.translation import gettext_lazy as _

from declarations.common.generics import ModelForm
from declarations.common.images import one_at_a_time, read_picture
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School

MOST_BYTES = 500 * 1024
MOST_PIXELS = 20_000_000  # a small file can unpack to gigabytes
EDGE = 512


@one_at_a_time()
def logo_from(data: bytes) -> bytes:
    """The picture as a PNG of at most 512 x 512, drawn anew so that nothing else in the file is kept.

    Raises ValidationError for what is no PNG, JPEG, GIF or WebP, or is too large.
    """
    if len(data) > MOST_BYTES:
        raise forms.ValidationError(_("The picture is too big: at most 500 kB are possible."))
    upright = read_picture(data, formats=["PNG", "JPEG", "GIF", "WEBP"], most_pixels=MOST_PIXELS)
    upright.thumbnail((EDGE, EDGE))
    small = io.BytesIO()
    upright.save(small, "PNG", optimize=True)
    return small.getvalue()


class SchoolForm(ModelForm):
    new_logo = forms.FileField(label=_("New logo"), required=False, help_text=_("PNG or JPEG, at most 500 kB; made smaller by itself."))
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    class Meta:
        model = School
        fields = [
            "name", "short_name", "slug", "label_slt", "label_headteacher", "label_dsl", "dsl_contact", "dsl_deputies",
            "child_protection_contact", "it_contact", "data_protection_contact", "designated_areas", "email_domains", "time_zone",
            "opens_day", "opens_month", "due_day", "due_month", "lapses_day", "lapses_month", "deciders", "headteacher",
            "fallback_decider", "listener", "checkpoint_recipients",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(school=self.instance.pk) if self.instance.pk else Person.objects.none()
        for name in ("opens_day", "due_day", "lapses_day"):
            self.fields[name].validators += [MinValueValidator(1), MaxValueValidator(31)]
            self.fields[name].widget.attrs.update({"min": 1, "max": 31})
        for name in ("headteacher", "fallback_decider", "listener"):
            if name in self.fields:
                self.fields[name] = forms.ModelChoiceField(
                    people, required=False, label=self.fields[name].label, help_text=self.fields[name].help_text
                )

    def clean_listener(self) -> Person | None:
        """Refuses people without the role Leadership, because only they may read what people say."""
        named: Person | None = self.cleaned_data["listener"]
        if named is not None and not named.role_set.filter(name=Role.Name.LEADERSHIP, removed_at__isnull=True).exists():
            raise forms.ValidationError(_("Name somebody with the role Leadership: only they read what people say."))
        return named

    def clean_checkpoint_recipients(self) -> str:
        addresses = self.cleaned_data["checkpoint_recipients"].replace(",", " ").replace(";", " ").split()
        for address in addresses:
            try:
                validate_email(address)
            except forms.ValidationError:
                raise forms.ValidationError(_("“%(address)s” is not an e-mail address."), params={"address": address}) from None
        return " ".join(addresses)

    def clean_new_logo(self) -> bytes:
        sent = self.cleaned_data.get("new_logo")
        if not isinstance(sent, UploadedFile):
            return b""
        if (sent.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The picture is too big: at most 500 kB are possible."))
        return logo_from(sent.read())
