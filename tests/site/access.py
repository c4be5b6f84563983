"""Who gets in at the addresses of site, and what stands for their parts."""

from typing import Any

from tests.access import ANYBODY, ELSEWHERE, LIST, NO, NOT_THERE, ON_TO, READ, STAFF, TO_SIGN_IN, World, rule

MOVED = rule(rest="301 301 301 301 301")

TABLE = {
    "": STAFF,
    "healthz": ANYBODY,
    "robots.txt": ANYBODY,
    "admin/": LIST,
    "admin/login/": rule(out=TO_SIGN_IN, rest=ELSEWHERE),
    "admin/logout/": ON_TO,
    "admin/jsi18n/": rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=READ),
    "admin/(?P<app_label>declarations)/$": ON_TO,
    # Addresses by their old words lead to the new ones.
    **{f"admin/{old}/": MOVED for old in ("left", "jobs", "messages")},
    **{f"admin/declarations/{old}/": MOVED for old in ("reply", "seen", "signingsession")},
    "admin/(?P<url>.*)$": rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=NOT_THERE),
}


def things(world: World) -> dict[str, Any]:
    return {"(?P<app_label>declarations)": "declarations", "(?P<url>.*)": "nowhere/"}
