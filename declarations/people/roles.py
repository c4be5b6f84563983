"""Roles. An administrator or the server's command line gives them; nobody gives one to themselves."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.evidence import log
from declarations.organisation.authorise import day_at, require_administrator
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.organisation.queries import headteacher_roles
from declarations.people.log_records import facts_of_role


def grant_role(*, person: Person, name: str, by: Person | None, at: dt.datetime, ends_on: dt.date | None = None) -> Role:
    """Give a role. `by=None` is the command line; what a person asks for comes here once a second person has confirmed it.

    Raises RefusedError: `own`, `not_yours`, `held`, `end`.
    """
    try:
        with transaction.atomic():
            if name == Role.Name.HEADTEACHER and person.school is not None:
                # Two headteachers given in the same moment: the second waits here, and finds the first.
                School.objects.select_for_update(no_key=True).get(pk=person.school.pk)
            held = check_can_be_granted(person=person, name=name, by=by, at=at, ends_on=ends_on)
            if held is not None:
                Role.objects.filter(pk=held.pk, removed_at__isnull=True).update(removed_at=at, removed_by=by)
                log_role("role.removed", held, by=by, at=at)
            role = Role.objects.create(person=person, name=name, granted_at=at, granted_by=by, ends_on=ends_on)
            log_role("role.granted", role, by=by, at=at)
            return role
    except IntegrityError as clash:
        # Two administrators gave it at the same moment, and the other came first.
        if name == Role.Name.HEADTEACHER:
            # Whose role ended with the school's day may still have it on the database's, which is in UTC.
            raise RefusedError(_("Somebody else has had this role until now: give it in an hour."), "held") from clash
        if not Role.objects.filter(person=person, name=name, removed_at__isnull=True).exists():
            raise
        raise RefusedError(_("They have this role already."), "held") from clash


def check_can_be_granted(*, person: Person, name: str, by: Person | None, at: dt.datetime, ends_on: dt.date | None) -> Role | None:
    """Check a role before it is given; return the person's row of that role that has ended and was not removed, if there is one.

    Raises RefusedError: `own`, `not_yours`, `held`, `end`.
    """
    on = day_at(person.school, at)
    check_administrator(person=person, by=by, at=at)
    if name == Role.Name.AUDITOR and ends_on is None:
        raise RefusedError(_("An auditor's role needs the day on which it ends."), "end")
    if ends_on is not None and ends_on <= on:
        raise RefusedError(_("The role would have ended already: choose a later day."), "end")
    if name == Role.Name.HEADTEACHER:
        check_one_headteacher(person, ends_on=ends_on, on=on)
    held: Role | None = Role.objects.filter(person=person, name=name, removed_at__isnull=True).first()
    if held is not None and held.is_live(on=on):
        raise RefusedError(_("They have this role already."), "held")
    return held


def check_one_headteacher(person: Person, *, ends_on: dt.date | None, on: dt.date) -> None:
    """Raise RefusedError, `held`, if the school has a headteacher for good, or for days, as this one would be."""
    if person.school is None:
        raise RefusedError(_("A headteacher is of one school, not of the trust."), "held")
    other = headteacher_roles(person.school, on=on).filter(ends_on__isnull=ends_on is None).exclude(person=person).first()
    if other is not None:
        acting = _("%(who)s is acting headteacher already: take that role away first.")
        for_good = _("%(who)s is headteacher: take that role away first, or give this one a last day, as acting headteacher.")
        raise RefusedError((acting if ends_on else for_good) % {"who": other.person}, "held")


def remove_role(*, role: Role, by: Person | None, at: dt.datetime) -> None:
    """Take a role away. Raises RefusedError: `own`, `not_yours`, `too_late`."""
    with transaction.atomic():
        check_administrator(person=role.person, by=by, at=at)
        if not Role.objects.filter(pk=role.pk, removed_at__isnull=True).update(removed_at=at, removed_by=by):
            raise RefusedError(_("This role has been taken away already."), "too_late")
        log_role("role.removed", role, by=by, at=at)


def log_role(kind: str, role: Role, *, by: Person | None, at: dt.datetime) -> None:
    """Write into the log of the person's school; for a person of the trust, into every school's, because the role reaches them all."""
    log.append_about(school=role.person.school, kind=kind, at=at, by=by, facts=facts_of_role(role))


def check_administrator(*, person: Person, by: Person | None, at: dt.datetime) -> None:
    """Raise RefusedError, `own` or `not_yours`, unless `by` may change this person's roles."""
    if by is not None and by.pk == person.pk:
        raise RefusedError(_("Nobody changes their own roles: ask another administrator."), "own")
    require_administrator(by=by, school=person.school, at=at, sentence=_("Only an administrator of the school changes roles."))
