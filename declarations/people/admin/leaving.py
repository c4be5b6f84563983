"""The page on which somebody's leaving is set: what ends on that day, and the forms for leaving, staying and coming back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.people import leaving
from declarations.people.forms.leaving import ComeBackForm, LeaveForm
from declarations.web import registry
from declarations.web.admin_base import SchoolScopedAdmin, context_of, person_of, render_admin
from declarations.web.capability import Context, Departure, Panel
from declarations.web.panels import rendered


def page(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    """Show what ends and when; a POST does what its field `do` says: `leave`, `stay` or `come_back`."""
    on = context_of(request).on
    verb = request.POST.get("do", "") if request.method == "POST" else ""
    leave_form = LeaveForm(request.POST if verb == "leave" else None, initial={"leaves_on": person.leaves_on})
    back_form = ComeBackForm(request.POST if verb == "come_back" else None, initial={"starts_on": on})
    done = do(verb, request, person, leave_form, back_form)
    if done:
        model_admin.log_change(request, person, done)
        model_admin.message_user(request, done, messages.SUCCESS)
        return redirect("admin:declarations_person_change", person.pk)
    facts = {
        "ends": rendered(panels(lambda departure: departure.ends), request, person),
        "stays": rendered(panels(lambda departure: departure.stays), request, person),
        "title": _("Leaving: %(name)s") % {"name": person.full_name},
        "person": person,
        "has_left": person.has_left(on=on),
        "is_own": person.pk == person_of(request).pk,
        "leave_form": leave_form,
        "back_form": back_form,
    }
    return render_admin(request, "people/admin/leaving.html", facts, model_admin=model_admin)


def panels(part: Callable[[Departure], tuple[Panel, ...]]) -> list[Panel]:
    """The panels that the rooms have registered, in their order."""
    return registry.in_order(lambda room: part(room.departure) if room.departure else ())


def do(verb: str, request: HttpRequest, person: Person, leave_form: LeaveForm, back_form: ComeBackForm) -> str:
    """Do what the form asks for and return a sentence about it; "" if it was refused, with the reason beside the field or as a message."""
    by, at = person_of(request), context_of(request).at
    form: Any = {"leave": leave_form, "come_back": back_form}.get(verb)
    if form is not None and not form.is_valid():
        return ""
    try:
        if verb == "leave":
            leaving.leave(person=person, by=by, at=at, **form.cleaned_data)
            return _("%(name)s leaves on %(day)s.") % {
                "name": person.full_name,
                "day": date_format(form.cleaned_data["leaves_on"], "j F Y"),
            }
        if verb == "stay":
            leaving.stay(person=person, by=by, at=at)
            return _("%(name)s stays: no day is set any more.") % {"name": person.full_name}
        if verb == "come_back":
            leaving.come_back(person=person, by=by, at=at, **form.cleaned_data)
            return _("%(name)s is back. Roles and permissions are given anew.") % {"name": person.full_name}
    except RefusedError as refused:
        if form is not None and refused.code == "day":
            form.add_error("leaves_on", str(refused))
        else:
            messages.error(request, str(refused))
    return ""


def roles_that_end(request: HttpRequest, person: Person) -> Context:
    return {"roles_that_end": [role for role in person.role_set.all() if role.is_live(on=context_of(request).on)]}
