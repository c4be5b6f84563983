"""Who gets in at the addresses of schools, and what stands for their parts."""

from typing import Any

from declarations.organisation.models.holiday import Holiday
from tests.access import ADMIN, ELSEWHERE, LIST, NO, THING, TO_SIGN_IN, World, rule

TABLE = {
    "admin/declarations/school/": rule(out=TO_SIGN_IN, ben_ada_gita=NO, tara=ADMIN, rest=ELSEWHERE),  # on to the one school
    "admin/declarations/school/<path:object_id>/change/": THING,
    "admin/declarations/holiday/add/": LIST,
    "admin/declarations/holiday/import/": LIST,
    "admin/declarations/holiday/<path:object_id>/change/": THING,
    "admin/declarations/holiday/<path:object_id>/delete/": THING,  # which nothing that was decided goes by
}


def things(world: World) -> dict[str, Any]:
    school, on = world.cast.hillside, world.on
    return {
        "school/<path:object_id>": school.pk,
        "holiday/<path:object_id>": Holiday.objects.create(school=school, name=world.words[:80], first_on=on, last_on=on).pk,
    }
