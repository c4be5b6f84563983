"""Who wants to talk, declines, or is exempt: read, answered and granted by the leadership alone."""

from typing import Any, override

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.signing.actions import responses
from declarations.signing.forms.responses import AnswerForm, ExemptionForm
from declarations.signing.models.response import Response
from declarations.signing.queries import may_answer
from declarations.signing.status import signing_status
from declarations.web.admin_base import LEADERSHIP, SchoolScopedAdmin, context_of, has_role, person_of, render_admin
from declarations.web.admin_filters import SchoolFilter, YesNoFilter


class AnsweredFilter(YesNoFilter):
    title = gettext_lazy("state")
    parameter_name = "answered"
    values = [("no", gettext_lazy("waiting for an answer")), ("yes", gettext_lazy("answered"))]
    condition = Q(answered_at__isnull=False)


class ExemptFilter(YesNoFilter):
    title = gettext_lazy("state")
    parameter_name = "over"
    values = [("no", gettext_lazy("exempt")), ("yes", gettext_lazy("over"))]
    condition = Q(is_over=True)


class ResponseAdmin(SchoolScopedAdmin):
    """Only the leadership reads what people say of themselves."""

    view_roles = (LEADERSHIP,)
    list_display = ["person", "kind", "said_on", "waiting", "said_to", "answered_by"]
    list_filter = [AnsweredFilter, "kind", SchoolFilter]
    list_select_related = ["person", "said_to", "answered_by", "school"]
    search_fields = ["person__full_name", "person__email"]
    ordering = ["-said_at", "-id"]

    @admin.display(description=gettext_lazy("said on"), ordering="said_at")
    def said_on(self, obj: Response) -> Any:
        return obj.school.day_of(obj.said_at)

    @admin.display(description=gettext_lazy("waiting"))
    def waiting(self, obj: Response) -> str:
        return "✓ " + _("answered") if obj.answered_at else "… " + _("for an answer")

    @override
    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """What was said, how the person stands, and the answer."""
        response = self.get_object(request, object_id)
        if not has_role(request, LEADERSHIP):
            raise PermissionDenied
        person, at = person_of(request), context_of(request).at
        form = AnswerForm(request.POST) if request.method == "POST" else AnswerForm()
        if request.method == "POST" and form.is_valid():
            try:
                responses.answer(response=response, by=person, text=form.cleaned_data["answer"], at=at)
            except RefusedError as refused:
                # What was typed stays, to be copied: somebody else's answer stands beside it now.
                form.add_error("answer" if refused.code == "answer" else None, str(refused))
                response = self.get_object(request, object_id)
            else:
                self.message_user(request, _("Answered: %(name)s.") % {"name": response.person.full_name}, messages.SUCCESS)
                return redirect("admin:index")
        on = response.school.day_of(at)
        context = {
            "title": response.get_kind_display(),
            "subtitle": response.person.full_name,
            "response": response,
            "days": response.days_waited(on=on),
            "signing_status": signing_status(person=response.person, on=on),
            "form": form,
            "may_answer": may_answer(by=person, response=response, at=context_of(request).at),
            "earlier": Response.objects.filter(person=response.person).exclude(pk=response.pk).select_related("answered_by"),
        }
        return render_admin(request, "signing/admin/response.html", context, model_admin=self)


class ExemptionAdmin(SchoolScopedAdmin):
    view_roles = add_roles = (LEADERSHIP,)
    change_list_template = "signing/admin/exemption_list.html"
    list_display = ["person", "from_on", "until", "state", "reason", "granted_by"]
    list_filter = [ExemptFilter, SchoolFilter]
    list_select_related = ["person", "granted_by", "school"]
    search_fields = ["person__full_name", "person__email"]
    ordering = ["-granted_at", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        on = context_of(request).on
        over = Q(ended_at__isnull=False) | Q(until__lt=on)
        rows: QuerySet[Any] = super().get_queryset(request).annotate(is_over=over, is_ahead=~over & Q(from_on__gt=on))
        return rows

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Any) -> str:
        if obj.is_ahead:
            return "… " + _("from %(day)s") % {"day": date_format(obj.from_on, "j F Y")}
        return "– " + _("over") if obj.is_over else "✓ " + _("exempt")

    @override
    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Somebody need not sign until a day."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        by, on, at = person_of(request), context_of(request).on, context_of(request).at
        sent = request.POST if request.method == "POST" else None
        form = ExemptionForm(sent, initial={"person": request.GET.get("person", ""), "from_on": on}, by=by, on=on)
        if form.is_valid():
            try:
                exemption = responses.exempt(by=by, at=at, **form.cleaned_data)
            except RefusedError as refused:
                form.refuse(str(refused), refused.code)
            else:
                until = date_format(exemption.until, "j F Y")
                sentence = _("%(name)s is exempt until %(day)s.") % {"name": exemption.person, "day": until}
                self.message_user(request, sentence, messages.SUCCESS)
                return redirect("admin:declarations_exemption_changelist")
        return render_admin(request, "signing/admin/exemption_add.html", {"title": _("Exempt somebody"), "form": form}, model_admin=self)

    @override
    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """One exemption, and the button that ends it."""
        exemption: Any = self.get_object(request, object_id)
        if not has_role(request, LEADERSHIP):
            raise PermissionDenied
        person, at = person_of(request), context_of(request).at
        if request.method == "POST":
            done = _("Ended: %(name)s is asked to sign again.") % {"name": exemption.person}
            self.attempt(request, lambda: responses.end_exemption(exemption=exemption, by=person, at=at), done=done)
            return redirect(request.path)
        context = {
            "title": _("Exempt until %(day)s") % {"day": date_format(exemption.until, "j F Y")},
            "subtitle": exemption.person.full_name,
            "exemption": exemption,
            "is_own": exemption.person_id == person.pk,
        }
        return render_admin(request, "signing/admin/exemption.html", context, model_admin=self)
