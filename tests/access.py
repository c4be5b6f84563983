"""Who gets in where: the words of the matrix, and its rows as the rooms give them.

`tests/<room>/access.py` has exact rows for the room's addresses (`TABLE`) and what stands for the parts of its routes (`things`).
Models and pages that a room registers for the admin have rows without being named: those below, unless the room says otherwise.

The addresses lead to ben's things at Hillside. Codes are those of GET, HEAD, POST (with an empty form), PUT and DELETE; `in` is
a redirect to the sign-in page.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin

from declarations.devices.models import Permission
from declarations.web import registry
from tests.cast import Cast
from tests.rooms import of_rooms

METHODS = ("get", "head", "post", "put", "delete")
EVERYBODY = {"out", "ben", "ada", "hilda", "gita", "ines", "rosa", "tara"}

TO_SIGN_IN = "in in in in in"
READ = "200 200 405 405 405"  # a page
FORM = "200 200 200 405 405"  # a page with a form, which an empty POST shows again
DONE = "200 200 302 405 405"  # a page with a form, which is done with an empty POST
ELSEWHERE = "302 302 302 302 302"
NO = "403 403 403 403 403"
NOT_THERE = "404 404 404 404 404"
NO_READING = "403 403 405 405 405"
NOT_THERE_TO_READ = "404 404 405 405 405"
NOT_THERE_TO_DO = "404 404 404 405 405"
ADMIN = "200 200 200 200 200"  # Django's admin answers every method; it does something for POST alone
VIEW_ONLY = "200 200 403 200 200"

type Codes = dict[str, str]


def rule(**codes: str) -> Codes:
    """`rule(ben_ada="…", rest="…")`: everybody's codes."""
    rest = codes.pop("rest", None)
    named = {name: code for names, code in codes.items() for name in names.split("_")}
    return {name: named.get(name, rest) for name in EVERYBODY}


ANYBODY = rule(rest=READ)
# Pages of people of a school; those of the trust, who sign nothing and own nothing, are sent to the register.
STAFF = rule(out=TO_SIGN_IN, tara=ELSEWHERE, rest=READ)
# The admin: the leadership and administrators; what is not the school's is not there.
LIST = rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=ADMIN)
THING = LIST | {"rosa": NOT_THERE}
NEVER = rule(out=TO_SIGN_IN, rest=NO)
VIEWED = THING | {"hilda": VIEW_ONLY, "ines": VIEW_ONLY, "tara": VIEW_ONLY}
ON_TO = rule(out=TO_SIGN_IN, ben_ada_gita=NO, rest=ELSEWHERE)
ADDED = rule(out=TO_SIGN_IN, ines=ADMIN, rest=NO)


@dataclass(frozen=True)
class World:
    """What the things at the addresses are made of: a permission of ben's, and the words wherever something is named or explained."""

    cast: Cast
    permission: Permission
    words: str

    @property
    def at(self) -> dt.datetime:
        return self.permission.asked_at

    @property
    def on(self) -> dt.date:
        return self.cast.hillside.day_of(self.at)


def table() -> dict[str, Codes]:
    """Every row: what the rooms say, and the defaults for the rest of what they register."""
    rows: dict[str, Codes] = {}
    for module in of_rooms("access"):
        assert not rows.keys() & module.TABLE.keys(), f"{module.__name__} has rows of another room"
        rows |= module.TABLE
    return dict(defaults()) | rows


def defaults() -> Iterator[tuple[str, Codes]]:
    """Rows of what is registered for the admin: read by the leadership and administrators, changed by nobody."""
    for model in admin.site._registry:
        of_model = f"admin/declarations/{model._meta.model_name}/"
        of_row = f"{of_model}<path:object_id>/"
        yield from {
            of_model: LIST,
            f"{of_model}add/": NEVER,
            of_row: ON_TO,
            f"{of_row}change/": VIEWED,
            f"{of_row}history/": THING,
            f"{of_row}delete/": NEVER | {"rosa": NOT_THERE},
        }.items()
    for page in registry.every(lambda capability: capability.admin_pages):
        yield f"admin/{page.route}", LIST
    for page in registry.every(lambda capability: capability.person_pages):
        about = "" if page.about_all else "<path:object_id>/"
        yield f"admin/declarations/person/{about}{page.route}", THING


def things(world: World) -> dict[str, Any]:
    """What stands for each part of a route: by the route's beginning where it matters, all of them ben's at Hillside."""
    made: dict[str, Any] = {}
    for module in of_rooms("access"):
        if hasattr(module, "things"):
            made |= module.things(world)
    return made
