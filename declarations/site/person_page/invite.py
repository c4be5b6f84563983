"""Invitations in the admin: one person, the ticked ones, or everybody who never signed in."""

from typing import TYPE_CHECKING, Any

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
from declarations.web.admin_base import ADMINISTRATOR, LEADERSHIP, context_of, has_role, person_of, render_admin

if TYPE_CHECKING:
    from declarations.site.person_page.admin import PersonAdmin


@admin.action(description=gettext_lazy("Invite the ticked people to sign in for the first time"))
def invite_ticked(model_admin: "PersonAdmin", request: HttpRequest, ticked: QuerySet[Any]) -> None:
    tell(
        model_admin,
        request,
        *invitations.invite_many(people=ticked.select_related("school"), by=person_of(request), at=context_of(request).at),
    )


def invite_one(model_admin: "PersonAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Only takes the form that stands on the person's page."""
    person: Person = model_admin.get_object(request, object_id)
    if request.method == "POST":
        try:
            invitations.invite(person=person, by=person_of(request), at=context_of(request).at)
        except RefusedError as refused:
            model_admin.message_user(request, str(refused), messages.ERROR)
        else:
            model_admin.log_change(request, person, _("Invited."))
            tell(model_admin, request, 1, [])
    return redirect("admin:declarations_person_change", person.pk)


def invite_all(model_admin: "PersonAdmin", request: HttpRequest) -> HttpResponse:
    """Who has never signed in, and one button that writes to all of them."""
    if not has_role(request, LEADERSHIP, ADMINISTRATOR):
        raise PermissionDenied
    school, at = context_of(request).school, context_of(request).at
    people = invitations.never_signed_in(school, on=context_of(request).on).select_related("school") if school else Person.objects.none()
    if request.method == "POST":
        tell(model_admin, request, *invitations.invite_many(people=people, by=person_of(request), at=at))
        return redirect("admin:declarations_person_changelist")
    open_ones = Invitation.objects.filter(person__in=people, accepted_at__isnull=True, ended_at__isnull=True)
    invited = {one.person_id: one for one in open_ones}
    facts = {
        "title": _("Invite everybody who never signed in"),
        "school": school,
        "rows": [(one, invited.get(one.pk)) for one in people],
        "at": at,
        "without_email": Person.objects.filter(school=school, email="").at_school(on=context_of(request).on).count() if school else 0,
    }
    return render_admin(request, "sign_in/admin/invite_all.html", facts, model_admin=model_admin)


def tell(model_admin: "PersonAdmin", request: HttpRequest, invited: int, left_out: list[tuple[Person, str]]) -> None:
    if invited:
        sentence = ngettext("%(n)d invitation is on its way.", "%(n)d invitations are on their way.", invited)
        model_admin.message_user(request, sentence % {"n": invited}, messages.SUCCESS)
    for person, why in left_out[:10]:
        model_admin.message_user(request, _("%(name)s: %(why)s") % {"name": person.full_name, "why": why}, messages.WARNING)
    if len(left_out) > 10:
        model_admin.message_user(request, _("… and %(n)d more were not invited.") % {"n": len(left_out) - 10}, messages.WARNING)


def state_of(person: Person, *, at: Any) -> dict[str, Any]:
    """What the person's page says about it."""
    last = Invitation.objects.filter(person=person).first()
    return {
        "invitation": last,
        "invitation_is_open": last is not None and last.accepted_at is None and last.ended_at is None and last.expires_at > at,
        "can_be_invited": bool(person.email) and person.last_login is None and person.school_id is not None,
    }
