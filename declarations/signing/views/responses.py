"""Not signing for now: somebody wants to talk first or declines, and reads the answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations.common.errors import RefusedError
from declarations.signing.actions import responses
from declarations.signing.forms.responses import ReplyForm
from declarations.signing.models.response import Response
from declarations.signing.status import SigningStatus, signing_status
from declarations.web.decorators import StaffRequest, staff


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: StaffRequest) -> HttpResponse:
    """What one said instead of signing, what was answered, and the form to say it."""
    form = ReplyForm(request.POST) if request.method == "POST" else ReplyForm(initial={"kind": asked_for(request)})
    refused: RefusedError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            response = responses.respond(
                person=request.person, kind=form.cleaned_data["kind"], reason=form.cleaned_data["reason"], at=request.at
            )
        except RefusedError as error:
            refused = error
        else:
            messages.success(request, _("Said. The answer comes from: %(who)s.") % {"who": response.said_to or request.school.label_slt})
            return redirect("reply")
    earlier = list(Response.objects.filter(person=request.person).select_related("school", "said_to", "answered_by"))
    is_signed = signing_status(person=request.person, on=request.on).status == SigningStatus.SIGNED
    return render(
        request,
        "signing/response.html",
        {
            "form": form,
            "refused": refused,
            "rows": [(response, response.days_waited(on=request.on)) for response in earlier],
            "may_reply": not is_signed and all(response.answered_at for response in earlier),
            "is_signed": is_signed,
        },
    )


def asked_for(request: StaffRequest) -> str:
    """The kind that the link was for; "" for none."""
    kind = request.GET.get("kind", "")
    return kind if kind in Response.Kind.values else ""
