"""What somebody sees of changes to how they sign in: until when they wait, and how they confirm now."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from declarations.common.errors import RefusedError
from declarations.dual_control import actions
from declarations.dual_control.models import GuardedChange
from declarations.dual_control.queries import change_of, in_words, open_changes
from declarations.organisation.models.person import Person
from declarations.web.admin_base import person_of
from declarations.web.decorators import PersonRequest, second_factor_required, signed_in, unlisted
from declarations.web.middleware import ContextRequest

Settled = GuardedChange.Settled


@require_http_methods(["GET", "HEAD", "POST"])
@unlisted
def by_link(request: ContextRequest, token: str) -> HttpResponseBase:
    """The link that went to the address that they had. Looking at it changes nothing, because mail programs look too."""
    change = change_of(token, at=request.at)
    if change is None or change.person is None:
        return render(request, "dual_control/gone.html", status=404)
    context = {**in_words(change), "done": ""}
    if request.method == "POST":
        try:
            context["done"] = settled(request, change, by=change.person, how=Settled.OWN_ADDRESS)
        except RefusedError as refused:
            context["refused"] = str(refused)
    return render(request, "dual_control/change.html", context)


def settled(request: ContextRequest, change: GuardedChange, *, by: Person, how: str) -> str:
    """Does what the button says; the sentence for it. Raises RefusedError."""
    if request.POST.get("do") == "confirm":
        actions.confirm(change=change, by=by, at=request.at, how=how)
        return _("Confirmed. Thank you.")
    actions.refuse(change=change, by=by, at=request.at)
    return _("Refused: nothing is changed. Tell the leadership of the school.")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: PersonRequest) -> HttpResponseBase:
    """For the person: until when they wait, and what was asked for and is not made, which they confirm in a session that was open."""
    if request.method == "POST":
        return settled_by_themself(request)
    rows = [in_words(change) for change in open_changes(at=request.at).filter(person=request.person)]
    waits_until = request.person.waits_until if request.person.waits(at=request.at) else None
    return render(request, "dual_control/waiting.html", {"changes": rows, "waits_until": waits_until})


@second_factor_required
def settled_by_themself(request: ContextRequest) -> HttpResponseBase:
    person = person_of(request)
    asked = open_changes(at=request.at).filter(person=person, made_at__isnull=True)
    try:
        change = actions.chosen(asked, request.POST.get("change", ""))
        messages.success(request, settled(request, change, by=person, how=Settled.OWN_SESSION))
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("waiting")
