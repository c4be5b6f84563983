"""Versions of the leaflet and the policy: drafts are written here and published; what is published is view only."""

from typing import Any, override

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.organisation.models.school import School
from declarations.policies import publishing
from declarations.policies.admin import publish as publish_page
from declarations.policies.forms import APPROVAL, DraftForm, NewDraftForm
from declarations.policies.models import PolicyVersion
from declarations.policies.text import placeholders, sections
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, AnyForm, SchoolScopedAdmin, context_of, has_role, person_of, render_admin
from declarations.web.admin_filters import SchoolFilter, YesNoFilter


class DraftFilter(YesNoFilter):
    title = gettext_lazy("state")
    parameter_name = "published"
    values = [("no", gettext_lazy("draft")), ("yes", gettext_lazy("published"))]
    condition = Q(published_at__isnull=False)


class PolicyVersionAdmin(SchoolScopedAdmin):
    """A draft can be changed and discarded; what is published is read-only."""

    add_roles = change_roles = delete_roles = (LEADERSHIP, ADMINISTRATOR)
    form = DraftForm
    change_form_template = "policies/admin/policy.html"
    list_display = ["title", "document", "number", "state", "effective_from", "sign_by", "review_on"]
    list_filter = [DraftFilter, "document", SchoolFilter]
    search_fields = ["title", "publish_reason"]
    list_select_related = ["school"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("school", "published_by")

    @admin.display(description=gettext_lazy("state"), ordering="published_at")
    def state(self, obj: PolicyVersion) -> str:
        return "✓ " + _("published") if obj.is_published else "✎ " + _("draft")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not obj.is_published

    @override
    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None and obj.is_published:
            shown = ["document", "number", "title", "as_published", "sha256"]
            signed = ["statement", "confirmations_as_published"] if obj.document == PolicyVersion.Document.AUP else []
            return [*shown, *signed, "effective_from", "sign_by", "publish_reason", *APPROVAL, "published_at", "published_by"]
        signed = ["source_statement", "source_confirmations"] if obj is not None and obj.document == PolicyVersion.Document.AUP else []
        return ["title", "source_body", *signed, *APPROVAL]

    @admin.display(description=gettext_lazy("text as published"))
    def as_published(self, obj: PolicyVersion) -> str:
        return format_html('<div class="policy-text">{}</div>', safe_html(obj.body, below=1))

    @admin.display(description=gettext_lazy("confirmations as published"))
    def confirmations_as_published(self, obj: PolicyVersion) -> str:
        items = format_html_join("", "<li>{}</li>", [(confirmation["text"],) for confirmation in obj.confirmations])
        return format_html("<ul>{}</ul>", items)

    @override
    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """A new draft: the latest version's words, or a file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        own = person_of(request).school
        form = NewDraftForm(request.POST or None, request.FILES or None, school=own)
        if request.method == "POST" and form.is_valid():
            school, document = own or form.cleaned_data["school"], form.cleaned_data["document"]
            try:
                title, body = first_words(school, document, form.cleaned_data["file"])
                draft = publishing.draft(school=school, document=document, title=title, body=body)
            except RefusedError as refused:
                form.add_error("document", str(refused))
            else:
                self.log_addition(request, draft, [{"added": {}}])
                self.message_user(request, _("The draft is there. Only the leadership sees it until it is published."), messages.SUCCESS)
                return redirect("admin:declarations_policyversion_change", draft.pk)
        return self.render(request, "policies/admin/new_draft.html", {"title": _("New draft"), "form": form})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        on, school_id = context_of(request).on, person_of(request).school_id
        to_review = PolicyVersion.objects.newest_in_effect(on=on).filter(review_on__lt=on, **({"school": school_id} if school_id else {}))
        extra = {"may_publish": has_role(request, LEADERSHIP), "to_review": to_review, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, extra)
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.path)

    @override
    def save_model(self, request: HttpRequest, obj: Any, form: AnyForm, change: bool) -> None:
        """Saves what was typed, unless somebody published or discarded the draft meanwhile. Raises RefusedError."""
        typed = {name: form.cleaned_data[name] for name in form.changed_data}
        if typed and not PolicyVersion.objects.filter(pk=obj.pk, published_at__isnull=True).update(**typed):
            raise RefusedError(_("This draft has been published or discarded meanwhile: nothing was saved."))

    @override
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        publishing.discard(version=obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            return super().delete_view(request, object_id, {"title": _("Discard this draft?"), **(extra_context or {})})
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect("admin:declarations_policyversion_changelist")

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<path:object_id>/preview/", self.admin_site.admin_view(self.preview), name="declarations_policyversion_preview"),
            path("<path:object_id>/publish/", self.admin_site.admin_view(self.publish), name="declarations_policyversion_publish"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The text as people would read it now, with the school's words filled in."""
        version = self.get_object(request, object_id)
        if not version.is_published and not self.is_readable(request, version):
            return redirect("admin:declarations_policyversion_change", version.pk)
        context = {"title": version.title, "subtitle": str(version), "version": version, **as_read(version)}
        return self.render(request, "policies/admin/preview.html", context)

    def publish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The choice between a correction and signing again, what each costs whom, and then, once that was seen, publishing."""
        version = self.get_object(request, object_id)
        to_the_draft = redirect("admin:declarations_policyversion_change", version.pk)
        if not has_role(request, LEADERSHIP):
            raise PermissionDenied
        if version.is_published:
            self.message_user(request, _("This draft has been published or discarded already."), messages.ERROR)
            return to_the_draft
        if not self.is_readable(request, version):
            return to_the_draft
        form, context = publish_page.answer(request, version)
        if form is None:
            self.log_change(request, version, [{"changed": {"fields": ["published_at"]}}])
            self.message_user(request, _("%(version)s is published.") % {"version": version}, messages.SUCCESS)
            return to_the_draft
        title = _("Publish %(version)s") if "seen" not in context else _("Look once more: %(version)s")
        context |= {"title": title % {"version": version}, "version": version, "form": form, **as_read(version)}
        return self.render(request, "policies/admin/publish.html", context)

    def is_readable(self, request: HttpRequest, version: PolicyVersion) -> bool:
        """Whether a draft can be read with the school's words; if not, the person is told why."""
        try:
            publishing.readable_body(version, version.school)
        except RefusedError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return False
        return True

    def render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        back = reverse("admin:declarations_policyversion_changelist")
        return render_admin(request, template, {"back": back, **context}, model_admin=self)


def safe_html(source: str, *, below: int) -> str:
    """The text as HTML, its headings below a heading of this level."""
    return mark_safe(sections.html(source, heading_base=below))  # noqa: S308  # cleaned by an allow-list in text/sections.py


def as_read(version: PolicyVersion) -> dict[str, Any]:
    """Text, statement and confirmations as people read them, and the gaps that are left in them."""
    agreed = version.agreed_to()
    return {
        "html": safe_html(version.text(), below=2),
        "statement": "".join(agreed[-1:]),
        "confirmations": agreed[:-1],
        "gaps": sorted(placeholders.placeholders("\n".join([version.text(), *agreed]))),
    }


def first_words(school: School, document: str, sent: str) -> tuple[str, str]:
    """Title and text of a new draft: those of the file, else those of the latest version. Raises RefusedError."""
    latest = PolicyVersion.objects.filter(school=school, document=document).order_by("-number").first()
    label = str(PolicyVersion.Document(document).label)
    if sent:
        title = sections.title_of(sent) or (latest.title if latest else label)
        return title[:160], sent
    if latest is None:
        raise RefusedError(_("There is no version yet to begin with: send a text of your own."))
    return latest.title, latest.source_body
