"""Asking for a change, confirming and refusing it. Each is logged, and told to all whom it concerns."""

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from declarations.common.errors import RefusedError
from declarations.dual_control.log_records import facts_of
from declarations.dual_control.models import GuardedChange
from declarations.dual_control.queries import (
    OPEN_FOR,
    holders,
    holds_a_role,
    kind_of,
    may_confirm,
    may_refuse,
    second_persons,
    until,
    waiting_before,
)
from declarations.evidence import log
from declarations.mail import outbox
from declarations.mail.models import Email
from declarations.organisation.authorise import OFFICE, day_at
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web import registry

Settled = GuardedChange.Settled


def ask(
    *,
    kind: str,
    school: School | None,
    by: Person | None,
    at: dt.datetime,
    person: Person | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> GuardedChange:
    """Asks for a change; `by=None` is the server's command line, which the caller has checked, as everybody's right to ask.

    How somebody without a role signs in is changed at once, and they wait; everything else is made when a second person
    confirms it. Raises RefusedError, `asked`, if the same waits already, and what carrying it out raises.
    """
    with transaction.atomic():
        if person is not None:
            person = Person.objects.select_for_update(no_key=True, of=("self",)).select_related("school").get(pk=person.pk)
        change = GuardedChange(
            kind=kind, school=school, person=person, before=before or {}, after=after or {}, asked_by=by, asked_at=at,
            salt=secrets.token_hex(16),
        )  # fmt: skip
        same = GuardedChange.objects.filter(kind=kind, school=school, person=person, asked_at__gt=at - OPEN_FOR, made_at__isnull=True)
        if any(asked.after == change.after for asked in same.filter(settled_at__isnull=True)):
            raise RefusedError(_("This was asked for already, and waits for a second person."), "asked")
        waits = kind_of(change).waits and person is not None
        if waits and person is not None and not person.waits(at=at):
            # Whoever has only just got an address does not confirm the next one from it.
            change.confirm_from = person.email
        change.save()
        if by is None and not waits:
            make(change, at=at)
        elif waits and person is not None and not holds_a_role(person, at=at):
            make(change, at=at)
            Person.objects.filter(pk=person.pk).update(waits_until=at + settings.NEW_IDENTITY_WAITS)
        else:
            tell(change, at=at)
            write_down("change.asked", change, by=by, at=at)
        return change


def make(change: GuardedChange, *, at: dt.datetime) -> None:
    """Carries it out; what opens the site as the person until now is ended. The log has the old and the new, hashed."""
    if not GuardedChange.objects.filter(pk=change.pk, made_at__isnull=True).update(made_at=at):
        raise RefusedError(_("This has been done already."), "too_late")
    change.made_at = at
    tell(change, at=at)
    kind_of(change).make(change, at)
    if change.person is not None and kind_of(change).waits:
        end_ways_in(change.person, at=at)
    write_down("change.made", change, by=change.asked_by, at=at)


def end_ways_in(person: Person, *, at: dt.datetime) -> None:
    """Ends every session, link, code and reset of the person."""
    # A link for a new password is made of the last sign-in and of the password: of nobody's, it is another one now.
    Person.objects.filter(pk=person.pk, last_login__isnull=False).update(last_login=at)
    if not person.has_usable_password():
        Person.objects.filter(pk=person.pk).update(password=make_password(None))
    for end in registry.every(lambda room: room.ends_ways_in):
        end(person=person, at=at)


def confirm(*, change: GuardedChange, by: Person, at: dt.datetime, how: str = Settled.SECOND_PERSON) -> None:
    """Makes what was asked for, or ends the waiting for what was made. Raises RefusedError: `not_yours`, `too_late`, or as `ask`."""
    with transaction.atomic():
        allowed = may_confirm(change, by=by, at=at) if how == Settled.SECOND_PERSON else by.pk == change.person_id and change.confirm_from
        if not allowed:
            sentence = _("A second person confirms it: neither who asked for it, nor whom it is about, with the role for it.")
            raise RefusedError(sentence, "not_yours")
        settle(change, by=by, how=how, at=at)
        if change.made_at is None:
            make(change, at=at)
        elif change.person is not None:
            Person.objects.filter(pk=change.person_id).update(waits_until=until(change.person, at=at))
            tell(change, at=at)
        write_down("change.confirmed", change, by=by, at=at)


def refuse(*, change: GuardedChange, by: Person, at: dt.datetime) -> None:
    """It is not made. Raises RefusedError: `not_yours`, `too_late`."""
    with transaction.atomic():
        if not may_refuse(change, by=by, at=at):
            raise RefusedError(_("This is not yours to refuse."), "not_yours")
        if change.made_at is not None:
            raise RefusedError(_("It has been made already: change it back on their page."), "too_late")
        settle(change, by=by, how=Settled.REFUSED, at=at)
        tell(change, at=at)
        write_down("change.refused", change, by=by, at=at)


def chosen(changes: Iterable[GuardedChange], number: str) -> GuardedChange:
    """The one with this number, as a form sends it. Raises RefusedError, `too_late`, if it is not among these."""
    for change in changes:
        if str(change.pk) == number:
            return change
    raise RefusedError(_("This has been settled already, or is more than a week old."), "too_late")


def settle(change: GuardedChange, *, by: Person, how: str, at: dt.datetime) -> None:
    open_still = GuardedChange.objects.filter(pk=change.pk, settled_at__isnull=True, made_at=change.made_at)
    if change.made_at is None:
        open_still = open_still.filter(asked_at__gt=at - OPEN_FOR)
    # Never before it was asked for, whichever clock lags.
    if not open_still.update(settled_at=max(at, change.asked_at), settled_by=by, settled_with=how):
        raise RefusedError(_("This has been settled already, or is more than a week old."), "too_late")
    change.settled_at, change.settled_by, change.settled_with = at, by, how


def tell(change: GuardedChange, *, at: dt.datetime) -> None:
    """An e-mail to the old and the new address, to all who hold the roles that it concerns, and to whom the kind names besides."""
    kind, on, person = kind_of(change), day_at(change.school, at), change.person
    addresses = [change.before.get("email", ""), change.after.get("email", ""), *kind.informed(change)]
    if person is not None:
        addresses += [person.email, *waiting_before(person, at=at)]
    people = holders(change.school, OFFICE, on=on) if not kind.waits else second_persons(change, on=on)
    if not kind.waits or change.made_at is None:
        addresses += people.values_list("email", flat=True)
    school = change.school or School.objects.order_by("pk").first()
    for address in dict.fromkeys(address.lower() for address in addresses if address):
        if school is not None:
            outbox.queue(Email.Kind.CHANGE, school=school, recipient=address, at=at, change=change)


def write_down(kind: str, change: GuardedChange, *, by: Person | None, at: dt.datetime) -> None:
    log.append_about(school=change.school, kind=kind, at=at, by=by, facts=facts_of(change))
