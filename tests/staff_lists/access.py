"""Who gets in at the addresses of staff_lists, and what stands for their parts."""

from typing import Any

from declarations.staff_lists.models import StaffList
from tests.access import ADMIN, ELSEWHERE, NO, TO_SIGN_IN, VIEWED, World, rule

TABLE = {
    "admin/declarations/stafflist/add/": rule(out=TO_SIGN_IN, ines=ADMIN, rest=NO),
    "admin/declarations/stafflist/<path:object_id>/change/": VIEWED | {"ines": ELSEWHERE},  # on to its preview
    "admin/declarations/stafflist/<path:object_id>/columns/": rule(out=TO_SIGN_IN, ines=ADMIN, rest=NO),
    "admin/declarations/stafflist/<path:object_id>/preview/": rule(out=TO_SIGN_IN, ines=ADMIN, rest=NO),
    "admin/declarations/stafflist/example/": rule(out=TO_SIGN_IN, ines=ADMIN, rest=NO),
    "admin/declarations/stafflist/<path:object_id>/invite/": rule(out=TO_SIGN_IN, ines="200 200 302 200 200", rest=NO),
    "admin/declarations/stafflist/<path:object_id>/undo/": rule(out=TO_SIGN_IN, ines="200 200 302 200 200", rest=NO),
}


def things(world: World) -> dict[str, Any]:
    """A list that waits for its preview."""
    chosen = {"columns": {"full_name": "Name"}, "covers": ["staff"], "missing_leave": False}
    waiting = StaffList.objects.create(
        school=world.cast.hillside, uploaded_at=world.at, sha256="0" * 64, content=f"Name\n{world.words}\n".encode(), columns=chosen
    )
    return {"stafflist/<path:object_id>": waiting.pk}
