"""What the log records of roles, legal holds, leaving and coming back, and how the tables are compared with it."""

from collections.abc import Iterator
from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from declarations.evidence import log as evidence
from declarations.evidence.canonical_json import Json
from declarations.evidence.models import Log
from declarations.evidence.reconcile import Happening, by_number, check_rows, compare, left_over
from declarations.evidence.scan import LogContents, Record
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.web.capability import LogKind

LOG_KINDS = (
    LogKind(name="hold.placed", title=_("a legal hold was placed"), about="person", needs={"hold": int, "person": dict}),
    LogKind(name="hold.ended", title=_("a legal hold was ended"), about="person", needs={"hold": int, "person": dict}),
    LogKind(name="person.left_dated", title=_("a day was set on which somebody leaves"), about="person", needs={"person": dict}),
    LogKind(name="person.stays", title=_("somebody stays after all"), about="person", needs={"person": dict}),
    LogKind(name="person.came_back", title=_("somebody came back"), about="person", needs={"person": dict}),
    LogKind(name="role.granted", title=_("a role was given"), about="person", needs={"role": int, "person": dict}),
    LogKind(name="role.removed", title=_("a role was taken away"), about="person", needs={"role": int, "person": dict}),
)


def facts_of_role(role: Role) -> dict[str, Json]:
    """The facts that the log records when a role is given or taken away."""
    return {"role": role.pk, "person": evidence.who(role.person), "name": role.name, "ends_on": evidence.day_text(role.ends_on)}


def check_roles(log: Log, contents: LogContents) -> Iterator[str]:
    """Compare roles with the log; yield a line for each difference.

    A role of somebody of the trust is in the log of every school that existed when it was given.
    """
    granted = {record["role"]: by_number(record) for record in contents.of("role.granted")}
    removed = {record["role"]: by_number(record) for record in contents.of("role.removed")}
    begun = contents.times[0] if contents.times else None
    rows = Role.objects.filter(Q(person__school=log.school_id) | Q(person__school__isnull=True)).select_related("person")
    for role in rows.order_by("pk"):
        where, of_trust = f"role {role.pk}", role.person.school_id is None
        facts: Record = facts_of_role(role) | {"person": role.person_id, "by": role.granted_by_id}
        if role.pk in granted or not of_trust or begun is None or role.granted_at >= begun:
            yield from compare(where, granted.get(role.pk), facts, kind="role.granted", contents=contents, at=role.granted_at)
        if role.removed_at is not None and (role.pk in removed or not of_trust or begun is None or role.removed_at >= begun):
            facts = {"by": role.removed_by_id, "person": role.person_id}
            record = removed.get(role.pk)
            yield from compare(f"{where}, removed", record, facts, kind="role.removed", contents=contents, at=role.removed_at)
        elif role.removed_at is None and role.pk in removed:
            yield f"role {role.pk}: the log says that it was removed, and its row does not"
    known = set(Role.objects.values_list("pk", flat=True))
    yield from left_over("a role was granted", contents.of("role.granted"), "role", known)


def check_holds(log: Log, contents: LogContents) -> Iterator[str]:
    """Compare legal holds with the log; yield a line for each difference.

    A hold on somebody of the trust is in the log of every school, but not in a log that began later.
    """
    begun = contents.times[0] if contents.times else None
    rows = LegalHold.objects.filter(Q(person__school=log.school_id) | Q(person__school__isnull=True, placed_at__gte=begun))
    yield from check_rows(
        "legal hold",
        "hold",
        rows.order_by("pk"),
        contents,
        Happening("hold.placed", "placed", attrgetter("placed_at"), lambda row: {"by": row.placed_by_id, "person": row.person_id}),
        Happening("hold.ended", "ended", attrgetter("ended_at"), lambda row: {"by": row.ended_by_id, "person": row.person_id}),
    )


def check_last_days(log: Log, contents: LogContents) -> Iterator[str]:
    """Compare each person's last day with the newest entry about it; yield a line for each difference.

    Without an entry there is nothing to compare: a person may have been added with a last day.
    """
    newest = {record["person"]["id"]: record for record in contents.of("person.left_dated", "person.stays", "person.came_back")}
    people = Person.objects.filter(Q(school=log.school_id) | Q(school__isnull=True), pk__in=newest, erasure__isnull=True)
    for number, leaves_on in people.order_by("pk").values_list("pk", "leaves_on"):
        if newest[number].get("leaves_on") != evidence.day_text(leaves_on):
            yield f"person {number}: the log (position {newest[number]['position']}) says another last day"


def has_roles(school: School) -> bool:
    return Role.objects.filter(person__school=school).exists()
