"""Who gets in at the addresses of devices, and what stands for their parts."""

from typing import Any

from tests.access import DONE, ELSEWHERE, FORM, NO, NOT_THERE_TO_DO, STAFF, THING, TO_SIGN_IN, World, rule

BENS_DEVICE = rule(out=TO_SIGN_IN, ben=DONE, tara=ELSEWHERE, rest=NOT_THERE_TO_DO)

TABLE = {
    "devices/": STAFF,
    "devices/add/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "devices/<int:pk>/ask/": BENS_DEVICE | {"ben": FORM},
    "devices/<int:pk>/withdraw/": BENS_DEVICE,
    "devices/<int:pk>/lost/": BENS_DEVICE,
    "devices/<int:pk>/give-up/": BENS_DEVICE,
    "admin/declarations/permission/<path:object_id>/change/": THING | dict.fromkeys(("hilda", "ines", "tara"), "200 200 400 200 200"),
    "admin/declarations/permission/renewal/": rule(out=TO_SIGN_IN, ben_ada_gita_ines=NO, rest="200 200 400 200 200"),
    "admin/declarations/suspension/<path:object_id>/change/": THING | dict.fromkeys(("hilda", "ines", "tara"), "200 200 302 200 200"),
}


def things(world: World) -> dict[str, Any]:
    """A phone and what was asked for it; the suspension that a page lifts is made where one is wanted."""
    permission = world.permission
    return {
        "devices/<int:pk>": permission.device_id,
        "permission/<path:object_id>": permission.pk,
        "device/<path:object_id>": permission.device_id,
        "suspension/<path:object_id>": 1,
    }
