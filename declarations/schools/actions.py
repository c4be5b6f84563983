"""Settings of a school that say who decides and who holds its evidence: one person alone does not change them."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations.common.errors import RefusedError
from declarations.dual_control import actions as dual_control
from declarations.dual_control.models import GuardedChange
from declarations.evidence import log
from declarations.evidence.canonical_json import Json
from declarations.organisation.authorise import OFFICE
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.web.capability import GuardedKind

PEOPLE = ("headteacher", "fallback_decider")
LABELS = {
    "email_domains": gettext_lazy("e-mail domains"),
    "checkpoint_recipients": gettext_lazy("who keeps the checkpoints"),
    "deciders": gettext_lazy("who decides about devices"),
    "headteacher": gettext_lazy("headteacher"),
    "fallback_decider": gettext_lazy("who decides about the headteacher's own devices"),
}


def values_of(school: School) -> dict[str, Any]:
    """The guarded settings; people by their number."""
    return {name: getattr(school, column(name)) for name in LABELS}


def column(name: str) -> str:
    return f"{name}_id" if name in PEOPLE else name


def change_settings(*, school: School, wanted: Mapping[str, Any], by: Person | None, at: dt.datetime) -> GuardedChange | None:
    """Asks for what differs in `wanted` (as `values_of`); None if nothing does. `by=None` is the command line. Raises RefusedError."""
    known = values_of(School.objects.get(pk=school.pk))
    after = {name: value for name, value in wanted.items() if known[name] != value}
    if not after:
        return None
    return dual_control.ask(kind="settings", school=school, before={name: known[name] for name in after}, after=after, by=by, at=at)


def set_settings(change: GuardedChange, at: dt.datetime) -> None:
    """Raises RefusedError, `stale`, if they have other values by now, or do not fit together any more."""
    school = School.objects.select_for_update(no_key=True).get(pk=change.school_id or 0)
    stale = RefusedError(_("The settings are others by now: ask for it again."), "stale")
    if any(values_of(school)[name] != value for name, value in change.before.items()):
        raise stale
    for name, value in change.after.items():
        setattr(school, column(name), value)
    try:
        with transaction.atomic():
            school.save(update_fields=list(change.after))
    except IntegrityError as clash:
        raise stale from clash
    facts: dict[str, Json] = {"change": change.pk, "before": logged(change, change.before), "after": logged(change, change.after)}
    log.append(school=school, kind="school.changed", at=at, by=change.asked_by, facts=facts)


def logged(change: GuardedChange, values: Mapping[str, Any]) -> dict[str, Json]:
    """What the log says of these settings: of addresses their hash."""
    facts: dict[str, Json] = dict(values)
    if "checkpoint_recipients" in facts:
        facts["checkpoint_recipients"] = hashlib.sha256(f"{change.salt}{facts['checkpoint_recipients']}".encode()).hexdigest()
    return facts


def informed(change: GuardedChange) -> Iterable[str]:
    """Who kept the checkpoints and who will, who decided and who will."""
    for values in (change.before, change.after):
        yield from values.get("checkpoint_recipients", "").split()
        yield from Person.objects.filter(pk__in=[values.get(name) or 0 for name in PEOPLE]).values_list("email", flat=True)


def rows(change: GuardedChange) -> list[tuple[Any, object, object]]:
    names = dict(Person.objects.filter(pk__in=people_in(change)).values_list("pk", "full_name"))
    words = {**names, **dict(School.Deciders.choices)}
    return [
        (LABELS[name], words.get(change.before[name], change.before[name]), words.get(value, value)) for name, value in change.after.items()
    ]


def people_in(change: GuardedChange) -> list[int]:
    return [values[name] for values in (change.before, change.after) for name in PEOPLE if values.get(name)]


GUARDED_CHANGES = (
    GuardedKind(
        name="settings",
        title=gettext_lazy("settings of the school: who decides, who keeps the checkpoints, which e-mail domains are its own"),
        rows=rows,
        confirmed_by=OFFICE,
        make=set_settings,
        informed=informed,
    ),
)
