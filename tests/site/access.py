"""Who gets in at the addresses of site, and what stands for their parts."""

from typing import Any

from tests.access import ANYBODY, ELSEWHERE, LIST, NO, NOT_THERE, ON_TO, READ, STAFF, TO_SIGN_IN, World, rule

TABLE = {
    "": STAFF,
    "healthz": ANYBODY,
    "robots.txt": ANYBODY,
    "admin/": LIST,
    "admin/login/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "admin/logout/": ON_TO,
    "admin/jsi18n/": rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=READ),
    "admin/(?P<app_label>declarations)/$": ON_TO,
    "admin/(?P<url>.*)$": rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=NOT_THERE),
}


def things(world: World) -> dict[str, Any]:
    return {"(?P<app_label>declarations)": "declarations", "(?P<url>.*)": "nowhere/"}
