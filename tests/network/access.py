"""Who gets in at the addresses of network, and what stands for their parts."""

from typing import Any

from declarations.devices.models import AddressClash
from declarations.network.models import Controller, Disconnect, LastSeen, NetworkSettings, NetworkToken
from tests.access import ADDED, ADMIN, DONE, ELSEWHERE, FORM, LIST, NOT_THERE, NOT_THERE_TO_DO, ON_TO, TO_SIGN_IN, VIEWED, World, rule

BENS_DEVICE = rule(out=TO_SIGN_IN, ben=DONE, tara=ELSEWHERE, rest=NOT_THERE_TO_DO)

TABLE = {
    "devices/seen/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "devices/<int:pk>/address/": BENS_DEVICE | {"ben": FORM},
    # Machines: whoever asks without a token is told no, by no code that FreeRADIUS takes for *go on*.
    "network/authorize/": rule(rest="405 405 403 405 405"),
    "network/allow-list/<str:form>/": rule(rest="403 403 405 405 405"),
    "admin/declarations/networktoken/overview/": LIST,
    "admin/declarations/networktoken/<path:object_id>/end/": ON_TO
    | {"rosa": NOT_THERE}
    | dict.fromkeys(("hilda", "tara"), "302 302 403 302 302"),
    "admin/declarations/networktoken/add/": ADDED,
    "admin/declarations/controller/add/": ADDED,
    "admin/declarations/controller/<path:object_id>/change/": VIEWED | {"ines": ADMIN},
    "admin/declarations/networksettings/<path:object_id>/change/": VIEWED | {"ines": "200 200 200 200 200"},
}


def things(world: World) -> dict[str, Any]:
    """One of each thing of Hillside's network, about ben's device."""
    cast, device, name = world.cast, world.permission.device, world.words[:60]
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
