"""Importing a staff list in the admin: upload, choose the columns, look at the changes, confirm; and undo the last import."""

import datetime as dt
from typing import Any, override

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from declarations.common.errors import RefusedError, UnreadableFileError
from declarations.common.spreadsheets.write_csv import line
from declarations.common.spreadsheets.xlsx import NO_VALUE
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.sign_in import invitations
from declarations.sign_in.admin_invitations import tell
from declarations.staff_lists import compare, files, import_list, undo
from declarations.staff_lists.forms import ColumnsForm, ConfirmForm, FileForm, UploadForm
from declarations.staff_lists.models import StaffList
from declarations.staff_lists.plan import Choices, Plan
from declarations.web.admin_base import ADMINISTRATOR, SchoolScopedAdmin, context_of, has_role, person_of, render_admin
from declarations.web.admin_filters import SchoolFilter

# The preview lists this many lines of a section and counts the rest.
LISTED = 300
SECTIONS = [
    ("joins", gettext_lazy("Join")),
    ("comes_back", gettext_lazy("Come back")),
    ("changes", gettext_lazy("Change")),
    ("leaves_later", gettext_lazy("Leave on a day ahead")),
    ("leaves", gettext_lazy("Leave now")),
    ("left_out", gettext_lazy("Stay as they are, although the list says otherwise")),
]


