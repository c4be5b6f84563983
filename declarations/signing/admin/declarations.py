"""What was signed: looked up here, never changed; what was signed on paper is entered here on the signer's behalf."""

from typing import Any, cast, override

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.common.generics import ModelAdmin
from declarations.policies.models import PolicyVersion
from declarations.signing.actions import paper
from declarations.signing.forms.paper import PaperForm
from declarations.signing.models.declaration import NEWLY_KNOWN, Declaration, DeclarationQuerySet
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, SchoolScopedAdmin, context_of, has_role, person_of, render_admin
from declarations.web.admin_filters import SchoolFilter, ValuesFilter, YesNoFilter


class PaperFilter(YesNoFilter):
    title = gettext_lazy("how")
    parameter_name = "paper"
    values = [("yes", gettext_lazy("on paper")), ("no", gettext_lazy("on screen"))]
    condition = Q(paper__isnull=False)


class SchoolYearFilter(SimpleListFilter):
    """A filter by school year, from that of the first signature to that of the last: two steps in an index, not a look at each row."""

    title = gettext_lazy("school year")
    parameter_name = "school_year"

    @override
    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        signed = model_admin.get_queryset(request).select_related(None)
        first, last = signed.order_by("signed_at").first(), signed.order_by("-signed_at").first()
        years = range(first.school_year, last.school_year + 1) if first and last else ()
        return [(str(year), f"{year}/{(year + 1) % 100:02}") for year in years]

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(school_year=self.value()) if self.value() in dict(self.lookup_choices) else queryset


class NewlyKnownFilter(ValuesFilter):
    title = gettext_lazy("address or second factor when signing")
    parameter_name = "newer"
    values = NEWLY_KNOWN

    @override
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = self.value() if self.value() in dict(NEWLY_KNOWN) else None
        return cast("DeclarationQuerySet", queryset).newly_known(days=int(days)) if days else queryset


class DeclarationAdmin(SchoolScopedAdmin):
    add_roles = (LEADERSHIP, ADMINISTRATOR)
    change_list_template = "signing/admin/declaration_list.html"
    list_display = ["person_name", "reference", "signed_on", "how", "lapses_on", "aup_version", "leaflet_version", "certificate"]
    list_filter = [SchoolYearFilter, PaperFilter, NewlyKnownFilter, SchoolFilter]
    search_fields = ["reference", "person_name", "person_email", "person__full_name", "person__email"]
    search_help_text = gettext_lazy("A name, an e-mail address, or a reference.")
    fields = [
        "certificate", "reference", "school_name", "person_name", "person_email", "person_title", "aup", "leaflet", "statement",
        "ticked", "typed_name", "signed_on", "signed_at", "time_zone", "lapses_on", "signed_in_with", "signed_in_at", "address_since",
        "factor_since",
    ]  # fmt: skip
    on_paper = ["certificate", "paper_words", "reference", "school_name", "person_name", "person_email", "person_title", "aup", "leaflet",
                "statement", "ticked", "signed_on", "signed_at", "time_zone", "lapses_on"]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return cast("DeclarationQuerySet", super().get_queryset(request)).with_texts()

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.on_paper if hasattr(obj, "paper") else self.fields

    @admin.display(description=gettext_lazy("how"))
    def how(self, obj: Declaration) -> str:
        return "✎ " + _("on paper") if hasattr(obj, "paper") else _("on screen")

    @admin.display(description=gettext_lazy("signed on paper"))
    def paper_words(self, obj: Any) -> str:
        sentence = _("by hand; sighted by %(who)s, filed: %(where)s; entered by %(by)s")
        facts = {"who": obj.paper.sighted_by, "where": obj.paper.filed_where, "by": obj.paper.entered_by}
        scan = format_html(' · <a href="{}">{}</a>', reverse("paper_scan", args=[obj.reference]), _("Download the scan"))
        return format_html("✎ {}{}", sentence % facts, scan if obj.paper.scan_type else "")

    @admin.display(description=gettext_lazy("AUP"), ordering="aup__number")
    def aup_version(self, obj: Declaration) -> int:
        return obj.aup.number

    @admin.display(description=gettext_lazy("leaflet"), ordering="leaflet__number")
    def leaflet_version(self, obj: Declaration) -> int:
        return obj.leaflet.number

    @admin.display(description=gettext_lazy("confirmations as ticked"))
    def ticked(self, obj: Declaration) -> str:
        items = format_html_join("", "<li>✓ {}</li>", [(confirmation["text"],) for confirmation in obj.confirmations])
        return format_html("<ul>{}</ul>", items)

    @admin.display(description=gettext_lazy("certificate"))
    def certificate(self, obj: Declaration) -> str:
        link = '<a href="{}">{}<span class="visually-hidden"> {}</span></a>'
        page, pdf = reverse("certificate", args=[obj.reference]), reverse("certificate_pdf", args=[obj.reference])
        return format_html_join(" · ", link, [(page, _("page"), obj.reference), (pdf, _("PDF"), obj.reference)])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"may_answer": has_role(request, LEADERSHIP), **(extra_context or {})})

    @override
    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Enters what somebody signed on paper; never one's own."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        by, on, at = person_of(request), context_of(request).on, context_of(request).at
        first = {"person": request.GET.get("person", ""), "sighted_by": by.full_name}
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = PaperForm(*sent, initial=first, by=by, on=on)
        if form.is_valid():
            try:
                declaration = paper.enter(by=by, at=at, **form.facts())
            except RefusedError as refused:
                form.refuse(str(refused), refused.code)
            else:
                self.tell_of_entered(request, declaration, is_new=declaration.signed_at == at)
                return redirect("admin:declarations_declaration_change", declaration.pk)
        texts = PolicyVersion.objects.published().filter(**({"school": by.school} if by.school else {})).select_related("school")
        texts = texts.only("school", "document", "number", "title", "effective_from").order_by("-effective_from", "document")
        context = {"title": _("Enter what was signed on paper"), "form": form, "texts": texts}
        return render_admin(request, "signing/admin/paper.html", context, model_admin=self)

    def tell_of_entered(self, request: HttpRequest, declaration: Declaration, *, is_new: bool) -> None:
        """Tells what was entered, on which versions; or that it was there already."""
        sentence, level = _("Entered: %(name)s, on AUP version %(aup)d and leaflet version %(leaflet)d."), messages.SUCCESS
        if not is_new:
            sentence = _("%(name)s had signed these texts already: this is that declaration, and nothing was added.")
            level = messages.WARNING
        facts = {"name": declaration.person_name, "aup": declaration.aup.number, "leaflet": declaration.leaflet.number}
        self.message_user(request, sentence % facts, level)
