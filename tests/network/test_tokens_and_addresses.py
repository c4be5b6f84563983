"""Tokens, new addresses, *is this yours?*, lists, what is kept and for how long; and the desk's pages of all that."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from declarations.common.errors import RefusedError
from declarations.devices.actions import owner
from declarations.devices.actions.addresses import add_address
from declarations.devices.models import AddressClash, Device, DeviceAddress, Permission
from declarations.devices.reason import Reason
from declarations.evidence.models import Entry
from declarations.network import authorise, last_seen, tokens
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.organisation.models.person import Person
from tests.cast import Cast, ask
from tests.whole.rows import facts_of, insert, refused_by, update

SignedIn = Callable[..., Client]
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
STRANGER = "AA:BB:CC:12:1B:2C"


def stranger(cast: Cast, address: str = STRANGER, *, at: dt.datetime | None = None) -> None:
    """An address that nobody has added was refused at Hillside."""
    token = NetworkToken.objects.filter(school=cast.hillside).first()
    assert token is not None
    moment = at or timezone.now()
    decision = authorise.Decision(token, cast.hillside.pk, "hillside", address, None, Reason.UNKNOWN_DEVICE.value, None, 3600)
    last_seen.note(decision, at=moment)
    last_seen.write()


# Tokens ------------------------------------------------------------------------------------------------------------


def test_only_the_hash_of_a_token_is_kept(cast: Cast, token: str):
    row = NetworkToken.objects.get()
    assert len(token) > 40
    assert token not in str(facts_of(row))
    assert row.sha256 == authorise.fingerprint(token)
    logged = Entry.objects.get(kind="token.made")
    assert token.encode() not in bytes(logged.record or b"")
    assert row.sha256.encode() not in bytes(logged.record or b"")


def test_two_are_live_at_most_and_the_database_holds_it(cast: Cast, token: str):
    at = timezone.now()
    second, _text = tokens.make_token(school=cast.hillside, name="New", by=cast.ines, at=at)
    with pytest.raises(RefusedError, match="Two tokens of this kind are live"):
        tokens.make_token(school=cast.hillside, name="Third", by=cast.ines, at=at)
    facts = facts_of(second) | {"sha256": "0" * 64}
    with refused_by("token_two_are_live_at_most"):
        insert(NetworkToken, facts)
    with refused_by("token_has_one_of_two_places"):
        insert(NetworkToken, facts | {"slot": 3})
    tokens.end_token(token=second, by=cast.ines, at=at)
    assert tokens.make_token(school=cast.hillside, name="Third", by=cast.ines, at=at)[0].slot == second.slot
    with refused_by("networktoken: what is written once does not change"):
        update(NetworkToken, second.pk, {"ended_at": None})
    with refused_by("networktoken: what is written once does not change"):
        update(NetworkToken, second.pk, {"sha256": "1" * 64})
    with pytest.raises(RefusedError, match="ended already"):
        tokens.end_token(token=second, by=cast.ines, at=at)


def test_who_is_no_administrator_of_the_school_makes_none(cast: Cast):
    for by in (cast.hilda, cast.ada, cast.rosa, cast.tara):
        with pytest.raises(RefusedError, match="administrator"):
            tokens.make_token(school=cast.hillside, name="Mine", by=by, at=timezone.now())


def test_when_it_was_last_used_is_known_to_the_minute(cast: Cast, token: str, phone: Device):
    at = timezone.now()
    used = []
    for seconds in (0, 30, 59, 60, 100):
        moment = at + dt.timedelta(seconds=seconds)
        row = authorise.token_called(token)
        assert row is not None
        last_seen.uses.append(last_seen.Use(row, moment, f"192.0.2.{seconds}", is_refused=False))
        last_seen.write()
        row.refresh_from_db()
        used.append((row.last_used_at, row.last_address))
    first, second = (at, "192.0.2.0"), (at + MINUTE, "192.0.2.60")
    assert used == [first, first, first, second, second]


# Another address ------------------------------------------------------------------------------------------------------


def test_another_address_needs_no_new_decision_and_ends_the_old_one(cast: Cast, token: str, phone: Device):
    at = timezone.now()
    added = add_address(device=phone, by=cast.ben, address="aabb.cc12.1b2c", at=at)
    assert (added.address, added.ended_at) == (STRANGER, None)
    answers = [authorise.decide(token=token, address=address, at=at) for address in (STRANGER, "3C:22:FB:00:00:01")]
    assert [answer.reason for answer in answers if answer] == ["", "unknown_device"]
    record = bytes(Entry.objects.get(kind="device.address_added").record or b"")
    assert b"AA:BB" not in record
    assert Permission.objects.filter(device=phone).count() == 1


def test_addresses_change_a_few_times_in_a_month(cast: Cast, phone: Device):
    at = timezone.now()
    for number in range(3):
        add_address(device=phone, by=cast.ben, address=f"3c22fb0001{number:02}", at=at + MINUTE * number)
    with pytest.raises(RefusedError, match="too often"):
        add_address(device=phone, by=cast.ben, address="3c22fb000199", at=at + DAY)
    assert add_address(device=phone, by=cast.ben, address="3c22fb000199", at=at + 31 * DAY)


def test_not_for_others_nor_for_what_is_suspended_given_up_or_declined(cast: Cast, phone: Device):
    at = timezone.now()

    def code(device: Device, by: Person, address: str = "3c22fb000177") -> str:
        with pytest.raises(RefusedError) as refused:
            add_address(device=device, by=by, address=address, at=timezone.now())
        return refused.value.code

    ask(cast.ada, "3c:22:fb:00:00:02")
    assert code(phone, cast.ada) == "not_yours"
    assert code(phone, cast.ben, "3c:22:fb:00:00:02") == "in_use"
    assert code(phone, cast.ben, "3c:22:fb:00:00:01") == "same"
    owner.report_lost(device=phone, by=cast.ben, at=at)
    assert code(phone, cast.ben) == "suspended"
    other = ask(cast.ada, "3c:22:fb:00:00:03")
    owner.withdraw(permission=other, by=cast.ada, at=timezone.now())
    assert code(other.device, cast.ada) == "not_asked"
    owner.give_up(device=other.device, by=cast.ada, at=timezone.now())
    assert code(other.device, cast.ada) == "given_up"


def test_the_pages_change_an_address_and_it_is_told_of_a_clash(signed_in: SignedIn, cast: Cast, phone: Device):
    ask(cast.ada, "3c:22:fb:00:00:02")
    client, page = signed_in(cast.ben), f"/devices/{phone.pk}/address/"
    assert client.get(page).status_code == 200
    taken = client.post(page, {"address": "3C22FB000002"})
    assert taken.status_code == 200
    assert "IT has been told" in taken.content.decode()
    assert 'value="3C22FB000002"' in taken.content.decode()
    clash = AddressClash.objects.get()
    assert (clash.person, clash.holder.owner, clash.address) == (cast.ben, cast.ada, "3C:22:FB:00:00:02")
    assert client.post(page, {"address": "nonsense"}).status_code == 200
    assert client.post(page, {"address": "AA-BB-CC-12-1B-2C"}).status_code == 302
    assert DeviceAddress.objects.get(device=phone, ended_at=None).address == STRANGER
    assert signed_in(cast.ada).get(page).status_code == 404
    # The same while adding a device.
    form = {"kind": "phone", "make_and_model": "Example", "address": "3c22fb000002", "reason": "Timetable"}
    assert client.post("/devices/add/", form).status_code == 200
    assert AddressClash.objects.count() == 1


# Is this yours? ------------------------------------------------------------------------------------------------------


def test_a_refused_device_is_found_by_what_it_shows_and_only_for_ten_minutes(signed_in: SignedIn, cast: Cast, token: str, phone: Device):
    client = signed_in(cast.ada)
    stranger(cast)
    assert "AA:BB" not in client.get("/devices/seen/").content.decode()
    found = client.post("/devices/seen/", {"end": "1b-2c"})
    assert found.status_code == 302
    assert found["Location"] == "/devices/add/?address=AA%3ABB%3ACC%3A12%3A1B%3A2C"
    assert f'value="{STRANGER}"' in client.get(found["Location"]).content.decode()
    assert not DeviceAddress.objects.filter(address=STRANGER).exists()  # found is not claimed
    assert client.post("/devices/seen/", {"end": "1b2d"}).status_code == 200
    # Of another school nothing is found.
    assert signed_in(cast.rita).post("/devices/seen/", {"end": "1b2c"}).status_code == 200
    # A known device that was refused is nobody else's to find.
    assert client.post("/devices/seen/", {"end": "0001"}).status_code == 200
    LastSeen.objects.update(seen_at=timezone.now() - 11 * MINUTE)
    assert client.post("/devices/seen/", {"end": "1b2c"}).status_code == 200


def test_for_a_new_address_it_leads_back_to_the_device(signed_in: SignedIn, cast: Cast, token: str, phone: Device):
    stranger(cast)
    found = signed_in(cast.ben).post(f"/devices/seen/?device={phone.pk}", {"end": "1B2C"})
    assert found["Location"].startswith(f"/devices/{phone.pk}/address/?address=AA")
    assert f'value="{STRANGER}"' in signed_in(cast.ben).get(found["Location"]).content.decode()


def test_two_with_the_same_end_are_not_told_apart_by_guessing(signed_in: SignedIn, cast: Cast, token: str):
    stranger(cast)
    stranger(cast, "DE:AD:00:00:1B:2C")
    page = signed_in(cast.ada).post("/devices/seen/", {"end": "1b2c"}).content.decode()
    assert "Two devices" in page
    assert "DE:AD" not in page


def test_guessing_is_limited(signed_in: SignedIn, cast: Cast, token: str):
    client = signed_in(cast.ada)
    codes = [client.post("/devices/seen/", {"end": f"{number:04x}"}).status_code for number in range(12)]
    assert codes[:10] == [200] * 10
    assert codes[10:] == [429, 429]


@pytest.mark.parametrize("end", ["", "1b2", "1b2cd", "%%%%", "____", "1b2\x00", "x" * 5000, "１２３４"])
def test_what_is_no_end_of_an_address_is_said(signed_in: SignedIn, cast: Cast, token: str, end: str):
    stranger(cast)
    assert signed_in(cast.ada).post("/devices/seen/", {"end": end}).status_code == 200
    assert signed_in(cast.ada).get("/devices/seen/", {"device": end or "\x00"}).status_code == 200


# What is kept --------------------------------------------------------------------------------------------------------


def test_of_strangers_the_newest_are_kept_and_for_minutes(cast: Cast, token: str):
    at = timezone.now()
    row = NetworkToken.objects.get()
    for number in range(last_seen.MOST_UNKNOWN + 50):
        address = f"02:00:00:00:{number // 256:02X}:{number % 256:02X}"
        decision = authorise.Decision(row, cast.hillside.pk, "hillside", address, None, "unknown_device", None, 3600)
        last_seen.note(decision, at=at + dt.timedelta(milliseconds=number))
    last_seen.write()
    assert LastSeen.objects.count() == last_seen.MOST_UNKNOWN
    assert not LastSeen.objects.filter(address="02:00:00:00:00:00").exists()
    stranger(cast, at=at + 11 * MINUTE)
    assert list(LastSeen.objects.values_list("address", flat=True)) == [STRANGER]


def test_the_last_answer_only_and_no_longer_than_the_school_says(cast: Cast, token: str, phone: Device):
    at = timezone.now()
    for hours in (0, 1):
        decision = authorise.decide(token=token, address="3C:22:FB:00:00:01", at=at + hours * 60 * MINUTE)
        assert decision is not None
        last_seen.note(decision, at=at + hours * 60 * MINUTE)
        last_seen.write()
    assert LastSeen.objects.get().seen_at == at + 60 * MINUTE
    assert last_seen.purge(at=at + 89 * DAY) == 0
    NetworkSettings.objects.create(school=cast.hillside, seen_days=30)
    assert last_seen.purge(at=at + 29 * DAY) == 0
    assert last_seen.purge(at=at + 31 * DAY) == 1


def test_each_goes_the_moment_after_the_schools_days(cast: Cast, phone: Device):
    at = timezone.now()
    device = {"school": cast.hillside, "device": phone, "address": "3C:22:FB:00:00:01"}
    main = Controller.objects.create(school=cast.hillside, name="Main", host="192.0.2.1", secret_name="main")
    LastSeen.objects.create(**device, seen_at=at)
    Disconnect.objects.create(**device, controller=main, reason="suspended", decided_at=at, queued_at=at, until_at=at + MINUTE, due_at=at)
    AddressClash.objects.create(school=cast.hillside, person=cast.ada, holder=phone, address=device["address"], last_at=at)
    assert last_seen.purge(at=at + 90 * DAY) == 0
    assert last_seen.purge(at=at + 90 * DAY + dt.timedelta(microseconds=1)) == 3


def test_a_device_that_is_gone_before_it_was_written_down_hinders_nothing(cast: Cast, token: str, phone: Device):
    at = timezone.now()
    decision = authorise.decide(token=token, address="3C:22:FB:00:00:01", at=at)
    assert decision is not None
    last_seen.note(authorise.Decision(**{**{name: getattr(decision, name) for name in decision.__slots__}, "device_id": 10**9}), at=at)
    stranger(cast)
    assert list(LastSeen.objects.values_list("address", flat=True)) == [STRANGER]


# Lists -----------------------------------------------------------------------------------------------------------------


def test_lists_hold_addresses_and_references_and_change_their_tag_with_their_content(client: Client, cast: Cast, token: str, phone: Device):
    NetworkSettings.objects.create(school=cast.hillside, vlan=120)
    headers = {"Authorization": f"Bearer {token}"}
    texts = {form: client.get(f"/network/allow-list/{form}/", headers=headers) for form in ("freeradius", "plain", "csv", "unifi")}
    assert {form: answer.status_code for form, answer in texts.items()} == dict.fromkeys(texts, 200)
    assert texts["plain"].content == b"3c:22:fb:00:00:01\n"
    assert texts["csv"].content == f"address,reference\r\n3C:22:FB:00:00:01,device-{phone.pk}\r\n".encode()
    assert texts["unifi"].content == f"mac,name\n3c:22:fb:00:00:01,device-{phone.pk}\n".encode()
    assert b'3C-22-FB-00-00-01\tTmp-String-9 := "permit"' in texts["freeradius"].content
    assert b"Auth-Type" not in texts["freeradius"].content
    assert all(b"Ben" not in answer.content and b"hillside" not in answer.content for answer in texts.values())
    tag = texts["plain"]["ETag"]
    again = client.get("/network/allow-list/plain/", headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    owner.report_lost(device=phone, by=cast.ben, at=timezone.now())
    changed = client.get("/network/allow-list/plain/", headers={**headers, "If-None-Match": tag})
    assert (changed.status_code, changed.content) == (200, b"")
    there = tokens.make_token(school=cast.riverside, name="There", by=None, at=timezone.now())[1]
    assert client.get("/network/allow-list/plain/", headers={"Authorization": f"Bearer {there}"}).content == b""
    for bad in ("guess", ""):
        assert client.get("/network/allow-list/plain/", headers={"Authorization": f"Bearer {bad}"}).status_code == 403
    assert client.get("/network/allow-list/exe/", headers=headers).status_code == 400
    assert client.post("/network/allow-list/plain/", headers=headers).status_code == 405


def test_the_commands_write_lists_and_files_and_say_what_is_wrong(cast: Cast, phone: Device, tmp_path: Path, settings: Any):
    settings.ALLOWED_HOSTS = ["declarations.school.example", "127.0.0.1"]
    out = StringIO()
    call_command("allow_list", school="hillside", format="plain", stdout=out)
    assert out.getvalue() == "3c:22:fb:00:00:01\n"
    with pytest.raises(CommandError, match="no school"):
        call_command("network_config", school="nowhere", out=tmp_path)
    for wrong in ("ftp://x", "declarations.school.example", "https://x/?a=b", "https://x/%{y}", 'https://x/"'):
        with pytest.raises(CommandError, match="--url"):
            call_command("network_config", school="hillside", out=tmp_path, url=wrong)
    with pytest.raises(CommandError, match="ALLOWED_HOSTS"):
        call_command("network_config", school="hillside", out=tmp_path, url="https://elsewhere.example")
    with pytest.raises(CommandError, match="IP address"):
        call_command("network_config", school="hillside", out=tmp_path, controller=["nas.example"])
    with pytest.raises(CommandError, match="--port"):
        call_command("network_config", school="hillside", out=tmp_path, port=0)
    out = StringIO()
    call_command("network_config", school="hillside", out=tmp_path / "one", url="https://declarations.school.example/", stdout=out)
    assert "token is still missing" in out.getvalue()
    written = {str(path.relative_to(tmp_path / "one")) for path in (tmp_path / "one").rglob("*") if path.is_file()}
    assert written == {
        "mods-available/wifi_hillside", "mods-config/wifi_hillside/authorized_macs", "policy.d/wifi_hillside",
        "sites-available/wifi_hillside_mac", "wifi_hillside_clients.conf", "wifi_hillside_token.conf", "wifi_hillside_refresh",
    }  # fmt: skip
    module = (tmp_path / "one/mods-available/wifi_hillside").read_text()
    assert module.count('uri = "https://declarations.school.example/network/authorize/"') == 2
    assert "check_cert = yes" in module
    clients = tmp_path / "one/wifi_hillside_clients.conf"
    assert "require_message_authenticator = yes" in clients.read_text()
    assert clients.stat().st_mode & 0o777 == 0o600
    secrets_before = clients.read_text()
    call_command("network_config", school="hillside", out=tmp_path / "one", make_token="Main", stdout=out)
    assert clients.read_text() == secrets_before
    assert not [path for path in (tmp_path / "one").rglob("*") if path.is_file() and "@" in path.read_text()]
    token = (tmp_path / "one/wifi_hillside_token.conf").read_text().split('"')[1]
    assert NetworkToken.objects.get().sha256 == authorise.fingerprint(token)
    call_command("purge_network", stdout=out)


# The desk ---------------------------------------------------------------------------------------------------------------


def test_an_administrator_makes_a_token_sees_it_once_and_ends_it(signed_in: SignedIn, cast: Cast):
    client = signed_in(cast.ines)
    add = "/admin/declarations/networktoken/add/"
    assert client.get(add).status_code == 200
    made = client.post(add, {"school": cast.hillside.pk, "name": "Main building"})
    assert made.status_code == 200
    row = NetworkToken.objects.get()
    token = made.context["token"]
    assert token in made.content.decode()
    assert row.sha256 == authorise.fingerprint(token)
    assert (row.created_by, row.school) == (cast.ines, cast.hillside)
    pages = [
        f"/admin/declarations/networktoken/{row.pk}/change/",
        "/admin/declarations/networktoken/",
        "/admin/declarations/networktoken/overview/",
    ]
    assert all(token not in (page := client.get(where)).content.decode() and page.status_code == 200 for where in pages)
    assert client.post(add, {"school": cast.riverside.pk, "name": "Theirs"}).status_code == 200
    assert not NetworkToken.objects.filter(school=cast.riverside).exists()
    assert client.post(f"/admin/declarations/networktoken/{row.pk}/end/").status_code == 302
    assert NetworkToken.objects.get().ended_at is not None


def test_leadership_looks_and_changes_nothing_of_the_network(signed_in: SignedIn, cast: Cast, token: str, phone: Device):
    stranger(cast)
    controller = Controller.objects.create(school=cast.hillside, name="Main", host="192.0.2.1", secret_name="main")
    at = timezone.now()
    Disconnect.objects.create(school=cast.hillside, controller=controller, device=phone, address="3C:22:FB:00:00:01", reason="suspended",
                              decided_at=at, queued_at=at, until_at=at, due_at=at)  # fmt: skip
    row = NetworkToken.objects.get()
    for name in ("networktoken", "networksettings", "controller", "disconnect", "lastseen", "deviceaddress", "addressclash"):
        assert signed_in(cast.hilda).get(f"/admin/declarations/{name}/").status_code == 200, name
        assert signed_in(cast.ada).get(f"/admin/declarations/{name}/").status_code == 403, name
        assert "Main" not in signed_in(cast.rosa).get(f"/admin/declarations/{name}/").content.decode()
    assert "no answer yet" in signed_in(cast.hilda).get("/admin/declarations/disconnect/").content.decode()
    assert signed_in(cast.hilda).get("/admin/declarations/networktoken/add/").status_code == 403
    assert signed_in(cast.hilda).post("/admin/declarations/networktoken/add/", {"school": cast.hillside.pk, "name": "x"}).status_code == 403
    assert signed_in(cast.hilda).post(f"/admin/declarations/networktoken/{row.pk}/end/").status_code == 403
    assert signed_in(cast.rosa).get(f"/admin/declarations/networktoken/{row.pk}/change/").status_code == 404
    assert NetworkToken.objects.get().ended_at is None


def test_the_front_page_lists_what_is_decided_and_not_taken_up(signed_in: SignedIn, cast: Cast, token: str, phone: Device):
    at = timezone.now()
    decision = authorise.decide(token=token, address="3C:22:FB:00:00:01", at=at)
    assert decision is not None
    last_seen.note(decision, at=at)
    last_seen.write()
    client = signed_in(cast.hilda)
    assert "not taken up" not in client.get("/admin/").content.decode()
    assert "let it in" in signed_in(cast.ben).get("/devices/").content.decode()
    owner.report_lost(device=phone, by=cast.ben, at=timezone.now())
    assert "not taken up" in client.get("/admin/").content.decode()
    assert "not taken up" not in signed_in(cast.rosa).get("/admin/").content.decode()


def test_rows_of_two_schools_do_not_meet(cast: Cast, phone: Device):
    at = timezone.now()
    theirs = Controller.objects.create(school=cast.riverside, name="Theirs", host="192.0.2.1", secret_name="main")
    facts = {
        "device": phone,
        "address": "3C:22:FB:00:00:01",
        "reason": "suspended",
        "decided_at": at,
        "queued_at": at,
        "until_at": at,
        "due_at": at,
    }
    with pytest.raises(IntegrityError, match="does not fit"), transaction.atomic():
        Disconnect.objects.create(school=cast.riverside, controller=theirs, **facts)
    with pytest.raises(IntegrityError, match="does not fit"), transaction.atomic():
        Disconnect.objects.create(school=cast.hillside, controller=theirs, **facts)
    with pytest.raises(IntegrityError, match="does not fit"), transaction.atomic():
        LastSeen.objects.create(school=cast.riverside, device=phone, address="3C:22:FB:00:00:01", reason="", seen_at=at)
