"""Who gets in at the addresses of signing, and what stands for their parts."""

import datetime as dt
from typing import Any

from declarations.signing.models.declaration import Declaration
from declarations.signing.models.kiosk import KioskSession
from declarations.signing.models.response import Exemption, Response
from tests.access import ADMIN, DONE, ELSEWHERE, FORM, LIST, NO, NOT_THERE, NOT_THERE_TO_READ, ON_TO, READ, STAFF, TO_SIGN_IN, World, rule

CERTIFICATE = rule(out=TO_SIGN_IN, ben_hilda_gita_tara=READ, ada_ines_rosa=NOT_THERE_TO_READ)
# What people say of themselves is the leadership's to read, not IT's.
FOR_LEADERS = rule(out=TO_SIGN_IN, ben_ada_gita_ines=NO, rest=ADMIN)

TABLE = {
    "leaflet/": STAFF,
    "leaflet/all/": STAFF,
    "leaflet/<slug:key>/": STAFF,
    "policy/": STAFF,
    "changes/": STAFF,
    "versions/<int:pk>/": rule(out=TO_SIGN_IN, rosa=NOT_THERE_TO_READ, rest=READ),
    "sign/": rule(out=TO_SIGN_IN, ben=DONE, tara=ELSEWHERE, rest=FORM),  # ben has signed: an old form leads to what he signed
    "sign/reply/": rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=FORM),
    "policy/paper.pdf": STAFF,
    "declarations/<str:reference>/scan/": rule(out=TO_SIGN_IN, rest=NOT_THERE_TO_READ),  # ben signed on screen
    "declarations/": STAFF,
    "declarations/<str:reference>.pdf": CERTIFICATE,
    "declarations/<str:reference>/": CERTIFICATE,
    # The tablet: whoever is not at one is told so, and those who may lend one can make it of this device.
    "tablet/": rule(rest=FORM),
    "tablet/open/": rule(out="in in in 405 405", hilda_ines_rosa=FORM, tara="302 302 302 405 405", rest="403 403 403 405 405"),
    "tablet/leaflet/": rule(rest=ELSEWHERE),
    "tablet/sign/": rule(rest=ELSEWHERE),
    "tablet/leave/": rule(rest=ELSEWHERE),
    "tablet/touched/": rule(rest=ELSEWHERE),
    "admin/declarations/declaration/add/": LIST,
    "admin/declarations/response/": FOR_LEADERS,
    "admin/declarations/response/<path:object_id>/change/": FOR_LEADERS | {"rosa": NOT_THERE},
    "admin/declarations/exemption/": FOR_LEADERS,
    "admin/declarations/exemption/add/": FOR_LEADERS,
    "admin/declarations/exemption/<path:object_id>/change/": FOR_LEADERS
    | {"rosa": NOT_THERE}
    | dict.fromkeys(("hilda", "tara"), "200 200 302 200 200"),
    "admin/declarations/person/<path:object_id>/ways-in/code/": ON_TO
    | {"rosa": NOT_THERE}
    | dict.fromkeys(("hilda", "ines", "tara"), "302 302 200 302 302"),
    "admin/declarations/kiosksession/<path:object_id>/close/": ON_TO | {"rosa": NOT_THERE},
    "admin/declarations/response/<path:object_id>/history/": FOR_LEADERS | {"rosa": NOT_THERE},
    "admin/declarations/exemption/<path:object_id>/history/": FOR_LEADERS | {"rosa": NOT_THERE},
}


def things(world: World) -> dict[str, Any]:
    """What was signed, said and granted, and a kiosk."""
    cast, at, on = world.cast, world.at, world.on
    declaration = Declaration.objects.filter(person=cast.ben).latest("signed_at")
    of_ben: dict[str, Any] = {"school": cast.hillside, "person": cast.ben, "reason": world.words}
    kiosk, _made = KioskSession.objects.get_or_create(
        school=cast.hillside, opened_by=cast.omar, opened_at=cast.aup.published_at, closes_at=cast.aup.published_at + dt.timedelta(hours=4)
    )
    return {
        "versions/<int:pk>": cast.aup.pk,
        "<slug:key>": "class",
        "<str:reference>": declaration.reference,
        "declaration/<path:object_id>": declaration.pk,
        "response/<path:object_id>": Response.objects.create(**of_ben, kind="talk", said_at=at).pk,
        "exemption/<path:object_id>": Exemption.objects.create(**of_ben, from_on=on, until=on, granted_by=cast.hilda, granted_at=at).pk,
        "kiosksession/<path:object_id>": kiosk.pk,
    }
