"""Undoing the last import of a staff list."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.authorise import require_administrator
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.people.identity import change_address
from declarations.people.leaving import log_leaving
from declarations.sign_in.models import Invitation
from declarations.staff_lists.import_list import UNDONE_WITHIN, save
from declarations.staff_lists.models import StaffList


def last_of(school: School) -> StaffList | None:
    """The last import, if it can be undone: its changes are still stored."""
    last = StaffList.objects.filter(school=school, confirmed_at__isnull=False).order_by("-confirmed_at", "-id").first()
    return last if last is not None and last.undone_at is None and last.changes is not None else None


def undo(*, staff_list: StaffList, by: Person, at: dt.datetime) -> None:
    """Restores everybody whom the import changed, and deletes those who joined.

    Raises RefusedError: `not_yours`, `own`, `too_late`, `changed`.
    """
    school = staff_list.school
    require_administrator(by=by, school=school, at=at)
    try:
        with transaction.atomic():
            last = last_of(school)
            changes = last.changes if last else None
            if (
                last is None
                or last.pk != staff_list.pk
                or changes is None
                or last.confirmed_at is None
                or at > last.confirmed_at + UNDONE_WITHIN
            ):
                raise RefusedError(_("Only the last import can be undone, within two weeks of it."), "too_late")
            if not StaffList.objects.filter(pk=last.pk, undone_at__isnull=True).update(undone_at=at, undone_by=by, changes=None):
                raise RefusedError(_("It has been undone already."), "too_late")
            if any(change["id"] == by.pk and "leaves_on" in change["before"] for change in changes["changed"]):
                raise RefusedError(
                    _("The list set your own last day, and nobody sets their own: another administrator can undo it."), "own"
                )
            wanted = [*changes["joined"], *changes["changed"]]
            locked = (
                Person.objects.select_for_update(of=("self",))
                .select_related("school")
                .filter(pk__in=[change["id"] for change in wanted])
                .order_by("pk")
            )
            people = {person.pk: person for person in locked}
            otherwise = [change for change in wanted if not is_still(people.get(change["id"]), change["after"])]
            if otherwise:
                raise in_the_way(people[change["id"]] for change in otherwise if change["id"] in people)
            take_away([people[change["id"]] for change in changes["joined"]])
            restored = [put_back(people[change["id"]], change["before"]) for change in changes["changed"]]
            save(restored)
            for change in changes["changed"]:
                log_restored(people[change["id"]], change, by=by, at=at)
            facts: dict[str, Any] = {
                "list": last.pk,
                "sha256": last.sha256,
                "restored": len(restored),
                "taken_away": len(changes["joined"]),
            }
            log.append(school=school, kind="people.import_undone", at=at, by=by, facts=facts)
    except IntegrityError as clash:
        raise taken() from clash


def log_restored(person: Person, change: dict[str, Any], *, by: Person, at: dt.datetime) -> None:
    """Gives the address back, as addresses are changed, and logs the last day. Raises RefusedError, `changed`, if the address is taken."""
    before = change["before"]
    if "email" in before:
        try:
            change_address(person=person, email=before["email"] or "", by=by, at=at)
        except RefusedError as refused:
            raise taken() from refused
    if "leaves_on" in before:
        log_leaving(person, before=day(change["after"]["leaves_on"]), after=person.leaves_on, by=by, at=at)


def taken() -> RefusedError:
    return RefusedError(_("Somebody has taken an e-mail address or a staff number that would have to be given back."), "changed")


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def value(name: str, stored: str | None) -> Any:
    """A value from JSON in the type of the person's field."""
    return day(stored) if name in {"starts_on", "leaves_on"} else (stored or "")


def is_still(person: Person | None, after: dict[str, str | None]) -> bool:
    return person is not None and all(getattr(person, name) == value(name, stored) for name, stored in after.items())


def put_back(person: Person, before: dict[str, str | None]) -> Person:
    for name, stored in before.items():
        if name != "email":  # one person alone does not change it: see people/identity.py
            setattr(person, name, value(name, stored))
    return person


def take_away(joined: list[Person]) -> None:
    """Deletes the people who joined by the import. Raises RefusedError if any of them has signed in, been invited or owns a row."""
    active = [person for person in joined if person.last_login is not None]
    if active:
        raise in_the_way(active)
    invited = set(Invitation.objects.filter(person__in=joined).values_list("person", flat=True))
    if invited:
        # Invitations are never deleted.
        raise in_the_way(
            (person for person in joined if person.pk in invited),
            _("They have been invited since: %(names)s. Set their last day on their pages instead."),
        )
    try:
        Person.objects.filter(pk__in=[person.pk for person in joined]).delete()
    except ProtectedError as kept:
        holders = {getattr(row, "person_id", None) or getattr(row, "owner_id", None) for row in kept.protected_objects}
        raise in_the_way(person for person in joined if person.pk in holders) from kept


def in_the_way(people: Iterable[Person], why: str = "") -> RefusedError:
    names = [person.full_name for person in people]
    listed = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    sentence = why or _("Something was done with people of this list since: %(names)s. Change single people on their pages instead.")
    return RefusedError(sentence % {"names": listed or "?"}, "changed")
