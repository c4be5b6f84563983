"""Inviting people: one person, the ticked ones, or everybody who never signed in."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from declarations.common.errors import RefusedError
from declarations.organisation.models.person import Person
from declarations.sign_in import invitations
from declarations.sign_in.models import Invitation
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, SchoolScopedAdmin, context_of, has_role, person_of, render_admin
from declarations.web.capability import Context


@admin.action(description=gettext_lazy("Invite the ticked people to sign in for the first time"))
def invite_ticked(model_admin: SchoolScopedAdmin, request: HttpRequest, ticked: QuerySet[Any]) -> None:
    tell(
        model_admin,
        request,
        *invitations.invite_many(people=ticked.select_related("school"), by=person_of(request), at=context_of(request).at),
    )


def invite_one(model_admin: SchoolScopedAdmin, request: HttpRequest, person: Person) -> HttpResponse:
    """Invite one person; the form is on the person's page, so a GET only leads back there."""
    if request.method == "POST":
        try:
            invitations.invite(person=person, by=person_of(request), at=context_of(request).at)
        except RefusedError as refused:
            model_admin.message_user(request, str(refused), messages.ERROR)
        else:
            model_admin.log_change(request, person, _("Invited."))
            tell(model_admin, request, 1, [])
    return redirect("admin:declarations_person_change", person.pk)


def invite_all(model_admin: SchoolScopedAdmin, request: HttpRequest) -> HttpResponse:
    """Show who has never signed in, with one button that invites them all."""
    if not has_role(request, LEADERSHIP, ADMINISTRATOR):
        raise PermissionDenied
    school, at = context_of(request).school, context_of(request).at
    people = invitations.never_signed_in(school, on=context_of(request).on).select_related("school") if school else Person.objects.none()
    if request.method == "POST":
        tell(model_admin, request, *invitations.invite_many(people=people, by=person_of(request), at=at))
        return redirect("admin:declarations_person_changelist")
    open_ones = Invitation.objects.filter(person__in=people, accepted_at__isnull=True, ended_at__isnull=True)
    invited = {invitation.person_id: invitation for invitation in open_ones}
    facts = {
        "title": _("Invite everybody who never signed in"),
        "school": school,
        "rows": [(person, invited.get(person.pk)) for person in people],
        "at": at,
        "without_email": Person.objects.filter(school=school, email="").at_school(on=context_of(request).on).count() if school else 0,
    }
    return render_admin(request, "sign_in/admin/invite_all.html", facts, model_admin=model_admin)


def tell(model_admin: SchoolScopedAdmin, request: HttpRequest, invited: int, left_out: list[tuple[Person, str]]) -> None:
    if invited:
        sentence = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", invited)
        model_admin.message_user(request, sentence % {"n": invited}, messages.SUCCESS)
    for person, why in left_out[:10]:
        model_admin.message_user(request, _("%(name)s: %(why)s") % {"name": person.full_name, "why": why}, messages.WARNING)
    if len(left_out) > 10:
        model_admin.message_user(request, _("… and %(n)d more were not invited.") % {"n": len(left_out) - 10}, messages.WARNING)


def invitation_of(request: HttpRequest, person: Person) -> Context | None:
    """The panel of a person's page: their last invitation, and whether they can be invited."""
    last, at = Invitation.objects.filter(person=person).first(), context_of(request).at
    is_here = not person.has_left(on=context_of(request).on)
    can_be_invited = is_here and bool(person.email) and person.last_login is None and person.school_id is not None
    if last is None and not can_be_invited:
        return None
    return {
        "person": person,
        "invitation": last,
        "invitation_is_open": last is not None and last.accepted_at is None and last.ended_at is None and last.expires_at > at,
        "can_be_invited": can_be_invited,
    }


def person_link(request: HttpRequest, person: Person) -> Context:  # noqa: ARG001  # every panel takes the request
    return {"person": person}


def sign_in_ends(request: HttpRequest, person: Person) -> Context:  # noqa: ARG001  # every panel takes the request and the person
    return {}


def invitation_ends(request: HttpRequest, person: Person) -> Context | None:  # noqa: ARG001  # every panel takes the request
    """The panel of the page about leaving: whether an open invitation ends."""
    is_invited = Invitation.objects.filter(person=person, accepted_at__isnull=True, ended_at__isnull=True).exists()
    return {} if is_invited else None
