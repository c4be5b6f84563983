"""Gate mode with a real FreeRADIUS: a right password and a permitted device, both or nothing."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from declarations.devices.actions import approval
from declarations.devices.models import Device, Permission
from declarations.network.models import NetworkSettings
from tests.cast import Cast
from tests.network.radius import PASSWORD, USER, Radius, program

Start = Callable[..., Radius]
SUPPLICANT = """
network={{
	ssid="school"
	key_mgmt=WPA-EAP
	eap={outer}
	identity="{user}"
	anonymous_identity="anonymous"
	password="{password}"
	phase2="{inner}"
}}
"""


def revoke(phone: Device, cast: Cast) -> None:
    approval.revoke(permission=Permission.objects.get(device=phone), by=cast.omar, note="Left on a bus.", at=timezone.now())


def test_the_right_password_on_a_permitted_device_comes_in_and_no_other(site: str, live_cast: Cast, live_phone: Device, radius: Start):
    NetworkSettings.objects.create(school=live_cast.hillside, vlan=130)
    server = radius(site, "gate")
    yes = server.ask("3c:22:fb:00:00:01", user=USER, password=PASSWORD)
    assert yes.code == "Access-Accept", server.log()[-3000:]
    assert (yes.attributes["Session-Timeout"], yes.attributes["Tunnel-Private-Group-Id"]) == ("3600", "130")
    assert "Message-Authenticator" in yes.attributes
    # The app would say yes to the device each time; the password decides first.
    for password in ("wrong-password", "", "permit", "%{control:Tmp-String-9}"):
        no = server.ask(user=USER, password=password or "3C-22-FB-00-00-01")
        assert (no.code, "Message-Authenticator" in no.attributes) == ("Access-Reject", True)
    assert server.ask(user="nobody", password=PASSWORD).code == "Access-Reject"
    assert server.ask("3C-22-FB-00-00-77", user=USER, password=PASSWORD).code == "Access-Reject"
    revoke(live_phone, live_cast)
    assert server.ask(user=USER, password=PASSWORD).code == "Access-Reject"


@pytest.mark.parametrize(("outer", "inner"), [("PEAP", "auth=MSCHAPV2"), ("TTLS", "auth=PAP")])
def test_an_802_1x_sign_in_asks_about_the_device_too(
    site: str, live_cast: Cast, live_phone: Device, radius: Start, tmp_path: Path, outer: str, inner: str
):
    server = radius(site, "gate")

    def sign_in(address: str = "3C:22:FB:00:00:01", password: str = PASSWORD) -> bool:
        config = tmp_path / "supplicant.conf"
        config.write_text(SUPPLICANT.format(outer=outer, inner=inner, user=USER, password=password))
        command = [program("eapol_test"), "-c", config, "-a", "127.0.0.1", "-p", str(server.port), "-s", server.secret,
                   "-M", address, "-t", "15", "-r", "0", f"-N31:s:{address.replace(':', '-')}"]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stdout.strip().splitlines()[-1]
        assert said in {"SUCCESS", "FAILURE"}, done.stdout[-2000:]
        return said == "SUCCESS"

    assert sign_in(), server.log()[-4000:]
    assert not sign_in(password="wrong-password")
    assert not sign_in(address="3C:22:FB:00:00:77")
    revoke(live_phone, live_cast)
    assert not sign_in()
