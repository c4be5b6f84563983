"""Who gets in where: the words of the matrix, and its rows as the rooms give them.

`tests/<room>/access.py` has exact rows for the room's addresses (`TABLE`) and what stands for the parts of its routes (`things`).
Models and pages that a room registers for the admin have rows without being named: those below, unless the room says otherwise.

The addresses lead to ben's things at Hillside. Codes are those of GET, HEAD, POST (with an empty form), PUT and DELETE; `in` is
a redirect to the sign-in page.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client

from declarations.certificates.models import IssuedCertificate
from declarations.devices.models import Permission, Suspension
from declarations.evidence.models import Checkpoint, Entry
from declarations.policies.models import SectionRead
from declarations.web import registry
from tests.addresses import address
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
        yield f"admin/declarations/person/{about}{page.route}", LIST if page.about_all else THING


def things(world: World) -> dict[str, Any]:
    """What stands for each part of a route: by the route's beginning where it matters, all of them ben's at Hillside."""
    made: dict[str, Any] = {}
    for module in of_rooms("access"):
        if hasattr(module, "things"):
            made |= module.things(world)
    return made


def bens_things(cast: Cast, permission: Permission | None = None, words: str = "Half term") -> dict[str, Any]:
    """What stands for each part of a route, made for a permission of ben's; `words` stand wherever something is named or explained."""
    return things(World(cast, permission or Permission.objects.get(owner=cast.ben), words))


@contextmanager
def noticing_writes() -> Iterator[list[str]]:
    """The statements that write into tables of ours while the block runs."""
    written: list[str] = []

    def notice(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and '"declarations_' in sql:
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(notice):
        yield written


def wrong_answers(cast: Cast, clients: dict[str, Client], routes: Iterable[str]) -> dict[tuple[str, str, str], str]:
    """Where at these addresses somebody gets another answer than the matrix says; only a POST may change anything.

    SQLite is asked by every method. HEAD, PUT and DELETE ask a database what GET asks it, or nothing: PostgreSQL is spared them.
    """
    methods = ("get", "post") if connection.vendor == "postgresql" else METHODS
    reading = [method for method in methods if method != "post"]
    rows, parts = table(), bens_things(cast)
    # ben's phone is suspended here: to report it lost again is done, and is the same suspension.
    lost = Suspension.objects.create(device_id=parts["device/<path:object_id>"], suspended_by=cast.ben, suspended_at=cast.aup.published_at)
    wrong, before = {}, facts()
    for route in routes:
        url = address(route, parts | {"suspension/<path:object_id>": lost.pk})
        with noticing_writes() as written:
            answers = {name: {method: answer(client, method, url) for method in reading} for name, client in clients.items()}
        assert not written or facts() == before, url
        for name, client in clients.items():
            answers[name]["post"] = answer(client, "post", url)
            right = dict(zip(METHODS, rows[route][name].split(), strict=True))
            wrong |= {
                (route, name, method): f"{answers[name][method]}, not {right[method]}"
                for method in methods
                if answers[name][method] != right[method]
            }
    return wrong


def answer(client: Client, method: str, url: str) -> str:
    """The code of the answer; what a POST does is undone, so that nobody meets what another left behind."""
    cookies, before = client.cookies.copy(), connection.savepoint() if method == "post" else ""
    client.raise_request_exception = False
    response = getattr(client, method)(url)
    if response.streaming:
        list(response.streaming_content)
    if before:
        connection.savepoint_rollback(before)
        client.cookies = cookies
    to_sign_in = response.status_code == 302 and response.url.startswith("/accounts/login/")
    return "in" if to_sign_in else str(response.status_code)


def facts() -> list[list[tuple]]:
    """All rows of all tables of ours, but for what showing a text or handing out a certificate writes down."""
    written = {SectionRead, Checkpoint, IssuedCertificate}
    models = [model for model in apps.get_app_config("declarations").get_models() if model not in written]
    handed_out = {"kind": "certificate.issued"}
    return [
        list((model._default_manager.exclude(**handed_out) if model is Entry else model._default_manager).order_by("pk").values_list())
        for model in models
    ]