class StaffListAdmin(SchoolScopedAdmin):
    add_roles = (ADMINISTRATOR,)
    list_display = ["uploaded_at", "who", "story", "state"]
    list_filter = [SchoolFilter]
    list_select_related = ["uploaded_by", "confirmed_by", "undone_by", "school"]
    ordering = ["-uploaded_at", "-id"]
    change_list_template = "staff_lists/admin/staff_lists.html"
    fields = ["uploaded_at", "who", "story", "state", "sha256", "confirmed_at", "undone_at"]

    def get_urls(self) -> list[URLPattern]:
        steps = {"columns": self.columns_view, "preview": self.preview_view, "invite": self.invite_view, "undo": self.undo_view}
        return [
            path("example/", self.admin_site.admin_view(self.example_view), name="declarations_stafflist_example"),
            *(
                path(f"<path:object_id>/{step}/", self.admin_site.admin_view(view), name=f"declarations_stafflist_{step}")
                for step, view in steps.items()
            ),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("by"))
    def who(self, obj: StaffList) -> str:
        by = obj.confirmed_by or obj.uploaded_by
        return by.full_name if by else _("the server's command line")

    @admin.display(description=gettext_lazy("what it did"))
    def story(self, obj: StaffList) -> str:
        if obj.confirmed_at is None:
            return _("nothing yet: it waits to be looked at")
        counts = {
            _("joined"): obj.counts.get("joins", 0),
            _("came back"): obj.counts.get("comes_back", 0),
            _("changed"): obj.counts.get("changes", 0),
            _("leave"): obj.counts.get("leaves", 0) + obj.counts.get("leaves_later", 0),
            _("rows refused"): obj.counts.get("refused", 0),
        }
        return ", ".join(f"{number} {what}" for what, number in counts.items() if number)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: StaffList) -> str:
        if obj.undone_at:
            return "✗ " + _("undone by %(who)s") % {"who": obj.undone_by}
        return "✓ " + _("imported") if obj.confirmed_at else "… " + _("waits")

    # The steps ---------------------------------------------------------------------------------------------------------

    def for_administrators(self, request: HttpRequest) -> Person:
        if not has_role(request, ADMINISTRATOR):
            raise PermissionDenied
        return person_of(request)

    @override
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The first step: the file."""
        by = self.for_administrators(request)
        schools = School.objects.all() if by.school_id is None else None
        form = UploadForm(request.POST, request.FILES, schools=schools) if request.method == "POST" else UploadForm(schools=schools)
        if form.is_valid():
            school = by.school or form.cleaned_data["school"]
            try:
                staff_list = import_list.upload(school=school, content=form.cleaned_data["file"], by=by, at=context_of(request).at)
            except RefusedError as refused:
                form.add_error("file", str(refused))
            else:
                return redirect("admin:declarations_stafflist_columns", staff_list.pk)
        school = context_of(request).school
        last = undo.last_of(school) if school else None
        facts = {"title": _("Import a staff list"), "form": form, "last": last}
        return render_admin(request, "staff_lists/admin/upload.html", facts, model_admin=self)

    def example_view(self, request: HttpRequest) -> HttpResponse:
        """A short list to fill in: each heading that is recognised, and two made-up people."""
        self.for_administrators(request)
        headers = {"Content-Disposition": 'attachment; filename="staff-list-example.csv"'}
        on = context_of(request).on
        rows = [
            ["Staff number", "Forename", "Surname", "Work email", "Job title", "Category", "Start date", "Last day"],
            ["00731", "Nia", "Example", "nia@school.example", "Teacher of art", "Staff", f"{on:%d/%m/%Y}", ""],
            [
                "00732",
                "Owen",
                "Example",
                "owen@school.example",
                "Supply teacher",
                "Supply",
                f"{on:%d/%m/%Y}",
                f"{on + dt.timedelta(60):%d/%m/%Y}",
            ],
        ]
        lines = b"".join(line(cells, first=not number) for number, cells in enumerate(rows))
        return HttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of an import; for a list that nobody has confirmed, the preview instead."""
        staff_list = self.get_object(request, object_id)
        if staff_list.confirmed_at is None and has_role(request, ADMINISTRATOR):
            return redirect("admin:declarations_stafflist_preview", staff_list.pk)
        return super().change_view(request, object_id, form_url, extra_context)

    def waiting(self, request: HttpRequest, object_id: str) -> StaffList | None:
        """The list if nobody has confirmed it yet; otherwise None, and the page shows a message."""
        self.for_administrators(request)
        staff_list: StaffList = self.get_object(request, object_id)
        if staff_list.content is None:
            self.message_user(request, _("This list has been imported already."), messages.INFO)
            return None
        return staff_list

    def columns_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The second step: which column holds what, as it was chosen for the last list or guessed."""
        staff_list = self.waiting(request, object_id)
        if staff_list is None or staff_list.content is None:
            return redirect("admin:declarations_stafflist_changelist")
        file, choices = files.opened(bytes(staff_list.content), chosen=staff_list.columns), Choices(**staff_list.columns)
        asked = request.POST if request.method == "POST" else None
        is_about_file = "how" in request.POST
        how = FileForm(asked if is_about_file else None, file=file, words=files.words_in_question(bytes(staff_list.content), file))
        form = ColumnsForm(None if is_about_file else asked, names=file.names, choices=choices)
        facts: dict[str, Any] = {"staff_list": staff_list, "by": person_of(request), "at": context_of(request).at}
        try:
            if how.is_valid():
                import_list.read_again(how=how.cleaned_data, **facts)
                return redirect("admin:declarations_stafflist_columns", staff_list.pk)
            if form.is_valid():
                import_list.choose(choices=form.choices(), **facts)
                return redirect("admin:declarations_stafflist_preview", staff_list.pk)
        except RefusedError as refused:
            form.add_error(None, str(refused))
        first_cells = [
            (name, [row.cells[place].replace(NO_VALUE, _("(no value)")) for row in file.rows[:3] if place < len(row.cells)])
            for place, name in enumerate(file.names)
        ]
        shown = {
            "form": form,
            "how": how,
            "file": file,
            "oddities": file.oddities(choices),
            "first_cells": first_cells,
            "title": _("Which column is what?"),
        }
        return render_admin(request, "staff_lists/admin/columns.html", shown, model_admin=self)

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The third step: a preview of the changes, to be confirmed."""
        staff_list = self.waiting(request, object_id)
        if staff_list is None or staff_list.content is None:
            return redirect("admin:declarations_stafflist_changelist")
        by, at = person_of(request), context_of(request).at
        file = files.opened(bytes(staff_list.content), chosen=staff_list.columns)
        try:
            plan = compare.plan(
                school=staff_list.school, file=file, choices=Choices(**staff_list.columns), on=staff_list.school.day_of(at), by=by
            )
        except UnreadableFileError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:declarations_stafflist_columns", staff_list.pk)
        form = ConfirmForm(request.POST if request.method == "POST" else None, plan=plan)
        if form.is_valid():
            answers = {"fingerprint": form.cleaned_data["fingerprint"], "many_leave": form.cleaned_data.get("many_leave", False)}
            try:
                done = import_list.confirm(staff_list=staff_list, by=by, at=at, settled=form.settled(), **answers)
            except RefusedError as refused:
                if refused.code == "many_leave":
                    form.ask_many_leave(str(refused))
                else:
                    self.message_user(request, str(refused), messages.ERROR)
                    return redirect("admin:declarations_stafflist_preview", staff_list.pk)
            else:
                summary = import_summary(done)
                if any(joiner.after("email") for joiner in done.of("joins")):
                    invite = reverse("admin:declarations_stafflist_invite", args=[staff_list.pk])
                    summary = format_html('{} <a href="{}">{}</a>', summary, invite, _("Invite these people …"))
                self.message_user(request, summary, messages.SUCCESS)
                return redirect("admin:declarations_stafflist_changelist")
        sections = [(kind, label, lines[:LISTED], len(lines)) for kind, label in SECTIONS if (lines := plan.of(kind))]
        facts = {
            "title": _("What this list would change"),
            "plan": plan,
            "form": form,
            "sections": sections,
            "refused": plan.of("refused"),
            "staff_list": staff_list,
            "on": staff_list.school.day_of(at),
        }
        return render_admin(request, "staff_lists/admin/preview.html", facts, model_admin=self)

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """After an import: who joined by it, has an e-mail address and has not been invited yet, and one button that invites them."""
        by = self.for_administrators(request)
        staff_list: StaffList = self.get_object(request, object_id)
        joined = [person["id"] for person in (staff_list.changes or {}).get("joined", [])]
        new = invitations.never_signed_in(staff_list.school, on=context_of(request).on).filter(pk__in=joined, invitations__isnull=True)
        people = new.select_related("school")
        if request.method == "POST":
            tell(self, request, *invitations.invite_many(people=people, by=by, at=context_of(request).at))
            return redirect("admin:declarations_stafflist_changelist")
        facts = {"title": _("Invite who joined by this list"), "people": people, "staff_list": staff_list}
        return render_admin(request, "staff_lists/admin/invite.html", facts, model_admin=self)

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The page that undoes the last import."""
        by = self.for_administrators(request)
        staff_list: StaffList = self.get_object(request, object_id)
        if request.method == "POST":
            try:
                undo.undo(staff_list=staff_list, by=by, at=context_of(request).at)
            except RefusedError as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                self.message_user(request, _("Undone: everybody is as they were before this list."), messages.SUCCESS)
            return redirect("admin:declarations_stafflist_changelist")
        last = undo.last_of(staff_list.school)
        can = last is not None and last.pk == staff_list.pk
        facts = {"staff_list": staff_list, "can": can, "story": self.story(staff_list), "title": _("Undo the last import")}
        return render_admin(request, "staff_lists/admin/undo.html", facts, model_admin=self)


def import_summary(plan: Plan) -> str:
    if not plan.changing:
        return _("Everybody is as the list says already: nothing was changed.")
    changed = len(plan.of("changes", "comes_back"))
    parts = [
        ngettext("%(n)d person has joined", "%(n)d people have joined", len(plan.of("joins"))) % {"n": len(plan.of("joins"))},
        ngettext("%(n)d was changed", "%(n)d were changed", changed) % {"n": changed},
        ngettext("%(n)d leaves", "%(n)d leave", len(plan.of("leaves", "leaves_later"))) % {"n": len(plan.of("leaves", "leaves_later"))},
    ]
    return _("Imported: %(parts)s.") % {"parts": ", ".join(parts)}
