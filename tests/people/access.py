"""Who gets in at the addresses of people, and what stands for their parts."""

from typing import Any

from declarations.organisation.models.person import Role
from tests.access import LIST, THING, World

TABLE = {
    "admin/declarations/person/add/": LIST,
    "admin/declarations/person/<path:object_id>/change/": THING,
    "admin/declarations/person/<path:object_id>/leaving/": THING,
    "admin/declarations/role/command-line/": LIST,
    "admin/declarations/person/<path:object_id>/roles/give/": THING
    | dict.fromkeys(("hilda", "tara"), "302 302 403 302 302")
    | {"ines": "302 302 200 302 302"},
    "admin/declarations/person/<path:object_id>/roles/<int:role_id>/take/": THING
    | dict.fromkeys(("hilda", "tara"), "302 302 403 302 302")
    | {"ines": "302 302 404 302 302"},  # ben has no role
}


def things(world: World) -> dict[str, Any]:
    return {
        "person/<path:object_id>": world.cast.ben.pk,
        "role/<path:object_id>": Role.objects.get(person=world.cast.omar).pk,
        "<int:role_id>": 1,
    }
