"""Leaving in the admin: what ends on the day, and the one form that says when; staying after all; coming back."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.devices.models import Device, Permission
from declarations.organisation.models.person import Person
from declarations.people import leaving
from declarations.people.forms.leaving import ComeBackForm, LeaveForm
from declarations.sign_in.models import Invitation
from declarations.signing.models.declaration import Declaration
from declarations.web.admin_base import context_of, person_of, render_admin

if TYPE_CHECKING:
    from declarations.site.person_page.admin import PersonAdmin


def page(model_admin: "PersonAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """What ends and when; a POST says what is to be: `leave`, `stay` or `come_back`."""
    person: Person = model_admin.get_object(request, object_id)
    on = context_of(request).on
    said = request.POST.get("do", "") if request.method == "POST" else ""
    leave_form = LeaveForm(request.POST if said == "leave" else None, initial={"leaves_on": person.leaves_on})
    back_form = ComeBackForm(request.POST if said == "come_back" else None, initial={"starts_on": on})
    done = do(said, request, person, leave_form, back_form)
    if done:
        model_admin.log_change(request, person, done)
        model_admin.message_user(request, done, messages.SUCCESS)
        return redirect("admin:declarations_person_change", person.pk)
    facts = {
        **what_ends(person, on=on),
        "title": _("Leaving: %(name)s") % {"name": person.full_name},
        "person": person,
        "has_left": person.has_left(on=on),
        "is_own": person.pk == person_of(request).pk,
        "leave_form": leave_form,
        "back_form": back_form,
    }
    return render_admin(request, "people/admin/leaving.html", facts, model_admin=model_admin)


def do(said: str, request: HttpRequest, person: Person, leave_form: LeaveForm, back_form: ComeBackForm) -> str:
    """Does it, and says in a sentence what was done; "" if nothing was, with the reason beside the field or as a message."""
    by, at = person_of(request), context_of(request).at
    form: Any = {"leave": leave_form, "come_back": back_form}.get(said)
    if form is not None and not form.is_valid():
        return ""
    try:
        if said == "leave":
            leaving.leave(person=person, by=by, at=at, **form.cleaned_data)
            return _("%(name)s leaves on %(day)s.") % {
                "name": person.full_name,
                "day": date_format(form.cleaned_data["leaves_on"], "j F Y"),
            }
        if said == "stay":
            leaving.stay(person=person, by=by, at=at)
            return _("%(name)s stays: no day is set any more.") % {"name": person.full_name}
        if said == "come_back":
            leaving.come_back(person=person, by=by, at=at, **form.cleaned_data)
            return _("%(name)s is back. Roles and permissions are given anew.") % {"name": person.full_name}
    except RefusedError as refused:
        if form is not None and refused.code == "day":
            form.add_error("leaves_on", str(refused))
        else:
            messages.error(request, str(refused))
    return ""


def what_ends(person: Person, *, on: Any) -> dict[str, Any]:
    """Everything that the day ends, and how much stays."""
    live = Permission.objects.filter(owner=person, ended_at__isnull=True).select_related("device")
    return {
        "roles": [role for role in person.role_set.all() if role.is_live(on=on)],
        "permissions": live.filter(approved=True, until__gte=on),
        "requests": live.filter(decided_at__isnull=True),
        "devices": Device.objects.filter(owner=person, addresses__ended_at__isnull=True).distinct().count(),
        "invited": Invitation.objects.filter(person=person, accepted_at__isnull=True, ended_at__isnull=True).exists(),
        "declarations": Declaration.objects.filter(person=person).count(),
    }
