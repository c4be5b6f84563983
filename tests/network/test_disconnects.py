"""Revoked while connected: the controller is told, and what it answers is written down. The controller here is a FreeRADIUS."""

import datetime as dt
import hashlib
import hmac
import itertools
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from declarations.devices.actions import approval, owner
from declarations.devices.models import Device, DeviceAddress, Permission
from declarations.network import authorise, coa, coa_packets, last_seen
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkSettings
from declarations.network.tokens import make_token
from declarations.organisation.models.person import Person
from tests.cast import Cast
from tests.network.radius import RADIUSD, free_port, program

ADDRESS = "3C:22:FB:00:00:01"
SECRET = "shared with the controller"
MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)
CONTROLLER = """
client declarations {{
	ipaddr = 127.0.0.1
	secret = "{secret}"
	require_message_authenticator = yes
}}
server controller {{
	listen {{
		type = coa
		ipaddr = 127.0.0.1
		port = {port}
	}}
	recv-coa {{
		update reply {{
			&Message-Authenticator := 0x00
		}}
		if (&Calling-Station-Id == "3C-22-FB-00-00-01") {{
			ok
		}}
		elsif (&Calling-Station-Id == "3C-22-FB-00-00-02") {{
			update reply {{
				&Error-Cause := Session-Context-Not-Found
			}}
			reject
		}}
		else {{
			reject
		}}
	}}
}}
"""


@contextmanager
def listening(folder: Path, port: int) -> Iterator[None]:
    """A controller that knows one device: 3C-22-FB-00-00-01."""
    for part in ("mods-enabled", "policy.d", "sites-enabled"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "sites-enabled/controller").write_text(CONTROLLER.format(secret=SECRET, port=port))
    (folder / "mods-enabled/always").write_text("always reject {\n\trcode = reject\n}\nalways ok {\n\trcode = ok\n}\n")
    (folder / "dictionary").write_text("$INCLUDE /usr/share/freeradius/dictionary\n")
    libraries = next(path for path in (Path("/usr/lib/freeradius"), Path("/usr/lib64/freeradius")) if path.is_dir())
    (folder / "radiusd.conf").write_text(RADIUSD.format(folder=folder, libraries=libraries))
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([program("freeradius"), "-fxx", "-l", "stdout", "-d", str(folder)], stdout=log, stderr=log)
    try:
        give_up = time.monotonic() + 30
        while "Ready to process requests" not in (said := (folder / "log").read_text(errors="replace")):
            assert server.poll() is None, said[-2000:]
            assert time.monotonic() < give_up, said[-2000:]
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def controller(cast: Cast, tmp_path: Path, settings: Any) -> Controller:
    """Hillside's, with its secret in its file."""
    settings.RADIUS_SECRETS_DIR = tmp_path / "secrets"
    (tmp_path / "secrets/hillside").mkdir(parents=True)
    (tmp_path / "secrets/hillside/main").write_text(SECRET + "\n")
    return Controller.objects.create(school=cast.hillside, name="Main", host="127.0.0.1", port=free_port(), secret_name="main")


def connect(phone: Device, at: dt.datetime, address: str = ADDRESS) -> None:
    """The network asked and heard what it would hear at this moment."""
    token = make_token(school=phone.school, name=f"Asked {at}", by=None, at=at)[1]
    decision = authorise.decide(token=token, address=address, at=at)
    assert decision is not None
    last_seen.note(decision, at=at)
    last_seen.write()


def revoke(phone: Device, by: Person, at: dt.datetime) -> None:
    approval.revoke(permission=Permission.objects.get(device=phone), by=by, note="Left on a bus.", at=at)


def test_decided_told_acknowledged(cast: Cast, phone: Device, controller: Controller, tmp_path: Path):
    at = timezone.now()
    connect(phone, at)
    assert coa.send_due_disconnects(at=at + SECOND) == 0
    revoke(phone, cast.omar, at + MINUTE)
    assert [one.reason for one in coa.not_acknowledged(at=at + MINUTE, school=cast.hillside)] == ["not_approved"]
    assert coa.not_acknowledged(at=at + MINUTE, school=cast.riverside) == []
    with listening(tmp_path / "nas", controller.port):
        assert coa.send_due_disconnects(at=at + MINUTE + SECOND) == 1
        assert coa.send_due_disconnects(at=at + MINUTE + 9 * SECOND) == 0
    row = Disconnect.objects.get()
    assert (row.answer, row.attempts, row.error) == ("ack", 1, "")
    assert row.decided_at == at + MINUTE
    assert row.sent_at is not None
    assert row.answered_at is not None
    assert at + MINUTE + SECOND <= row.sent_at <= row.answered_at
    assert coa.not_acknowledged(at=at + MINUTE + 9 * SECOND) == []


