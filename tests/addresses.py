"""Every address of the product, found by walking the URL patterns; the tests of access and of hostile input both go by it."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from declarations.devices.models import Device, Permission
from declarations.network.models import AddressClash, Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from declarations.organisation.models.holiday import Holiday
from declarations.organisation.models.person import Role
from declarations.privacy.models import Disposal, LegalHold, RetentionSettings
from declarations.sign_in.models import IdentityProvider
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession
from declarations.signing.models.response import Exemption, Response
from declarations.staff_lists.models import StaffList
from tests.cast import Cast

CHOSEN = {"columns": {"full_name": "Name"}, "covers": ["staff"], "missing_leave": False}


def walk(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each pattern with the whole route that leads to it, such as `devices/<int:pk>/ask/`."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def routes() -> list[str]:
    return [route for route, _pattern in walk()]


def bens_things(cast: Cast, permission: Permission | None = None, words: str = "Half term") -> dict[str, Any]:
    """What stands for each part of a route: by the route's beginning where it matters, all of them ben's at Hillside.

    `words` stand wherever something is named or a reason is given.
    """
    permission = permission or Permission.objects.get(owner=cast.ben)
    at = permission.asked_at
    on = cast.hillside.day_of(at)
    declaration = Declaration.objects.filter(person=cast.ben).latest("signed_at")
    return {
        "devices/<int:pk>": permission.device_id,
        "versions/<int:pk>": cast.aup.pk,
        "<slug:key>": "class",
        "<str:reference>": declaration.reference,
        "permission/<path:object_id>": permission.pk,
        "policyversion/<path:object_id>": cast.aup.pk,
        "person/<path:object_id>": cast.ben.pk,
        "school/<path:object_id>": cast.hillside.pk,
        "device/<path:object_id>": permission.device_id,
        "suspension/<path:object_id>": 1,
        **network_of(cast, permission.device, words[:60]),
        **kept_of(cast, words, at=permission.asked_at),
        **ways_in_of(cast),
        "response/<path:object_id>": Response.objects.create(
            school=cast.hillside, person=cast.ben, kind="talk", reason=words, said_at=at
        ).pk,
        "exemption/<path:object_id>": Exemption.objects.create(
            school=cast.hillside, person=cast.ben, reason=words, from_on=on, until=on, granted_by=cast.hilda, granted_at=at
        ).pk,
        "holiday/<path:object_id>": Holiday.objects.create(school=cast.hillside, name=words[:80], first_on=on, last_on=on).pk,
        "declaration/<path:object_id>": declaration.pk,
        "stafflist/<path:object_id>": StaffList.objects.create(
            school=cast.hillside, uploaded_at=permission.asked_at, sha256="0" * 64, content=f"Name\n{words}\n".encode(), columns=CHOSEN
        ).pk,
        "role/<path:object_id>": Role.objects.get(person=cast.omar).pk,
        "welcome/<str:secret>": "0" * 64,
        "<int:role_id>": 1,
        "(?P<app_label>declarations)": "declarations",
        "(?P<url>.*)": "nowhere/",
        "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)": "1-set-password",
    }


def ways_in_of(cast: Cast) -> dict[str, Any]:
    """A provider that is not in use (nothing answers there), a tablet, and a passkey that is nobody's."""
    at, school = cast.aup.published_at, cast.hillside
    provider, _made = IdentityProvider.objects.get_or_create(
        school=school, kind="google", slug="hillside-google", client_id="a-client", domains="hillside.example", in_use=False
    )
    lent, _made = KioskSession.objects.get_or_create(school=school, opened_by=cast.omar, opened_at=at, closes_at=at + dt.timedelta(hours=4))
    return {
        "<slug:slug>": provider.slug,
        "identityprovider/<path:object_id>": provider.pk,
        "kiosksession/<path:object_id>": lent.pk,
        "passkeys/<int:pk>": 1,
    }


def network_of(cast: Cast, device: Device, name: str) -> dict[str, Any]:
    """One of each thing of Hillside's network, about ben's device."""
    at, school = device.added_at, cast.hillside
    mac = device.addresses.get()
    controller = Controller.objects.create(school=school, name=name, host="192.0.2.1", secret_name="main")
    times = dict.fromkeys(("decided_at", "queued_at", "until_at", "due_at"), at)
    about = {"school": school, "device": device, "address": mac.address}
    return {
        "<str:form>": "plain",
        "networktoken/<path:object_id>": NetworkToken.objects.create(school=school, slot=1, name=name, sha256="0" * 64, created_at=at).pk,
        "networksettings/<path:object_id>": NetworkSettings.objects.create(school=school).pk,
        "controller/<path:object_id>": controller.pk,
        "disconnect/<path:object_id>": Disconnect.objects.create(**about, controller=controller, reason="suspended", **times).pk,
        "lastseen/<path:object_id>": LastSeen.objects.create(**about, reason="", seen_at=at).pk,
        "deviceaddress/<path:object_id>": mac.pk,
        "addressclash/<path:object_id>": AddressClash.objects.create(
            school=school, person=cast.ada, holder=device, address=mac.address, last_at=at
        ).pk,
    }


def kept_of(cast: Cast, reason: str, *, at: dt.datetime) -> dict[str, Any]:
    """One of each thing about how long things are kept, a hold on ben among them."""
    hold = LegalHold.objects.create(person=cast.ben, reason=reason, placed_by=cast.omar, placed_at=at)
    gone = Disposal.objects.create(school=cast.hillside, kind="letters", before_at=at, before_on=at.date(), rows=3, done_at=at)
    return {
        "legalhold/<path:object_id>": hold.pk,
        "retentionsettings/<path:object_id>": RetentionSettings.objects.create(school=cast.hillside).pk,
        "disposal/<path:object_id>": gone.pk,
    }


def address(route: str, things: dict[str, Any]) -> str:
    """The route with something in the place of each part."""
    for part, thing in things.items():
        # `devices/<int:pk>` keeps its beginning, `(?P<url>.*)` goes as a whole.
        route = route.replace(part, str(thing) if part.startswith("(") else f"{part.partition('<')[0]}{thing}")
    route = route.removesuffix("$")
    assert not re.search(r"[<(^$]", route), f"{route}: say in tests/addresses.py what stands for this part"
    return f"/{route}"
