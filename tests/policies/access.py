"""Who gets in at the addresses of policies, and what stands for their parts."""

from typing import Any

from tests.access import ELSEWHERE, LIST, NO, THING, World

TABLE = {
    "admin/declarations/policyversion/add/": LIST,
    "admin/declarations/policyversion/<path:object_id>/preview/": THING,
    "admin/declarations/policyversion/<path:object_id>/publish/": THING | {"hilda": ELSEWHERE, "tara": ELSEWHERE, "ines": NO},
}


def things(world: World) -> dict[str, Any]:
    return {"policyversion/<path:object_id>": world.cast.aup.pk}
