"""The admin page of a school's settings."""

import base64
from typing import Any, override

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.organisation.models.school import School
from declarations.schools.actions import change_settings, column, values_of
from declarations.schools.admin.holidays import years_without
from declarations.schools.forms.school import SchoolForm
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, AnyForm, SchoolScopedAdmin, context_of, has_role, person_of


class SchoolAdmin(SchoolScopedAdmin):
    change_roles = (LEADERSHIP, ADMINISTRATOR)
    form = SchoolForm
    change_form_template = "schools/admin/school.html"
    school_path = "pk"
    list_display = ["name", "slug", "headteacher", "deciders"]
    list_select_related = ["headteacher"]
    search_fields = ["name", "slug"]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "slug", "time_zone", "email_domains"]}),
        (gettext_lazy("Logo"), {"fields": ["logo_now", "new_logo", "remove_logo"]}),
        (gettext_lazy("What things are called here"), {"fields": ["label_slt", "label_headteacher", "label_dsl", "designated_areas"]}),
        (
            gettext_lazy("Contacts, as people read them in the leaflet"),
            {"fields": ["dsl_contact", "dsl_deputies", "child_protection_contact", "it_contact", "data_protection_contact"]},
        ),
        (
            gettext_lazy("The dates of the year"),
            {
                "description": gettext_lazy(
                    "Signing opens, then is due, then last year’s declarations lapse. A signature from the opening day on "
                    "counts for the new year, so nobody’s Wi-Fi ends on the first day of term."
                ),
                "fields": [("opens_day", "opens_month"), ("due_day", "due_month"), ("lapses_day", "lapses_month")],
            },
        ),
        (gettext_lazy("Evidence"), {"fields": ["checkpoint_recipients"]}),
        (gettext_lazy("People who want to talk before they sign, or decline"), {"fields": ["listener"]}),
        (gettext_lazy("Decisions about devices"), {"fields": ["deciders", "headteacher", "fallback_decider"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A trust adds its schools here; the first school of a deployment comes from the command line."""
        return person_of(request).school_id is None and has_role(request, ADMINISTRATOR)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Commands and file names contain the slug, so it cannot be changed.
        return ["logo_now"] if obj is None else ["slug", "logo_now"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Somebody with one school goes straight to its settings."""
        own = person_of(request).school_id
        if own is not None:
            return redirect("admin:declarations_school_change", own)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Adds a note to the page while this year's holidays are missing."""
        extra: dict[str, Any] = {}
        if object_id is not None:
            school = self.get_object(request, object_id)
            extra = {"years_without": years_without(school, on=school.day_of(context_of(request).at)), "school": school}
        return super().changeform_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    @admin.display(description=gettext_lazy("logo"))
    def logo_now(self, obj: Any) -> str:
        if not obj.logo:
            return _("none")
        return format_html(
            '<img class="school-logo" alt="{}" src="data:image/png;base64,{}">',
            _("The logo as it is now"),
            base64.b64encode(bytes(obj.logo)).decode("ascii"),
        )

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        if form.cleaned_data["remove_logo"]:
            obj.logo = b""
        if form.cleaned_data["new_logo"]:
            obj.logo = form.cleaned_data["new_logo"]
        wanted = values_of(obj)
        if change:
            known = School.objects.get(pk=obj.pk)
            for name in wanted:
                setattr(obj, column(name), getattr(known, column(name)))
        super().save_model(request, obj, form, change)
        if change:
            self.ask(request, obj, wanted)

    def ask(self, request: HttpRequest, school: School, wanted: dict[str, Any]) -> None:
        """What one person alone does not change waits for a second."""
        try:
            asked = change_settings(school=school, wanted=wanted, by=person_of(request), at=context_of(request).at)
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return
        if asked is not None:
            sentence = _("Who decides, who keeps the checkpoints, and the e-mail domains are changed once a second person confirms it.")
            self.message_user(request, sentence, messages.WARNING)
