"""What the log says of changes that need a second person, and how they are compared with it."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from declarations.dual_control.models import GuardedChange
from declarations.evidence import canonical_json
from declarations.evidence import log as evidence
from declarations.evidence.models import Log
from declarations.evidence.reconcile import by_number, compare, left_over
from declarations.evidence.scan import LogContents, Record
from declarations.web.capability import LogKind

LOG_KINDS = tuple(
    LogKind(name=f"change.{what}", title=title, about="person", needs={"change": int})
    for what, title in {
        "asked": _("a change was asked for that needs a second person"),
        "made": _("how somebody signs in, or who may do what, was changed"),
        "confirmed": _("a change was confirmed"),
        "refused": _("a change was refused"),
    }.items()
)


def facts_of(change: GuardedChange) -> dict[str, canonical_json.Json]:
    """What the log says of a change: the old and the new by their SHA-256, with the salt that goes when the person is erased."""
    return {
        "change": change.pk,
        "what": change.kind,
        "person": evidence.who(change.person) if change.person else None,
        "before_sha256": hash_of(change, change.before),
        "after_sha256": hash_of(change, change.after),
        "settled_with": change.settled_with or None,
    }


def hash_of(change: GuardedChange, values: dict[str, Any]) -> str:
    return hashlib.sha256(change.salt.encode() + canonical_json.canon(evidence.nfc(values))).hexdigest()


def check_changes(log: Log, contents: LogContents) -> Iterator[str]:
    """Changes of the school; those of the trust stand in the log of every school that there was by then, and are not looked for."""
    by_kind: dict[str, dict[int, Record]] = {
        what: {record["change"]: record for record in contents.of(f"change.{what}")} for what in ("asked", "made", "confirmed", "refused")
    }
    for row in GuardedChange.objects.filter(school=log.school_id).select_related("person").order_by("pk"):
        happened = happenings(row)
        for what, (at, by) in happened.items():
            record = by_number(by_kind[what].get(row.pk))
            if what == "asked" and record is None and row.made_at == row.asked_at:
                continue  # What is made in the moment in which it is asked for has no record of the asking.
            facts: Record = facts_of(row) | {"person": row.person_id, "by": by}
            # It was asked for and made before it was confirmed, or in the same moment.
            facts = facts if what not in {"asked", "made"} else {name: value for name, value in facts.items() if name != "settled_with"}
            yield from compare(f"change {row.pk}, {what}", record, facts, kind=f"change.{what}", contents=contents, at=at)
        for what in by_kind.keys() - happened.keys():
            if row.pk in by_kind[what]:
                yield f"change {row.pk}: the log says that it was {what}, and its row does not"
    known = set(GuardedChange.objects.values_list("pk", flat=True))
    for what, records in by_kind.items():
        yield from left_over(f"a change was {what}", records.values(), "change", known)


def happenings(row: GuardedChange) -> dict[str, tuple[dt.datetime, int | None]]:
    """What a row says that happened to it: when, and by whom."""
    happened = {"asked": (row.asked_at, row.asked_by_id)}
    if row.made_at is not None:
        happened["made"] = (row.made_at, row.asked_by_id)
    if row.settled_at is not None:
        is_refused = row.settled_with == GuardedChange.Settled.REFUSED
        happened["refused" if is_refused else "confirmed"] = (row.settled_at, row.settled_by_id)
    return happened
