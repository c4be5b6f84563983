"""Disconnect-Requests (RFC 5176): which sessions of devices that may connect no longer still run, and what controllers answered.

A refusal holds from its commit: the next Access-Request is rejected. The session that runs already ends by itself
(Session-Timeout); where the school has controllers that take Disconnect-Requests, they are asked to end it now.
"""

import datetime as dt
import re
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from declarations.common import lease
from declarations.devices.models import Device, DeviceAddress, Permission, Suspension
from declarations.devices.reason import Reason
from declarations.network import coa_packets
from declarations.network.models import DEFAULT_SESSION_TIMEOUT, NAME_OF_A_FILE, Controller, Disconnect, LastSeen
from declarations.organisation.models.school import School, SchoolDay

SECONDS_FOR_AN_ANSWER = 1.5
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=5), dt.timedelta(minutes=5)
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class StillConnected:
    """A device that was accepted, would be rejected now, and whose session may last until `until_at`."""

    seen: LastSeen
    reason: str
    decided_at: dt.datetime
    until_at: dt.datetime

    @property
    def reason_label(self) -> str:
        return str(Reason(self.reason).label)


def still_connected(*, at: dt.datetime, school: School | None = None) -> list[StillConnected]:
    """The devices that are still connected, of one school or of all, the newest first."""
    timeout = Coalesce("school__network__session_timeout", Value(DEFAULT_SESSION_TIMEOUT))
    owned = Device.objects.filter(pk=OuterRef("device")).with_reason(on=SchoolDay(at)).order_by()
    live = DeviceAddress.objects.filter(device=OuterRef("device"), address=OuterRef("address"), ended_at__isnull=True)
    seen = LastSeen.objects.filter(reason="", device__isnull=False, seen_at__gt=at - dt.timedelta(days=1), seen_at__lte=at)
    if school is not None:
        seen = seen.filter(school=school)
    rows: Any = (
        seen.annotate(timeout=timeout, now=Subquery(owned.values(answer=F("reason"))[:1]), is_live=Subquery(live.values("pk")[:1]))
        .filter(~Q(now="") | Q(is_live__isnull=True))
        .select_related("device__owner", "school")
    )
    connections = []
    for row in rows:
        until = row.seen_at + dt.timedelta(seconds=row.timeout)
        if until > at:
            reason = row.now or Reason.UNKNOWN_DEVICE.value
            connections.append(StillConnected(row, reason, max(row.seen_at, decided_at(row, reason, at=at)), until))
    return connections


def not_acknowledged(*, at: dt.datetime, school: School | None = None) -> list[StillConnected]:
    """Those whom no controller has disconnected or does not know, for the dashboard."""
    connections = still_connected(at=at, school=school)
    answers: dict[tuple[int, str], list[Disconnect]] = {}
    if connections:
        addresses = {connection.seen.address for connection in connections}
        for row in Disconnect.objects.filter(address__in=addresses, queued_at__gt=at - dt.timedelta(days=1)):
            answers.setdefault((row.school_id, row.address), []).append(row)

    def is_off(connection: StillConnected) -> bool:
        seen = connection.seen
        since = [row.answer for row in answers.get((seen.school_id, seen.address), []) if row.queued_at >= seen.seen_at]
        return Disconnect.Answer.ACK in since or set(since) == {Disconnect.Answer.ABSENT.value}

    return [connection for connection in connections if not is_off(connection)]


def decided_at(row: LastSeen, reason: str, *, at: dt.datetime) -> dt.datetime:
    """Since when the device may not connect: the moment of what somebody did, or the midnight at which a date had come."""
    moments: dict[str, QuerySet[Any, dt.datetime | None]] = {
        Reason.SUSPENDED: Suspension.objects.filter(device=row.device).order_by("-suspended_at").values_list("suspended_at", flat=True),
        Reason.NOT_APPROVED: Permission.objects.filter(device=row.device, ended_at__isnull=False)
        .order_by("-ended_at")
        .values_list("ended_at", flat=True),
        Reason.UNKNOWN_DEVICE: DeviceAddress.objects.filter(device=row.device, address=row.address)
        .order_by("-pk")
        .values_list("ended_at", flat=True),
    }
    moment = moments[reason].first() if reason in moments else None
    return moment or dt.datetime.combine(row.school.day_of(at), dt.time(), row.school.zone)


def queue(*, at: dt.datetime) -> int:
    """Queues a request for each such device and each controller of its school that has not been asked since; returns how many."""
    queued = 0
    for connection in still_connected(at=at):
        seen, device = connection.seen, connection.seen.device
        if device is None:
            continue
        for controller in Controller.objects.filter(school=seen.school_id, in_use=True):
            with transaction.atomic():
                asked = Disconnect.objects.filter(controller=controller, address=seen.address)
                if asked.filter(Q(queued_at__gte=seen.seen_at) | Q(answered_at__isnull=True, gave_up_at__isnull=True)).exists():
                    continue
                _row, is_new = Disconnect.objects.get_or_create(
                    controller=controller,
                    address=seen.address,
                    answered_at=None,
                    gave_up_at=None,
                    defaults={
                        "school": seen.school,
                        "device": device,
                        "reason": connection.reason,
                        "decided_at": connection.decided_at,
                        "queued_at": at,
                        "until_at": connection.until_at,
                        "due_at": at,
                    },
                )
                queued += is_new
    return queued


