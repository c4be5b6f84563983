"""The changes that wait for a second person, and those whose person waits; the notes of them on the dashboard and the home page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.dual_control import actions
from declarations.dual_control.models import GuardedChange
from declarations.dual_control.queries import in_words, may_confirm, may_refuse, open_changes
from declarations.web.admin_base import context_of, person_of, render_admin
from declarations.web.capability import Context


def seen_by(request: HttpRequest) -> list[GuardedChange]:
    """Those of the person's own school; of all schools and of the trust for its people."""
    own, changes = person_of(request).school_id, open_changes(at=context_of(request).at)
    return list(changes if own is None else changes.filter(school=own))


def page(request: HttpRequest) -> HttpResponse:
    """A POST says which, and `do`: confirm or refuse."""
    changes, by, at = seen_by(request), person_of(request), context_of(request).at
    if request.method == "POST":
        try:
            change = actions.chosen(changes, request.POST.get("change", ""))
            if request.POST.get("do") == "confirm":
                actions.confirm(change=change, by=by, at=at)
                messages.success(request, _("Confirmed, and told to all whom it concerns."))
            else:
                actions.refuse(change=change, by=by, at=at)
                messages.success(request, _("Refused, and told to all whom it concerns."))
        except RefusedError as refused:
            messages.error(request, str(refused))
        return redirect("admin:changes")
    rows = [
        {
            **in_words(row),
            "may_confirm": may_confirm(row, by=by, at=at),
            "may_refuse": row.made_at is None and may_refuse(row, by=by, at=at),
        }
        for row in changes
    ]
    return render_admin(request, "dual_control/admin/changes.html", {"title": _("Changes that need a second person"), "changes": rows})


def waiting_changes(request: HttpRequest) -> Context | None:
    changes = [row for row in seen_by(request) if may_confirm(row, by=person_of(request), at=context_of(request).at)]
    return {"number": len(changes)} if changes else None


def own_changes(request: HttpRequest) -> Context | None:
    """For the home page of the person: they wait, or somebody asked for a change to how they sign in."""
    person, at = person_of(request), context_of(request).at
    asked = open_changes(at=at).filter(person=person, made_at__isnull=True).exclude(confirm_from="").exists()
    waits_until = person.waits_until if person.waits(at=at) else None
    return {"waits_until": waits_until} if asked or waits_until else None
