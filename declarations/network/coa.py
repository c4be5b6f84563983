"""Told to let go: devices that were let on and may stay no longer, and what their controllers answered.

Every no holds from the moment of its commit: the next time the network asks, it hears it. What is left is the session that
runs already. It ends by itself (Session-Timeout); where the school has controllers that listen, they are asked to end it now.
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
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from declarations.common import lease
from declarations.devices.models import Device, DeviceAddress, Permission, Reason, Suspension
from declarations.network import coa_packets
from declarations.network.models import DEFAULT_SESSION_TIMEOUT, NAME_OF_A_FILE, Controller, Disconnect, LastSeen
from declarations.organisation.models.school import School, SchoolDay

SECONDS_FOR_AN_ANSWER = 1.5
LOCKED_FOR = dt.timedelta(seconds=30)
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=5), dt.timedelta(minutes=5)
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class StillConnected:
    """A device that the network let on, that would hear a no now, and that may still be on until `until_at`."""

    seen: LastSeen
    reason: str
    decided_at: dt.datetime
    until_at: dt.datetime

    @property
    def reason_words(self) -> str:
        return str(Reason(self.reason).label)


def still_connected(*, at: dt.datetime, school: School | None = None) -> list[StillConnected]:
    """Decided but not taken up: see StillConnected; of one school or of all, the newest first."""
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
    """Those still_connected whom no controller has let go, for the leadership's front page: empty is how it should be."""
    connections = still_connected(at=at, school=school)
    answers: dict[tuple[int, str], list[Disconnect]] = {}
    if connections:
        addresses = {device_connected.seen.address for device_connected in connections}
        for row in Disconnect.objects.filter(address__in=addresses, queued_at__gt=at - dt.timedelta(days=1)):
            answers.setdefault((row.school_id, row.address), []).append(row)

    def is_off(device_connected: StillConnected) -> bool:
        since = [
            row
            for row in answers.get((device_connected.seen.school_id, device_connected.seen.address), [])
            if row.queued_at >= device_connected.seen.seen_at
        ]
        return any(row.answer == Disconnect.Answer.ACK for row in since) or (
            bool(since) and all(row.answer == Disconnect.Answer.ABSENT for row in since)
        )

    return [device_connected for device_connected in connections if not is_off(device_connected)]


def decided_at(row: LastSeen, reason: str, *, at: dt.datetime) -> dt.datetime:
    """When the no came into being: the moment of what somebody did, or the midnight at which a date had come."""
    device = row.device
    moment: dt.datetime | None = None
    if reason == Reason.SUSPENDED:
        moment = Suspension.objects.filter(device=device).order_by("-suspended_at").values_list("suspended_at", flat=True).first()
    elif reason == Reason.NOT_APPROVED:
        moment = (
            Permission.objects.filter(device=device, ended_at__isnull=False)
            .order_by("-ended_at")
            .values_list("ended_at", flat=True)
            .first()
        )
    elif reason == Reason.UNKNOWN_DEVICE:
        moment = DeviceAddress.objects.filter(device=device, address=row.address).order_by("-pk").values_list("ended_at", flat=True).first()
    if moment is None:
        moment = dt.datetime.combine(row.school.day_of(at), dt.time(), row.school.zone)
    return moment


def queue(*, at: dt.datetime) -> int:
    """One request for each still_connected device and each controller of its school that has not been asked since; how many."""
    queued = 0
    for device_connected in still_connected(at=at):
        device = device_connected.seen.device
        if device is None:
            continue
        for controller in Controller.objects.filter(school=device_connected.seen.school_id, in_use=True):
            with transaction.atomic():
                asked = Disconnect.objects.filter(controller=controller, address=device_connected.seen.address)
                if asked.filter(
                    Q(queued_at__gte=device_connected.seen.seen_at) | Q(answered_at__isnull=True, gave_up_at__isnull=True)
                ).exists():
                    continue
                _row, is_new = Disconnect.objects.get_or_create(
                    controller=controller,
                    address=device_connected.seen.address,
                    answered_at=None,
                    gave_up_at=None,
                    defaults={
                        "school": device_connected.seen.school,
                        "device": device,
                        "reason": device_connected.reason,
                        "decided_at": device_connected.decided_at,
                        "queued_at": at,
                        "until_at": device_connected.until_at,
                        "due_at": at,
                    },
                )
                queued += is_new
    return queued


def send_due_disconnects(*, at: dt.datetime) -> int:
    """Finds who lingers, and asks the controllers that are due to be asked; how many requests were sent.

    For the worker, every few seconds. Several workers do not get into each other's way: a worker takes a lease of each
    row, and if it dies, another takes the row half a minute later.
    """
    begun = time.monotonic()
    queue(at=at)
    sent = 0
    Disconnect.objects.open().filter(until_at__lte=at).update(gave_up_at=at)
    for pk in list(Disconnect.objects.due(at=at).order_by("due_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        now = at + dt.timedelta(seconds=time.monotonic() - begun)
        if not lease.take(Disconnect.objects.due(at=now).filter(pk=pk), at=now, lasts=LOCKED_FOR):
            continue
        row = Disconnect.objects.select_related("controller__school").get(pk=pk)
        answer = ask(row.controller, address=row.address, at=now)
        record_answer(row, answer, asked_at=now, at=at + dt.timedelta(seconds=time.monotonic() - begun))
        sent += 1
    return sent


def record_answer(row: Disconnect, answer: "coa_packets.CoaAnswer | str", *, asked_at: dt.datetime, at: dt.datetime) -> None:
    """Writes down what became of one request; a text is the trouble because of which it will be tried again."""
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


def ask(controller: Controller, *, address: str, at: dt.datetime) -> "coa_packets.CoaAnswer | str":
    """Sends one request and waits for its answer; the trouble in words if there is none."""
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
            return wait_for_reply(wire, request=request, secret=secret)
        except TimeoutError:
            return _("No answer.")
        except OSError as error:
            return _("Not reached: %(why)s") % {"why": error.strerror or error}


def wait_for_reply(wire: socket.socket, *, request: bytes, secret: bytes) -> coa_packets.CoaAnswer:
    """The first packet that is the answer; anybody can send others. Raises TimeoutError."""
    end = time.monotonic() + SECONDS_FOR_AN_ANSWER
    while (left := end - time.monotonic()) > 0:
        wire.settimeout(left)
        packet = wire.recv(4096)
        try:
            return coa_packets.read_reply(packet, request=request, secret=secret)
        except coa_packets.InvalidAnswerError:
            continue
    raise TimeoutError


def secret_of(controller: Controller) -> bytes:
    """The secret shared with a controller: a file, named for its school and for what the controller's row says.

    In a file, because the database is backed up, exported and looked at; whoever reads it learns a name. In a folder for each
    school, because otherwise one school's administrator could name another's secret. Raises OSError.
    """
    name = controller.secret_name
    if not re.match(NAME_OF_A_FILE, name):
        raise FileNotFoundError(name)
    return (Path(settings.RADIUS_SECRETS_DIR) / controller.school.slug / name).read_bytes().strip()