def send_due_disconnects(*, at: dt.datetime) -> int:
    """Queues and sends the Disconnect-Requests that are due; returns how many were sent.

    The worker calls it every few seconds. Several workers may: each takes a lease of a row before it sends.
    """
    begun = time.monotonic()
    queue(at=at)
    sent = 0
    Disconnect.objects.open().filter(until_at__lte=at).update(gave_up_at=at)
    for pk in list(Disconnect.objects.due(at=at).order_by("due_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        now = at + dt.timedelta(seconds=time.monotonic() - begun)
        if not lease.take(Disconnect.objects.due(at=now).filter(pk=pk), at=now, lasts=lease.FOR_A_DISCONNECT):
            continue
        row = Disconnect.objects.select_related("controller__school").get(pk=pk)
        answer = ask(row.controller, address=row.address, at=now)
        record_answer(row, answer, asked_at=now, at=at + dt.timedelta(seconds=time.monotonic() - begun))
        sent += 1
    return sent


def record_answer(row: Disconnect, answer: coa_packets.CoaAnswer | str, *, asked_at: dt.datetime, at: dt.datetime) -> None:
    """Stores the answer to one request; a text says why there is none, and the request is sent again later."""
    mine = Disconnect.objects.open().filter(pk=row.pk)
    if isinstance(answer, str):
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.attempts - 1, 10))
        mine.update(sent_at=asked_at, due_at=at + pause, locked_until=None, error=answer[:200])
        return
    if answer.is_ack:
        kind, error = Disconnect.Answer.ACK, ""
    elif answer.error_cause == coa_packets.SESSION_NOT_FOUND:
        kind, error = Disconnect.Answer.ABSENT, ""
    else:
        kind, error = Disconnect.Answer.NAK, _("Error-Cause %(cause)s") % {"cause": answer.error_cause}
    mine.update(sent_at=asked_at, answered_at=at, answer=kind, locked_until=None, error=error)


def ask(controller: Controller, *, address: str, at: dt.datetime) -> coa_packets.CoaAnswer | str:
    """Sends one request and waits for its answer; returns the reason in words if there is none."""
    try:
        secret = secret_of(controller)
    except OSError:
        return _("There is no secret named “%(name)s” on the server.") % {"name": controller.secret_name}
    if not secret:
        return _("The secret named “%(name)s” is empty.") % {"name": controller.secret_name}
    identifier = secrets.randbelow(256)
    request = coa_packets.disconnect_request(identifier=identifier, secret=secret, address=address, seconds=int(at.timestamp()))
    family = socket.AF_INET6 if ":" in controller.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as wire:
        try:
            # Connected, so that only this controller's packets come in.
            wire.connect((controller.host, controller.port))
            wire.send(request)
            return wait_for_reply(wire, request=request, secret=secret, must_be_signed=controller.signs_answers)
        except coa_packets.UnsignedAnswerError:
            return _("Not believed: the answer carries no Message-Authenticator. Update the controller, or see docs/network.md.")
        except TimeoutError:
            return _("No answer.")
        except OSError as error:
            return _("Not reached: %(why)s") % {"why": error.strerror or error}


def wait_for_reply(wire: socket.socket, *, request: bytes, secret: bytes, must_be_signed: bool) -> coa_packets.CoaAnswer:
    """The first packet that is the answer; anybody can send others. Raises UnsignedAnswerError if one was not signed, or TimeoutError."""
    end = time.monotonic() + SECONDS_FOR_AN_ANSWER
    why: Exception = TimeoutError()
    while (left := end - time.monotonic()) > 0:
        wire.settimeout(left)
        try:
            return coa_packets.read_reply(wire.recv(4096), request=request, secret=secret, must_be_signed=must_be_signed)
        except TimeoutError:
            break
        except coa_packets.UnsignedAnswerError as unsigned:
            why = unsigned  # a signed one may come after it
        except coa_packets.InvalidAnswerError:
            continue
    raise why


def secret_of(controller: Controller) -> bytes:
    """The secret shared with a controller: a file, named for its school and for what the controller's row says.

    In a file, because the database is backed up, exported and looked at; whoever reads it learns a name. In a folder for each
    school, because otherwise one school's administrator could name another's secret. Raises OSError.
    """
    name = controller.secret_name
    if not re.match(NAME_OF_A_FILE, name):
        raise FileNotFoundError(name)
    return (Path(settings.RADIUS_SECRETS_DIR) / controller.school.slug / name).read_bytes().strip()
