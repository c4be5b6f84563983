"""Who gets in at the addresses of changes that need a second person, and what stands for their parts."""

from typing import Any

from tests.access import DONE, LIST, NOT_THERE_TO_DO, TO_SIGN_IN, World, rule

TABLE = {
    "admin/changes/": LIST | dict.fromkeys(("hilda", "ines", "rosa", "tara"), "200 200 302 200 200"),
    "waiting/": rule(out=TO_SIGN_IN, rest=DONE),
    "change/<str:token>/": rule(rest=NOT_THERE_TO_DO),
}


def things(world: World) -> dict[str, Any]:
    return {"change/<str:token>": "1:made-up"}
