"""The e-mail address, which decides who somebody is, and roles, which decide what they may do. Nobody changes either alone."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.dual_control import actions as dual_control
from declarations.dual_control.models import GuardedChange
from declarations.dual_control.queries import holders
from declarations.organisation.authorise import LEADERSHIP, OFFICE, day_at
from declarations.organisation.models.person import Person, Role
from declarations.people.roles import check_can_be_granted, grant_role
from declarations.web.capability import GuardedKind


def change_address(*, person: Person, email: str, by: Person | None, at: dt.datetime) -> GuardedChange:
    """Ask for another e-mail address to sign in with; `by=None` is the command line. Raises RefusedError, as `dual_control.ask`."""
    known = Person.objects.values_list("email", flat=True).get(pk=person.pk)
    facts = {"before": {"email": known}, "after": {"email": email}}
    return dual_control.ask(kind="address", school=person.school, person=person, by=by, at=at, **facts)


def set_address(change: GuardedChange, at: dt.datetime) -> None:
    """Make the change of address that was asked for. Raises RefusedError: `stale`, `taken`."""
    person, email = change.person, change.after["email"]
    try:
        with transaction.atomic():
            known = Person.objects.filter(pk=change.person_id, email=change.before["email"])
            if person is None or not known.update(email=email, email_since=at):
                raise RefusedError(_("They have another address by now: ask for it again."), "stale")
    except IntegrityError as clash:
        raise RefusedError(_("Somebody already signs in with this e-mail address."), "taken") from clash
    EmailAddress.objects.filter(user=person).delete()  # else the old address would still let somebody in


def ask_for_role(*, person: Person, name: str, by: Person, at: dt.datetime, ends_on: dt.date | None = None) -> GuardedChange:
    """Ask for a role, which somebody of the leadership then confirms. Raises RefusedError, as `grant_role` and `dual_control.ask`."""
    check_can_be_granted(person=person, name=name, by=by, at=at, ends_on=ends_on)
    after = {"role": name, "ends_on": ends_on.isoformat() if ends_on else ""}
    return dual_control.ask(kind="role", school=person.school, person=person, by=by, at=at, after=after)


def give_role(change: GuardedChange, at: dt.datetime) -> None:
    if change.person is not None:
        ends_on = dt.date.fromisoformat(change.after["ends_on"]) if change.after["ends_on"] else None
        grant_role(person=change.person, name=change.after["role"], by=change.asked_by, at=at, ends_on=ends_on)


def rows_of_role(change: GuardedChange) -> list[tuple[Any, object, object]]:
    rows: list[tuple[Any, object, object]] = [(_("role"), "", Role.Name(change.after["role"]).label)]
    return [*rows, (_("ends on"), "", change.after["ends_on"])] if change.after["ends_on"] else rows


def holders_of_role(change: GuardedChange) -> Iterable[str]:
    """The addresses of all who hold the role already: they hear of everybody who is to have it, too."""
    people = holders(change.school, frozenset({change.after["role"]}), on=day_at(change.school, change.asked_at))
    return people.values_list("email", flat=True)


GUARDED_CHANGES = (
    GuardedKind(
        name="address",
        title=gettext_lazy("another e-mail address to sign in with"),
        rows=lambda change: [(_("e-mail"), change.before["email"], change.after["email"])],
        confirmed_by=OFFICE,
        make=set_address,
        waits=True,
    ),
    GuardedKind(
        name="role",
        title=gettext_lazy("a role"),
        rows=rows_of_role,
        confirmed_by=LEADERSHIP,
        make=give_role,
        informed=holders_of_role,
    ),
)