def test_one_that_is_down_is_asked_again_until_the_session_is_over(cast: Cast, phone: Device, controller: Controller, tmp_path: Path):
    NetworkSettings.objects.create(school=cast.hillside, session_timeout=600)
    at = timezone.now()
    connect(phone, at)
    revoke(phone, cast.omar, at + SECOND)
    tries = [seconds for seconds in range(2, 120) if coa.send_due_disconnects(at=at + seconds * SECOND)]
    row = Disconnect.objects.get()
    assert row.attempts == len(tries) >= 4
    assert row.error
    assert row.answered_at is None
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert pauses == sorted(pauses)
    assert len(coa.not_acknowledged(at=at + 2 * MINUTE)) == 1
    with listening(tmp_path / "nas", controller.port):
        assert coa.send_due_disconnects(at=at + 5 * MINUTE) == 1
    assert Disconnect.objects.get().answer == "ack"


def test_after_the_session_has_ended_nobody_is_told_any_more(cast: Cast, phone: Device, controller: Controller):
    at = timezone.now()
    connect(phone, at)
    revoke(phone, cast.omar, at + SECOND)
    assert coa.send_due_disconnects(at=at + 2 * SECOND) == 1
    assert coa.send_due_disconnects(at=at + 61 * MINUTE) == 0
    assert Disconnect.objects.get().gave_up_at == at + 61 * MINUTE
    assert coa.not_acknowledged(at=at + 61 * MINUTE) == []
    assert coa.send_due_disconnects(at=at + 62 * MINUTE) == 0


@pytest.mark.parametrize("end", ["suspended", "given up", "left", "another address", "lapsed"])
def test_whatever_ends_it_the_controller_is_told(cast: Cast, phone: Device, controller: Controller, end: str, tmp_path: Path):
    at = timezone.now()
    connect(phone, at)
    if end == "suspended":
        owner.report_lost(device=phone, by=cast.ben, at=at + SECOND)
    if end == "given up":
        owner.give_up(device=phone, by=cast.ben, at=at + SECOND)
    if end == "left":
        Person.objects.filter(pk=cast.ben.pk).update(leaves_on=cast.hillside.day_of(at))
    if end == "another address":
        DeviceAddress.objects.filter(device=phone).update(ended_at=at + SECOND)
    if end == "lapsed":
        at = dt.datetime.combine(cast.hillside.year(on=cast.hillside.day_of(at)).lapses_on, dt.time(0, 30), cast.hillside.zone)
        LastSeen.objects.update(seen_at=at - 35 * MINUTE)
    with listening(tmp_path / "nas", controller.port):
        assert coa.send_due_disconnects(at=at + 2 * SECOND) == 1
    row = Disconnect.objects.get()
    expected = {"suspended": "suspended", "given up": "not_approved", "left": "owner_left", "another address": "unknown_device"}
    if end == "lapsed":
        assert row.reason in {"lapsed", "approval_expired"}
    else:
        assert row.reason == expected[end]
    # Where a date had come the midnight counts, but no moment before the network asked.
    assert row.decided_at == {"left": at, "lapsed": at - 30 * MINUTE}.get(end, at + SECOND)
    assert row.answer == "ack"


def test_a_controller_that_does_not_know_the_device_says_so(cast: Cast, phone: Device, controller: Controller, tmp_path: Path):
    with listening(tmp_path / "nas", controller.port):
        at = timezone.now()
        absent = coa.ask(controller, address="3C:22:FB:00:00:02", at=at)
        refused = coa.ask(controller, address="3C:22:FB:00:00:03", at=at)
        gone = coa.ask(controller, address=ADDRESS, at=at)
    assert absent == coa_packets.CoaAnswer(is_ack=False, error_cause=503)
    assert isinstance(refused, coa_packets.CoaAnswer)
    assert not refused.is_ack
    assert gone == coa_packets.CoaAnswer(is_ack=True, error_cause=None)


