"""Who gets in at the addresses of notices, and what stands for their parts."""

from typing import Any

from declarations.notices.actions import read

from tests.access import STAFF, World

TABLE = {"notices/": STAFF}


def things(world: World) -> dict[str, Any]:
    notice = read(person=world.cast.ben, school=world.cast.hillside, remark=world.words[:80], at=world.at)
    return {"notice/<path:object_id>": notice.pk}
