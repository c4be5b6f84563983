"""MAC mode with a real FreeRADIUS: the address is all that is asked about."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from declarations.devices.actions import approval, owner
from declarations.devices.models import Device, Permission, Suspension
from declarations.devices.reason import Reason
from declarations.network import last_seen
from declarations.network.models import LastSeen, NetworkSettings
from declarations.organisation.models.person import Person
from declarations.signing.models.declaration import Declaration
from tests.cast import Cast, ask
from tests.network.conftest import approve
from tests.network.radius import Radius

Start = Callable[..., Radius]
DAY = dt.timedelta(days=1)


def test_a_permitted_device_is_accepted_into_its_network_for_an_hour(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    NetworkSettings.objects.create(school=live_cast.hillside, vlan=120, session_timeout=1800)
    yes = radius(site).ask("3c22.fb00.0001")
    assert yes.code == "Access-Accept", yes
    assert int(yes.attributes["Message-Authenticator"], 16) > 0
    assert yes.attributes["Session-Timeout"] == "1800"
    assert yes.attributes["Tunnel-Private-Group-Id"] == "120"
    assert (yes.attributes["Tunnel-Type"], yes.attributes["Tunnel-Medium-Type"]) == ("VLAN", "IEEE-802")
    last_seen.write()
    assert LastSeen.objects.get().reason == ""


def test_what_the_documents_put_above_it_reads_an_address_that_stands_only_in_user_name(site: str, live_phone: Device, radius: Start):
    snippet = re.search(r"```\n(if \(!&Calling-Station-Id.*?)```", Path("docs/network.md").read_text(encoding="utf-8"), re.DOTALL)
    assert snippet
    without, server = radius(site), radius(site, above_mac=snippet[1])
    for written in ("3c22fb000001", "3c22-fb00-0001", "3C:22:FB:00:00:01"):
        assert server.ask("", user=written, password=written).is_accept
        assert not without.ask("", user=written, password=written).is_accept
    assert not server.ask("", user="ben", password="ben").is_accept
    assert not server.ask("3C-22-FB-00-00-50", user="3c22fb000001").is_accept, "what Calling-Station-Id says comes first"


def test_every_reason_is_a_reject_with_its_sentence(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    cast, server = live_cast, radius(site)
    at = timezone.now()
    today = cast.hillside.day_of(at)
    mine = "3C-22-FB-00-00-01"
    ask(cast.rita, "3c:22:fb:00:00:51")
    heard = {}

    def hear(address: str = mine) -> str:
        no = server.ask(address)
        assert no.code == "Access-Reject", no
        assert set(no.attributes) == {"Reply-Message", "Message-Authenticator"}
        return no.attributes["Reply-Message"]

    heard["unknown_device"] = hear("3C-22-FB-00-00-50")
    # Of another school's device the network learns no more than of one that nobody knows.
    heard["wrong_school"] = hear("3C-22-FB-00-00-51")
    for left in ({"leaves_on": today}, {"leaves_on": None, "starts_on": today + DAY}):
        Person.objects.filter(pk=cast.ben.pk).update(**left)
        heard["owner_left"] = hear()
    Person.objects.filter(pk=cast.ben.pk).update(leaves_on=None, starts_on=None)
    suspension = owner.report_lost(device=live_phone, by=cast.ben, at=at)
    heard["suspended"] = hear()
    Suspension.objects.filter(pk=suspension.pk).update(lifted_by=cast.hilda, lifted_at=at)
    assert server.ask(mine).is_accept
    approve(ask(cast.ada, "3c:22:fb:00:00:52"), cast.hilda)
    heard["not_signed"] = hear("3C-22-FB-00-00-52")
    Permission.objects.create(
        school=cast.hillside, device=(tablet := ask(cast.ben, "3c:22:fb:00:00:53").device), owner=cast.ben, asked_by=cast.ben, asked_at=at,
        reason="Old", decided_by=cast.hilda, decided_at=at, approved=True, until=today - DAY,
    )  # fmt: skip
    assert tablet.owner == cast.ben
    heard["approval_expired"] = hear("3C-22-FB-00-00-53")
    old = Declaration.objects.get(person=cast.ben)
    ada = {field.attname: getattr(old, field.attname) for field in old._meta.local_concrete_fields if not field.primary_key}
    entry = type(old.entry).objects.exclude(pk=old.entry_id).first()
    ada |= {
        "person_id": cast.ada.pk,
        "reference": "0000-0000-0000-0001",
        "signed_on": today - 300 * DAY,
        "lapses_on": today,
        "entry_id": entry.pk,
    }
    Declaration.objects.create(**ada)
    heard["lapsed"] = hear("3C-22-FB-00-00-52")
    approval.revoke(permission=Permission.objects.get(device=live_phone), by=cast.omar, note="Left on a bus.", at=timezone.now())
    heard["not_approved"] = hear()
    expected = {reason: str(Reason(reason).label) for reason in Reason.values} | {"wrong_school": str(Reason.UNKNOWN_DEVICE.label)}
    assert heard == expected


def test_revoked_between_two_requests_the_second_is_refused(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    server = radius(site)
    assert server.ask().is_accept
    approval.revoke(permission=Permission.objects.get(device=live_phone), by=live_cast.omar, note="Left on a bus.", at=timezone.now())
    assert server.ask().code == "Access-Reject"


def test_what_is_not_for_this_site_is_refused(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    server = radius(site)
    assert server.ask().is_accept
    no_address = server.ask(**{"Calling-Station-Id": ""})
    assert no_address.code == "Access-Reject"
    for address in (
        "",
        "FF-FF-FF-FF-FF-FF",
        "00-00-00-00-00-00",
        "01-00-5E-00-00-01",
        "%{User-Password}",
        '","mode":"gate',
        '3C-22-FB-00-00-99\\"',
    ):
        no = server.ask("3C-22-FB-00-00-01", **{"Calling-Station-Id": address})
        assert no.code == "Access-Reject", address


def test_a_token_that_was_ended_is_refused_and_two_work_at_once(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    from declarations.network.models import NetworkToken
    from declarations.network.tokens import end_token

    old = radius(site)
    new = radius(site)
    assert old.ask().is_accept
    assert new.ask().is_accept
    end_token(token=NetworkToken.objects.order_by("pk").first(), by=None, at=timezone.now())
    assert old.ask().code == "Access-Reject"
    assert new.ask().is_accept


def test_another_schools_server_knows_nothing_of_it(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    no = radius(site, slug="riverside").ask()
    assert no.code == "Access-Reject"
    assert no.attributes["Reply-Message"] == str(Reason.UNKNOWN_DEVICE.label)
