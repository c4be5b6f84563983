"""What is kept: for how long, whom a legal hold keeps back, what goes next, and all about one person to hand over."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.legal_holds import end_hold, is_held, place_hold
from declarations.privacy import erasure, retention, subject_access
from declarations.privacy.forms import DisposalForm, HoldForm
from declarations.privacy.models import Disposal, LegalHold, RetentionSettings
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, SchoolScopedAdmin, context_of, has_role, person_of
from declarations.web.admin_filters import SchoolFilter
from declarations.web.capability import Context


class RetentionSettingsAdmin(SchoolScopedAdmin):
    list_display = ["school", "address_weeks", "context_months", "letter_months", "years_after_leaving"]
    list_filter = [SchoolFilter]
    list_select_related = ["school"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request, LEADERSHIP, ADMINISTRATOR)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who has one school has its settings once: the page for adding leads to them."""
        own = person_of(request).school_id
        there = RetentionSettings.objects.filter(school=own).first() if own else None
        if there is not None:
            return redirect("admin:declarations_retentionsettings_change", there.pk)
        return super().add_view(request, form_url, extra_context)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002  # Django's signature
        return has_role(request, LEADERSHIP, ADMINISTRATOR)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002  # Django's signature
        return ["school"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        school = context_of(request).school
        return {**super().get_changeform_initial_data(request), **({"school": school.pk} if school else {})}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        form = super().get_form(request, obj, change, **kwargs)
        if "school" in form.base_fields:
            own = person_of(request).school_id
            field: Any = form.base_fields["school"]
            field.queryset = School.objects.filter(pk=own) if own else School.objects.all()
        return form


class LegalHoldAdmin(SchoolScopedAdmin):
    school_path = "person__school"
    list_display = ["person", "reason", "placed_at", "placed_by", "state"]
    list_select_related = ["person", "placed_by", "ended_by"]
    search_fields = ["person__full_name", "person__email"]

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: LegalHold) -> str:
        return "✗ " + _("ended") if obj.ended_at else "✓ " + _("holds")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return has_role(request, LEADERSHIP, ADMINISTRATOR)

    def page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002  # Django's signature
        own = person_of(request).school_id
        people = Person.objects.filter(erasure__isnull=True).exclude(pk=person_of(request).pk)
        people = people.filter(school=own) if own else people
        asked = request.GET.get("person", "")
        form = HoldForm(request.POST or None, people=people, initial={"person": asked if asked.isascii() and asked.isdigit() else None})
        if request.method == "POST" and form.is_valid():
            try:
                hold = place_hold(**form.cleaned_data, by=person_of(request), at=context_of(request).at)
            except RefusedError as refused:
                form.add_error("reason" if refused.code == "reason" else "person", str(refused))
            else:
                self.message_user(request, _("Nothing of %(name)s goes while the hold lasts.") % {"name": hold.person}, messages.SUCCESS)
                return redirect("admin:declarations_legalhold_change", hold.pk)
        return self.page(request, "privacy/admin/legal_hold_add.html", {"title": _("Place a legal hold"), "form": form})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002  # Django's signature
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002  # Django's signature
    ) -> HttpResponse:
        """The hold, and the button that ends it."""
        hold = self.get_object(request, object_id)
        if request.method == "POST":
            try:
                end_hold(hold=hold, by=person_of(request), at=context_of(request).at)
                self.message_user(request, _("Ended: their records go when they are due."), messages.SUCCESS)
            except RefusedError as refused:
                self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.path)
        page = {"title": _("Legal hold: %(name)s") % {"name": hold.person}, "hold": hold, "is_own": hold.person_id == person_of(request).pk}
        return self.page(request, "privacy/admin/legal_hold.html", page)


class DisposalAdmin(SchoolScopedAdmin):
    """What has gone, by kind and number; the next disposal is looked at and carried out on a page of its own."""

    list_display = ["kind", "rows", "before_on", "done_at", "by_whom", "school"]
    list_filter = [SchoolFilter]
    list_select_related = ["school", "done_by"]
    fields = ["school", "kind", "rows", "before_on", "done_at", "by_whom"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002  # Django's signature
        return self.fields

    @admin.display(description=gettext_lazy("done by"))
    def by_whom(self, obj: Disposal) -> str:
        return str(obj.done_by or _("from the command line"))

    def get_urls(self) -> list[URLPattern]:
        return [path("next/", self.admin_site.admin_view(self.next), name="declarations_retention"), *super().get_urls()]

    def next(self, request: HttpRequest) -> HttpResponse:
        """What is due, kind by kind, and whom it takes wholly; with a yes it goes."""
        school, at = context_of(request).school, context_of(request).at
        form = DisposalForm(request.POST or None)
        due = retention.preview(school=school, at=at) if school else []
        if request.method == "POST" and school is not None and form.is_valid():
            if form.cleaned_data["seen"] != fingerprint(due):
                self.message_user(request, _("Something changed meanwhile: look again. Nothing has gone."), messages.WARNING)
            else:
                return self.carry_out(request, school, at)
            return redirect(request.get_full_path())
        people = retention.people_due(school=school, at=at) if school else []
        request.current_app = self.admin_site.name
        page = {
            **self.admin_site.each_context(request),
            "title": _("Data protection: what is kept, and what goes"),
            "opts": self.opts,
            "school": school,
            "due": due,
            "goes": any(one.rows for one in due),
            "people": [{"person": one, "elsewhere": sorted(set(erasure.elsewhere(one, erasure.names(one))))} for one in people],
            "held": LegalHold.objects.live().filter(person__school=school).count() if school else 0,
            "form": form,
            "seen": fingerprint(due),
        }
        return TemplateResponse(request, "privacy/admin/retention.html", page)

    def carry_out(self, request: HttpRequest, school: School, at: dt.datetime) -> HttpResponse:
        try:
            done = retention.carry_out(school=school, by=person_of(request), at=at)
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.get_full_path())
        number = sum(one.rows for one in done)
        self.message_user(request, _("Gone: %(number)d records. The log says of which kinds.") % {"number": number}, messages.SUCCESS)
        return redirect("admin:declarations_disposal_changelist")


def fingerprint(due: list[retention.Due]) -> str:
    """What the page shows, for the question whether it is so still."""
    return " ".join(f"{one.kind}:{one.rows}" for one in due)


def data_of(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    """All about one person, as a file; only by POST, because that it was made goes into the log."""
    if request.method != "POST":
        return redirect("admin:declarations_person_change", person.pk)
    try:
        made = subject_access.answer(person=person, by=person_of(request), at=context_of(request).at)
    except RefusedError as refused:
        model_admin.message_user(request, str(refused), messages.ERROR)
        return redirect("admin:declarations_person_change", person.pk)
    # The number and not the name: file names travel further than files.
    named = {"Content-Disposition": f'attachment; filename="data-of-person-{person.pk}.zip"'}
    return HttpResponse(made, content_type="application/zip", headers=named)


def data_protection(request: HttpRequest, person: Person) -> Context:  # noqa: ARG001  # every panel takes the request
    """What the page of a person shows."""
    return {"person": person, "is_held": is_held(person)}
