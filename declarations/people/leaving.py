"""Leaving, on a day that may lie ahead; staying after all; coming back.

Sign-in, open sessions, roles and the network all ask the person's `leaves_on`, and from that day on they say no. So nothing has to
be switched off, and nothing can be forgotten. When somebody comes back, what their leaving had put to sleep ends for good.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.authorise import OFFICE, day_at, require_role
from declarations.organisation.models.person import Person, Role
from declarations.organisation.staff_category import leaves_by_default
from declarations.people.roles import log_role
from declarations.web import registry


def leave(*, person: Person, leaves_on: dt.date, by: Person | None, at: dt.datetime) -> None:
    """Set the day on which somebody leaves, past or future; `by=None` is the command line. Raises RefusedError: `own`, `day`, `left`."""
    with transaction.atomic():
        person = locked(person, by=by, at=at)
        on = day_at(person.school, at)
        if person.has_left(on=on):
            raise RefusedError(_("They have left already."), "left")
        if person.starts_on and leaves_on < person.starts_on:
            raise RefusedError(_("They cannot leave before they start."), "day")
        before = person.leaves_on
        if before == leaves_on:
            return
        Person.objects.filter(pk=person.pk).update(leaves_on=leaves_on)
        log_leaving(person, before=before, after=leaves_on, by=by, at=at)


def stay(*, person: Person, by: Person | None, at: dt.datetime) -> None:
    """Take the day away again before it comes. Raises RefusedError: `own`, `left`, `none`."""
    with transaction.atomic():
        person = locked(person, by=by, at=at)
        if person.leaves_on is None:
            raise RefusedError(_("No day is set on which they leave."), "none")
        if person.has_left(on=day_at(person.school, at)):
            raise RefusedError(_("They have left: they can come back."), "left")
        Person.objects.filter(pk=person.pk).update(leaves_on=None)
        log_leaving(person, before=person.leaves_on, after=None, by=by, at=at)


def come_back(*, person: Person, starts_on: dt.date, leaves_on: dt.date | None, by: Person, at: dt.datetime) -> None:
    """Take somebody back, with all that they have signed, but without roles and permissions. Raises RefusedError: `own`, `here`, `day`."""
    with transaction.atomic():
        person = locked(person, by=by, at=at)
        on = day_at(person.school, at)
        if not person.has_left(on=on):
            raise RefusedError(_("They have not left."), "here")
        if leaves_on is None:
            leaves_on = default_end(person, starts_on=max(starts_on, on))
        if leaves_on is not None and leaves_on <= max(starts_on, on):
            raise RefusedError(_("They would have left again already: choose a later day."), "day")
        before = person.leaves_on
        Person.objects.filter(pk=person.pk).update(starts_on=starts_on, leaves_on=leaves_on)
        end_what_slept(person, by=by, at=at)
        log_return(person, before=before, starts_on=starts_on, leaves_on=leaves_on, by=by, at=at)


def locked(person: Person, *, by: Person | None, at: dt.datetime) -> Person:
    """Lock the person's row until the transaction ends, and return it. Raises RefusedError: `own`, `not_yours`."""
    if by is not None and by.pk == person.pk:
        raise RefusedError(_("Nobody sets their own last day."), "own")
    if by is not None:
        sentence = _("Only the leadership and administrators of the school say who leaves.")
        require_role(by=by, school=person.school, roles=OFFICE, at=at, sentence=sentence)
    # `of`, because a person of the trust has no school, and PostgreSQL locks no row of an outer join.
    return Person.objects.select_for_update(of=("self",)).select_related("school").get(pk=person.pk)  # type: ignore[no-any-return]  # the manager is typed by hand


def default_end(person: Person, *, starts_on: dt.date) -> dt.date | None:
    """The day on which a person of this category leaves if nobody names one; None for most categories."""
    if person.school is None:
        return None
    opens_on = person.school.year(on=starts_on).opens_on
    return leaves_by_default(person.category, starts_on=starts_on, year_ends_on=opens_on.replace(year=opens_on.year + 1))


def end_what_slept(person: Person, *, by: Person, at: dt.datetime) -> None:
    """End in every room what the leaving had put to sleep, such as roles. It can be given anew."""
    for departure in registry.every(lambda room: (room.departure,) if room.departure else ()):
        if departure.on_return is not None:
            departure.on_return(person=person, by=by, at=at)


def end_roles(*, person: Person, by: Person, at: dt.datetime) -> None:
    """Remove the roles that somebody had before they left."""
    for role in Role.objects.filter(person=person, removed_at__isnull=True):
        Role.objects.filter(pk=role.pk, removed_at__isnull=True).update(removed_at=at, removed_by=by)
        log_role("role.removed", role, by=by, at=at)


def log_leaving(person: Person, *, before: dt.date | None, after: dt.date | None, by: Person | None, at: dt.datetime) -> None:
    facts = {"person": log.who(person), "leaves_on": log.day_text(after), "before": log.day_text(before)}
    log.append_about(school=person.school, kind="person.left_dated" if after else "person.stays", at=at, by=by, facts=facts)


def log_return(
    person: Person, *, before: dt.date | None, starts_on: dt.date | None, leaves_on: dt.date | None, by: Person | None, at: dt.datetime
) -> None:
    facts = {
        "person": log.who(person),
        "left_on": log.day_text(before),
        "starts_on": log.day_text(starts_on),
        "leaves_on": log.day_text(leaves_on),
    }
    log.append_about(school=person.school, kind="person.came_back", at=at, by=by, facts=facts)
