"""The admin of data protection: how long records are kept, legal holds, the next disposal, and a subject access request."""

import datetime as dt
from functools import partial
from typing import Any, override

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.legal_holds import end_hold, is_held, place_hold
from declarations.privacy import erasure, retention
from declarations.privacy.forms import DisposalForm, LegalHoldForm
from declarations.privacy.models import Disposal, RetentionSettings
from declarations.privacy.subject_access import archive
from declarations.web.admin_base import (
    ADMINISTRATOR,
    LEADERSHIP,
    SchoolScopedAdmin,
    SchoolSettingsAdmin,
    context_of,
    person_of,
    render_admin,
)
from declarations.web.admin_filters import SchoolFilter
from declarations.web.capability import Context


class RetentionSettingsAdmin(SchoolSettingsAdmin):
    add_roles = change_roles = (LEADERSHIP, ADMINISTRATOR)
    list_display = ["school", "address_weeks", "context_months", "letter_months", "years_after_leaving"]
    list_filter = [SchoolFilter]
    list_select_related = ["school"]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirects to the settings of the school, once it has some."""
        own = person_of(request).school_id
        settings = RetentionSettings.objects.filter(school=own).first() if own else None
        if settings is not None:
            return redirect("admin:declarations_retentionsettings_change", settings.pk)
        return super().add_view(request, form_url, extra_context)


class LegalHoldAdmin(SchoolScopedAdmin):
    add_roles = (LEADERSHIP, ADMINISTRATOR)
    school_path = "person__school"
    list_display = ["person", "reason", "placed_at", "placed_by", "state"]
    list_select_related = ["person", "placed_by", "ended_by"]
    search_fields = ["person__full_name", "person__email"]

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: LegalHold) -> str:
        return "✗ " + _("ended") if obj.ended_at else "✓ " + _("holds")

    @override
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        own = person_of(request).school_id
        people = Person.objects.filter(erasure__isnull=True).exclude(pk=person_of(request).pk)
        people = people.filter(school=own) if own else people
        number = request.GET.get("person", "")
        initial = {"person": number if number.isascii() and number.isdigit() else None}
        form = LegalHoldForm(request.POST or None, people=people, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                hold = place_hold(**form.cleaned_data, by=person_of(request), at=context_of(request).at)
            except RefusedError as refused:
                form.add_error("reason" if refused.code == "reason" else "person", str(refused))
            else:
                self.message_user(request, _("Nothing of %(name)s goes while the hold lasts.") % {"name": hold.person}, messages.SUCCESS)
                return redirect("admin:declarations_legalhold_change", hold.pk)
        return render_admin(
            request, "privacy/admin/legal_hold_add.html", {"title": _("Place a legal hold"), "form": form}, model_admin=self
        )

    @override
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Shows the legal hold, and ends it by POST."""
        hold = self.get_object(request, object_id)
        if request.method == "POST":
            end = partial(end_hold, hold=hold, by=person_of(request), at=context_of(request).at)
            self.attempt(request, end, done=_("Ended: their records go when they are due."))
            return redirect(request.path)
        context = {
            "title": _("Legal hold: %(name)s") % {"name": hold.person},
            "hold": hold,
            "is_own": hold.person_id == person_of(request).pk,
        }
        return render_admin(request, "privacy/admin/legal_hold.html", context, model_admin=self)


class DisposalAdmin(SchoolScopedAdmin):
    """Lists past disposals; the next one is shown and carried out on a page of its own."""

    list_display = ["kind", "rows", "before_on", "done_at", "by_whom", "school"]
    list_filter = [SchoolFilter]
    list_select_related = ["school", "done_by"]
    fields = ["school", "kind", "rows", "before_on", "done_at", "by_whom"]

    @admin.display(description=gettext_lazy("done by"))
    def by_whom(self, obj: Disposal) -> str:
        return str(obj.done_by or _("from the command line"))

    def get_urls(self) -> list[URLPattern]:
        return [path("next/", self.admin_site.admin_view(self.next_disposal), name="declarations_retention"), *super().get_urls()]

    def next_disposal(self, request: HttpRequest) -> HttpResponse:
        """Shows what is due, kind by kind, and who is erased wholly; disposes of it once that is confirmed."""
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
        context = {
            "title": _("Data protection: what is kept, and what goes"),
            "school": school,
            "due": due,
            "is_due": any(kind.rows for kind in due),
            "people": [{"person": person, "elsewhere": erasure.elsewhere(person)} for person in people],
            "held_people": LegalHold.objects.live().filter(person__school=school).count() if school else 0,
            "form": form,
            "seen": fingerprint(due),
        }
        return render_admin(request, "privacy/admin/retention.html", context, model_admin=self)

    def carry_out(self, request: HttpRequest, school: School, at: dt.datetime) -> HttpResponse:
        try:
            done = retention.carry_out(school=school, by=person_of(request), at=at)
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.get_full_path())
        number = sum(disposal.rows for disposal in done)
        self.message_user(request, _("Gone: %(number)d records. The log says of which kinds.") % {"number": number}, messages.SUCCESS)
        return redirect("admin:declarations_disposal_changelist")


def fingerprint(due: list[retention.Due]) -> str:
    """The counts that the page shows, to notice that they have changed since."""
    return " ".join(f"{kind.kind}:{kind.rows}" for kind in due)


def subject_access_file(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    """The answer to a subject access request, as a file; only by POST, because the log says that it was made."""
    if request.method != "POST":
        return redirect("admin:declarations_person_change", person.pk)
    try:
        content = archive.answer(person=person, by=person_of(request), at=context_of(request).at)
    except RefusedError as refused:
        model_admin.message_user(request, str(refused), messages.ERROR)
        return redirect("admin:declarations_person_change", person.pk)
    # The number and not the name: file names travel further than files.
    headers = {"Content-Disposition": f'attachment; filename="data-of-person-{person.pk}.zip"'}
    return HttpResponse(content, content_type="application/zip", headers=headers)


def data_protection(request: HttpRequest, person: Person) -> Context:  # noqa: ARG001  # every panel takes the request
    """The legal hold on a person, for their page."""
    return {"person": person, "is_held": is_held(person)}
