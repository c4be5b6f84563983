"""The admin's list of roles: who holds which, who gave it, when it ends; and what was done from the server's command line."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.evidence import canonical_json, kinds
from declarations.evidence.models import Entry
from declarations.organisation.models.person import Role
from declarations.organisation.models.school import School
from declarations.web.admin_base import SchoolScopedAdmin, context_of, person_of, render_admin
from declarations.web.admin_filters import ValuesFilter

LOOKED_AT, SHOWN = 2_000, 200


class LiveFilter(ValuesFilter):
    title = gettext_lazy("state")
    parameter_name = "live"
    values = [("yes", gettext_lazy("held now")), ("no", gettext_lazy("ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        on = context_of(request).on
        gone = Q(removed_at__isnull=False) | Q(ends_on__lte=on) | Q(person__leaves_on__lte=on)
        if self.value() == "yes":
            return queryset.exclude(gone)
        return queryset.filter(gone) if self.value() == "no" else queryset


class RoleAdmin(SchoolScopedAdmin):
    list_display = ["who", "name", "state", "granted_at", "giver", "until"]
    list_display_links = None
    list_filter = [LiveFilter, "name"]
    list_select_related = ["person", "granted_by", "removed_by"]
    search_fields = ["person__full_name"]
    ordering = ["person__full_name", "granted_at", "id"]
    change_list_template = "people/admin/roles.html"
    fields = ["who", "name", "state", "granted_at", "giver", "until"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The roles of the school's people and of the trust's, whose roles reach every school."""
        roles = super(SchoolScopedAdmin, self).get_queryset(request)
        school_id = person_of(request).school_id
        return roles if school_id is None else roles.filter(Q(person__school=school_id) | Q(person__school__isnull=True))

    def get_urls(self) -> list[URLPattern]:
        return [
            path("command-line/", self.admin_site.admin_view(self.command_line), name="declarations_command_line"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("who"), ordering="person__full_name")
    def who(self, obj: Role) -> str:
        if obj.person.school_id is None:
            return f"{obj.person.full_name} ({_('of the trust')})"
        return format_html('<a href="{}">{}</a>', reverse("admin:declarations_person_change", args=[obj.person_id]), obj.person.full_name)

    @admin.display(description=gettext_lazy("given by"))
    def giver(self, obj: Role) -> str:
        return obj.granted_by.full_name if obj.granted_by else _("the server's command line")

    @admin.display(description=gettext_lazy("ends on"), ordering="ends_on")
    def until(self, obj: Role) -> Any:
        return obj.ends_on or _("open")

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Role) -> str:
        if obj.removed_at:
            by = obj.removed_by.full_name if obj.removed_by else _("the server's command line")
            return "✗ " + _("taken away by %(who)s") % {"who": by}
        on = timezone.localdate()  # the admin site has made the school's zone the current one
        if obj.person.has_left(on=on):
            return "✗ " + _("ended: they have left")
        return "✓ " + _("held") if obj.is_live(on=on) else "✗ " + _("ended")

    def command_line(self, request: HttpRequest) -> HttpResponse:
        """Show what was done from the server's command line, from the log, newest first."""
        school = context_of(request).school
        facts = {
            "title": _("From the server's command line"),
            "school": school,
            "rows": done_by_command(school) if school else [],
        }
        return render_admin(request, "people/admin/command_line.html", facts, model_admin=self)


def done_by_command(school: School) -> list[dict[str, Any]]:
    """The log's newest entries that no signed-in person made, in words; one query."""
    titles = kinds.titles()
    entries = (
        Entry.objects.filter(log__school=school, record__isnull=False).exclude(kind__in=kinds.never_by_command()).order_by("-position")
    )
    entries_shown = []
    for entry in entries[:LOOKED_AT]:
        record: Any = canonical_json.parse(bytes(entry.record or b""))
        if record["by"]["id"] is None:
            entries_shown.append(
                {"at": entry.at, "position": entry.position, "words": titles.get(entry.kind, entry.kind), "about": about(record)}
            )
    return entries_shown[:SHOWN]


def about(record: dict[str, Any]) -> str:
    """Whom or what a record is about, as a line of words."""
    person = record.get("person")
    parts = [person.get("name", "") if isinstance(person, dict) else "", str(record.get("name", "")), str(record.get("reason", ""))]
    if record["kind"] == "people.imported":
        parts.append(
            ", ".join(
                f"{record[kind]} {kind.replace('_', ' ')}" for kind in ("joins", "changes", "leaves", "leaves_later") if record.get(kind)
            )
        )
    return ", ".join(part for part in parts if part)
