"""Questions about changes: which are open, who confirms them, what is said of them."""

import datetime as dt

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet

from declarations.dual_control.models import GuardedChange
from declarations.organisation.authorise import OFFICE, day_at, may_act
from declarations.organisation.models.person import Person, Role
from declarations.organisation.models.school import School
from declarations.web import registry
from declarations.web.capability import Context, GuardedKind

# A change that nobody confirms is asked for again.
OPEN_FOR = dt.timedelta(days=7)
SIGNER = signing.Signer(salt="declarations.guarded_change")


def kind_of(change: GuardedChange) -> GuardedKind:
    """What the room has registered for this kind of change."""
    return next(kind for kind in registry.every(lambda room: room.guarded_changes) if kind.name == change.kind)


def open_changes(*, at: dt.datetime) -> QuerySet[GuardedChange]:
    """Those that can be confirmed: asked for and not made, or made while the person waits."""
    asked = Q(made_at__isnull=True, asked_at__gt=at - OPEN_FOR)
    waits = Q(made_at__gt=at - settings.NEW_IDENTITY_WAITS, person__waits_until__gt=at)
    changes = GuardedChange.objects.filter(asked | waits, settled_at__isnull=True)
    return changes.select_related("person__school", "school", "asked_by").order_by("asked_at", "id")


def second_persons(change: GuardedChange, *, on: dt.date) -> QuerySet[Person]:
    """Who may confirm it: holders of its roles at the school or of the trust, but whoever asked for it and whom it is about."""
    return holders(change.school, kind_of(change).confirmed_by, on=on).exclude(pk__in=[change.asked_by_id or 0, change.person_id or 0])


def holders(school: School | None, roles: frozenset[str], *, on: dt.date) -> QuerySet[Person]:
    """Who holds one of these roles at the school on this day, or of the trust."""
    held = Role.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), name__in=roles, removed_at__isnull=True)
    people: QuerySet[Person] = Person.objects.filter(pk__in=held.values("person")).exclude(leaves_on__lte=on)
    return people.filter(Q(school=school) | Q(school__isnull=True)).order_by("pk")


def may_confirm(change: GuardedChange, *, by: Person, at: dt.datetime) -> bool:
    """Whether this is a second person for the change: neither who asked for it, nor whom it is about."""
    is_second = by.pk not in {change.asked_by_id, change.person_id}
    return is_second and may_act(by=by, school=change.school, roles=kind_of(change).confirmed_by, at=at)


def may_refuse(change: GuardedChange, *, by: Person, at: dt.datetime) -> bool:
    """Whoever asked for it, whom it is about, and any of the office."""
    return by.pk in {change.asked_by_id, change.person_id} or may_act(by=by, school=change.school, roles=OFFICE, at=at)


def token_of(change: GuardedChange) -> str:
    """What stands in the link that goes to the address that they had: signed, so that nobody makes one up."""
    return SIGNER.sign(str(change.pk))


def change_of(token: str, *, at: dt.datetime) -> GuardedChange | None:
    """The change that this link confirms; None if the link is made up, or there is nothing left to confirm."""
    try:
        return open_changes(at=at).filter(pk=SIGNER.unsign(token)).exclude(confirm_from="").first()
    except (signing.BadSignature, ValueError):
        return None


def in_words(change: GuardedChange) -> Context:
    """For pages and e-mails: what is changed, and whether the new address is of a domain that is not the school's."""
    kind, email = kind_of(change), change.after.get("email", "")
    return {"change": change, "title": kind.title, "rows": kind.rows(change), "foreign": email if is_foreign(email, change.school) else ""}


def is_foreign(address: str, school: School | None) -> bool:
    """Whether the address is of no domain that the school names; a school that names none has no foreign ones."""
    domains = school.email_domains.lower().split() if school else []
    return bool(address and domains) and address.rpartition("@")[2].lower() not in domains


def waiting_before(person: Person, *, at: dt.datetime) -> list[str]:
    """The addresses that somebody who waits had before, so that they are told of what comes next, too."""
    changes = GuardedChange.objects.filter(person=person, kind="address", made_at__gt=at - settings.NEW_IDENTITY_WAITS)
    return [change.before["email"] for change in changes.filter(settled_at__isnull=True) if change.before.get("email")]


def until(person: Person, *, at: dt.datetime) -> dt.datetime | None:
    """Until when they wait for what is not confirmed yet."""
    changes = GuardedChange.objects.filter(person=person, settled_at__isnull=True, made_at__gt=at - settings.NEW_IDENTITY_WAITS)
    last = changes.order_by("-made_at").values_list("made_at", flat=True).first()
    return last + settings.NEW_IDENTITY_WAITS if last else None


def holds_a_role(person: Person, *, at: dt.datetime) -> bool:
    """Asked of the table: the row may have been loaded before a role was given."""
    on = day_at(person.school, at)
    held = Role.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), person=person, removed_at__isnull=True)
    return held.exclude(person__leaves_on__lte=on).exists()