def test_what_others_send_is_no_answer(controller: Controller):
    """Somebody who does not know the secret answers first; nothing of it is believed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nas:
        nas.bind(("127.0.0.1", controller.port))
        nas.settimeout(5)

        def answer() -> None:
            request, caller = nas.recvfrom(4096)
            forged = bytes([41, request[1], 0, 20]) + bytes(16)
            for packet in (b"", b"\x29", forged, forged[:3], request, bytes([41, request[1], 255, 255]) + bytes(30)):
                nas.sendto(packet, caller)

        thread = threading.Thread(target=answer)
        thread.start()
        said = coa.ask(controller, address=ADDRESS, at=timezone.now())
        thread.join()
    assert said == "No answer."


def answered(request: bytes, *attributes: bytes, signed_with: bytes = b"", secret: bytes = SECRET.encode()) -> bytes:
    """A Disconnect-ACK with a right plain sum; signed if a secret for that is given."""
    body = b"".join(attributes) + (coa_packets.attribute(80, bytes(16)) if signed_with else b"")
    head = bytes([41, request[1]]) + (20 + len(body)).to_bytes(2)
    if signed_with:
        body = body[:-16] + hmac.digest(signed_with, head + request[4:20] + body, "md5")
    return head + hashlib.md5(head + request[4:20] + body + secret, usedforsecurity=False).digest() + body


def test_an_answer_without_its_signature_or_with_a_wrong_one_is_no_success(cast: Cast, phone: Device, controller: Controller):
    """Its plain sum is right in each: that is what the attack on MD5 makes."""
    request = coa_packets.disconnect_request(identifier=7, secret=SECRET.encode(), address=ADDRESS, seconds=1)
    known = {"request": request, "secret": SECRET.encode()}
    reply = answered(request, signed_with=SECRET.encode())
    assert coa_packets.read_reply(reply, **known).is_ack
    other = coa_packets.disconnect_request(identifier=7, secret=SECRET.encode(), address=ADDRESS, seconds=2)
    with pytest.raises(coa_packets.InvalidAnswerError):  # to another request
        coa_packets.read_reply(reply, **known | {"request": other})
    assert len(request) == 20 + 19 + 6 + 18  # it is signed itself
    for wrong in (answered(request, signed_with=b"guess"), answered(request, coa_packets.attribute(80, bytes(16)), signed_with=b"guess")):
        for must_be_signed in (True, False):
            with pytest.raises(coa_packets.InvalidAnswerError, match="another secret"):
                coa_packets.read_reply(wrong, **known, must_be_signed=must_be_signed)
    unsigned = answered(request, coa_packets.attribute(33, b"chosen by somebody on the way"))
    with pytest.raises(coa_packets.UnsignedAnswerError):
        coa_packets.read_reply(unsigned, **known)
    assert coa_packets.read_reply(unsigned, **known, must_be_signed=False).is_ack


@pytest.mark.parametrize("then_signed", [False, True])
def test_a_controller_that_signs_nothing_is_not_believed_unless_that_is_ticked(
    cast: Cast, phone: Device, controller: Controller, then_signed: bool
):
    at = timezone.now()
    connect(phone, at)
    revoke(phone, cast.omar, at + SECOND)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nas:
        nas.bind(("127.0.0.1", controller.port))
        nas.settimeout(5)

        def answer(signs: bool) -> None:
            request, caller = nas.recvfrom(4096)
            nas.sendto(answered(request), caller)
            if signs:
                nas.sendto(answered(request, signed_with=SECRET.encode()), caller)

        def send(at: dt.datetime, *, signs: bool) -> Disconnect:
            thread = threading.Thread(target=answer, args=[signs])
            thread.start()
            assert coa.send_due_disconnects(at=at) == 1
            thread.join()
            return Disconnect.objects.get()

        row = send(at + 2 * SECOND, signs=then_signed)
        if then_signed:
            assert (row.answer, row.error) == ("ack", "")
            return
        assert (row.answer, row.answered_at) == ("", None)
        assert "no Message-Authenticator" in row.error
        assert len(coa.not_acknowledged(at=at + 9 * SECOND, school=cast.hillside)) == 1
        Controller.objects.update(signs_answers=False)
        assert send(at + MINUTE, signs=False).answer == "ack"


def test_a_packet_whose_attributes_lie_about_their_length_is_no_answer():
    request = coa_packets.disconnect_request(identifier=7, secret=b"s", address=ADDRESS, seconds=1)
    for attributes in (b"\x50", b"\x50\x01", b"\x50\x05abc", b"\x65\xff", b"\x50\x12" + bytes(15)):
        with pytest.raises(coa_packets.InvalidAnswerError):
            coa_packets.attributes_of(attributes)
    with pytest.raises(coa_packets.InvalidAnswerError):
        coa_packets.read_reply(request, request=request, secret=b"s")


@pytest.mark.parametrize("name", ["missing", "../riverside/main", "..", "main\x00"])
def test_a_secret_that_is_not_there_is_a_trouble_that_is_shown(controller: Controller, tmp_path: Path, name: str):
    (tmp_path / "secrets/riverside").mkdir()
    (tmp_path / "secrets/riverside/main").write_text("theirs")
    controller.secret_name = name
    said = coa.ask(controller, address=ADDRESS, at=timezone.now())
    assert isinstance(said, str)
    assert re.match("There is no secret named", said)


def test_a_row_that_one_worker_holds_is_left_alone_by_another(cast: Cast, phone: Device, controller: Controller):
    at = timezone.now()
    connect(phone, at)
    revoke(phone, cast.omar, at + SECOND)
    assert coa.queue(at=at + SECOND) == 1
    assert coa.queue(at=at + SECOND) == 0
    Disconnect.objects.update(locked_until=at + MINUTE)
    assert coa.send_due_disconnects(at=at + 2 * SECOND) == 0
    assert coa.send_due_disconnects(at=at + MINUTE + SECOND) == 1
