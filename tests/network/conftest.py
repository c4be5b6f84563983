"""The app behind a real server, a real FreeRADIUS with the files that the app wrote, and a device that may connect."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from declarations.devices.actions import approval
from declarations.devices.models import Device, Permission
from declarations.network import last_seen
from declarations.network.tokens import make_token
from tests.cast import Cast, make_cast
from tests.network.radius import Radius, free_port, running
from tests.network.serving import app


@pytest.fixture(autouse=True)
def nothing_noted() -> Iterator[None]:
    last_seen.noted.clear()
    last_seen.uses.clear()
    yield
    last_seen.noted.clear()
    last_seen.uses.clear()


@pytest.fixture
def token(cast: Cast) -> str:
    """Hillside's token."""
    return make_token(school=cast.hillside, name="Main building", by=None, at=timezone.now())[1]


def approve(permission: Permission, by: Any) -> Permission:
    """From now until a week from now."""
    at = timezone.now()
    return approval.approve(permission=permission, by=by, until=permission.school.day_of(at) + dt.timedelta(days=7), at=at)


@pytest.fixture
def phone(cast: Cast) -> Device:
    """Ben's phone, 3C:22:FB:00:00:01: approved, and he has signed."""
    return approve(Permission.objects.get(owner=cast.ben), cast.hilda).device


@pytest.fixture
def live_cast(transactional_db: None) -> Cast:
    """The cast where a server in another thread sees it."""
    return make_cast()


@pytest.fixture
def live_phone(live_cast: Cast) -> Device:
    return approve(Permission.objects.get(owner=live_cast.ben), live_cast.hilda).device


@pytest.fixture
def site(live_cast: Cast) -> Iterator[str]:
    """The address of the app over HTTP."""
    with app() as url:
        yield url


@pytest.fixture
def radius(tmp_path: Path) -> Iterator[Callable[..., Radius]]:
    """`radius(url=…, mode="mac")`: a FreeRADIUS with what `network_config` writes for Hillside, asking the app at this address.

    `above_mac` are lines that somebody put above `wifi_hillside_mac`.
    """
    with ExitStack() as stack:

        def start(url: str, mode: str = "mac", *, slug: str = "hillside", has_token: bool = True, above_mac: str = "") -> Radius:
            folder, port = tmp_path / f"raddb{len(list(tmp_path.iterdir()))}", free_port()
            call_command(
                "network_config", school=slug, out=folder, mode=mode, url=url, port=port, listen="127.0.0.1", controller=["127.0.0.1"],
                make_token=f"test {port}" if has_token else None, verbosity=0,
            )  # fmt: skip
            if above_mac:
                (site,) = (folder / "sites-available").iterdir()
                site.write_text(site.read_text().replace("\t\twifi_hillside_mac\n", f"{above_mac}\t\twifi_hillside_mac\n"))
            return stack.enter_context(running(folder, port=port))

        yield start
