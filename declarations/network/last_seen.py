"""The last answer about each address, written beside the answering: an answer never waits for a write.

The view notes a decision; a thread of the server's process writes what was noted, about once a second, many in one statement. If the
process dies, a second of *last seen* is lost, which is no evidence; what was decided is written elsewhere, by the actions.
"""

import datetime as dt
import logging
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Q

from declarations.devices.models import AddressClash, Device
from declarations.devices.reason import Reason
from declarations.network.authorise import Decision
from declarations.network.models import DEFAULT_SEEN_DAYS, Disconnect, LastSeen, NetworkToken
from declarations.organisation.models.legal_hold import LegalHold
from declarations.organisation.models.school import School

SECONDS_BETWEEN_WRITES = 1.0
# An address that nobody has added is kept for this long, for its owner to say that it is theirs …
UNKNOWN_FOR = dt.timedelta(minutes=10)
# … and so many of a school: anybody who walks past can make up addresses.
MOST_UNKNOWN = 200
TOKEN_USE_TO_THE = dt.timedelta(minutes=1)
# With the database down for long, the oldest notes are forgotten.
noted: deque[tuple[Decision, dt.datetime]] = deque(maxlen=20_000)
uses: deque["Use"] = deque(maxlen=20_000)
log = logging.getLogger("declarations.network")
starting = threading.Lock()
started: list[threading.Thread] = []


@dataclass(frozen=True, slots=True)
class Use:
    """A live token was used: as it may be, or as it may not."""

    token: NetworkToken
    at: dt.datetime
    address: str  # of who used it; "" if it is not known
    is_refused: bool


def note(decision: Decision, *, at: dt.datetime) -> None:
    """To be written soon."""
    noted.append((decision, at))


def start() -> None:
    """Begins to write what is noted in this process; the server calls it in each of its workers."""
    with starting:
        if not started:
            thread = threading.Thread(target=keep_writing, name="last-seen", daemon=True)
            started.append(thread)
            thread.start()


def keep_writing() -> None:
    while True:
        time.sleep(SECONDS_BETWEEN_WRITES)
        if not noted and not uses:
            continue
        close_old_connections()
        try:
            write()
        except DatabaseError as error:
            log.warning("what was seen could not be written down: %s", error)
        close_old_connections()


def write() -> None:
    """Writes all that has been noted so far."""
    write_uses()
    last: dict[tuple[int, str], tuple[Decision, dt.datetime]] = {}
    while noted:
        decision, at = noted.popleft()
        last[decision.school_id, decision.address] = decision, at
    if not last:
        return
    # In one order in every process, so that two that write at once never wait for each other crosswise.
    rows = [last[key] for key in sorted(last)]
    with transaction.atomic():
        known = set(Device.objects.filter(pk__in={d.device_id for d, _at in rows if d.device_id}).values_list("pk", flat=True))
        LastSeen.objects.bulk_create(
            [
                LastSeen(school_id=d.school_id, device_id=d.device_id, address=d.address, reason=d.reason, seen_at=at)
                for d, at in rows
                if d.device_id is None or d.device_id in known
            ],
            update_conflicts=True,
            unique_fields=["school", "address"],
            update_fields=["device", "reason", "seen_at"],
            batch_size=500,
        )
        forget_unknown({d.school_id for d, _at in rows if d.device_id is None}, at=max(at for _d, at in rows))


def write_uses() -> None:
    """Of each token the last use, to the minute or so, and the last one that was refused."""
    last: dict[tuple[int, bool], Use] = {}
    while uses:
        use = uses.popleft()
        if use.is_refused or use.token.last_used_at is None or use.at - use.token.last_used_at >= TOKEN_USE_TO_THE:
            last[use.token.pk, use.is_refused] = use
    for (token_id, is_refused), use in sorted(last.items()):
        if is_refused:
            NetworkToken.objects.filter(pk=token_id).update(refused_at=use.at, refused_address=use.address or None)
        else:
            stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=use.at - TOKEN_USE_TO_THE)
            NetworkToken.objects.filter(stale, pk=token_id).update(last_used_at=use.at, last_address=use.address or None)


def forget_unknown(school_ids: Iterable[int], *, at: dt.datetime) -> None:
    """Addresses that nobody has added: those of the last minutes stay, and of them the newest."""
    for school_id in sorted(school_ids):
        unknown = LastSeen.objects.filter(school=school_id, reason=Reason.UNKNOWN_DEVICE, device__isnull=True)
        unknown.filter(seen_at__lt=at - UNKNOWN_FOR).delete()
        newest = unknown.order_by("-seen_at", "-pk").values_list("pk", flat=True)
        if surplus := list(newest[MOST_UNKNOWN : MOST_UNKNOWN + 5000]):
            LastSeen.objects.filter(pk__in=surplus).delete()


def ending_in(end: str, *, school: School, at: dt.datetime) -> list[str]:
    """The addresses with this end (`1B:2C`) that nobody has added and the school's network refused in the last minutes."""
    unknown = LastSeen.objects.filter(school=school, reason=Reason.UNKNOWN_DEVICE, device__isnull=True)
    recent = unknown.filter(seen_at__gt=at - UNKNOWN_FOR, address__endswith=f":{end}")
    return list(recent.order_by("-seen_at").values_list("address", flat=True)[:2])


def purge(*, at: dt.datetime) -> int:
    """Deletes what each school keeps no longer: last answers, requests to disconnect, claims to others' addresses.

    Not of people whom a legal hold keeps back.
    """
    deleted = 0
    held = LegalHold.objects.live().values("person")
    for school in School.objects.select_related("network").order_by("pk"):
        settings = getattr(school, "network", None)
        before = at - dt.timedelta(days=settings.seen_days if settings else DEFAULT_SEEN_DAYS)
        forget_unknown([school.pk], at=at)
        deleted += LastSeen.objects.filter(school=school, seen_at__lt=before).exclude(device__owner__in=held).delete()[0]
        deleted += Disconnect.objects.filter(school=school, queued_at__lt=before).exclude(device__owner__in=held).delete()[0]
        claims = AddressClash.objects.filter(school=school, last_at__lt=before)
        deleted += claims.exclude(Q(person__in=held) | Q(holder__owner__in=held)).delete()[0]
    return deleted
