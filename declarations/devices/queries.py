"""Questions about permissions: who decides, and whether the owner's declaration is in force."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from declarations.devices.models import Permission
from declarations.organisation.authorise import LEADERSHIP, may_act
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.models.declaration import Declaration


def with_declaration(permissions: QuerySet[Permission], *, on: dt.date) -> QuerySet[Permission]:
    """Each with `holds` (the owner's declaration is in force) and `ever` (there is one at all)."""
    declarations = Declaration.objects.filter(person=OuterRef("owner"))
    return permissions.annotate(holds=Exists(declarations.in_force(on=on)), ever=Exists(declarations))


def may_decide(*, by: Person, owner_id: int, school: School, at: dt.datetime) -> bool:
    """Whether this person decides about this owner's devices: see School.deciders."""
    if by.pk == owner_id or not may_act(by=by, school=school, roles=LEADERSHIP, at=at):
        return False
    if school.deciders == School.Deciders.LEADERSHIP:
        return True
    return by.pk == (school.fallback_decider_id if owner_id == school.headteacher_id else school.headteacher_id)


def reason_against(permission: Permission, person: Person, at: dt.datetime) -> str:
    """Why this person does not decide about this device; "" if they do."""
    if person.pk == permission.owner_id:
        return _("This is your own device: nobody decides for themself. A colleague of the leadership decides.")
    if may_decide(by=person, owner_id=permission.owner_id, school=permission.school, at=at):
        return ""
    if not may_act(by=person, school=permission.school, roles=LEADERSHIP, at=at):
        return _("Only the leadership decides about devices.")
    if permission.school.deciders == School.Deciders.HEADTEACHER:
        return _("At this school the headteacher decides; about the headteacher's own devices, the person named in the settings.")
    return _("At this school you do not decide about this device.")
