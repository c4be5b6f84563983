"""Walls that import-linter cannot see: foreign keys and models by string, names of addresses, templates of another room."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from tools.rooms_contract import with_rooms

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
APP = ROOT / "declarations"
# The order of the rooms, lowest first, as import-linter has it; those of one group may not know each other.
LAYERS = next(
    contract["layers"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    if contract["id"] == "rooms"
)
GROUPS = [{name.strip() for name in layer.split("|")} for layer in reversed(with_rooms(LAYERS))]
FLOOR = {room: floor for floor, rooms in enumerate(GROUPS) for room in rooms}
# An e-mail points to what it tells of: the table is older than the rooms, and its columns stay as they are.
EMAIL_TELLS_OF = {"Declaration", "Checkpoint", "Permission", "Response", "Invitation", "GuardedChange"}
# A link is where a reader goes next, and no knowledge of code; but each that leads up is a decision, and stands here.
LINKS_UP = {
    "home": "where whoever has nothing to do here is sent",
    "register": "the trust's people, who sign nothing, begin there",
    "tablet": "a kiosk's browser may open nothing else",
    "certificate": "what was signed has its own page",
    "certificate_pdf": "the same, on paper",
    "paper_form": "the form to sign by hand is drawn as certificates are",
    "leaflet_section": "a change is read in its section",
    "device_seen": "an address that nobody can find is found where the network saw it",
    "admin:declarations_stafflist_changelist": "the list of people leads to the import of people",
    "admin:declarations_school_changelist": "who is sent checkpoints is set with the school",
}


def goes_up(here: str, there: str) -> bool:
    """Whether a name used in one room belongs to a room that this one may not know."""
    return here != there and FLOOR[there] >= FLOOR[here]


def room_of_module(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "declarations" and len(parts) > 2 and parts[1] in FLOOR else None


def room_of_model(label: str) -> str | None:
    name = label.rpartition(".")[2].lower()
    models = {model._meta.model_name: model for model in apps.get_app_config("declarations").get_models()}
    return room_of_module(models[name].__module__) if name in models else None


def sources() -> Iterator[tuple[str, Path]]:
    for path in sorted(APP.rglob("*.py")):
        room = path.relative_to(APP).parts[0]
        if room in FLOOR:
            yield room, path


def test_every_folder_has_its_place():
    there = {path.name for path in APP.iterdir() if path.is_dir() and path.name not in {"migrations", "__pycache__"}}
    assert there <= set(FLOOR)


def test_foreign_keys_point_downwards():
    wrong = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in apps.get_app_config("declarations").get_models()
        for field in model._meta.local_fields
        if field.is_relation and (there := room_of_module(field.related_model.__module__))
        if goes_up(room_of_module(model.__module__), there)
        if not (model.__name__ == "Email" and field.related_model.__name__ in EMAIL_TELLS_OF)
    ]
    assert wrong == []


def calls(tree: ast.AST, names: set[str]) -> Iterator[tuple[int, str]]:
    """The first argument of each call of one of these functions, where it is a text, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if function in names:
                yield node.lineno, node.args[0].value


def test_models_named_by_string_stand_below():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {label}"
        for room, path in sources()
        for line, label in calls(ast.parse(path.read_text()), {"get_model"})
        if (there := room_of_model(label)) and goes_up(room, there)
    ]
    assert wrong == []


def rooms_of_addresses(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[tuple[str, str]]:
    """Each name of an address with the room whose view answers there."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from rooms_of_addresses(pattern.url_patterns)
        elif pattern.name and (room := room_of_module(getattr(pattern.callback, "__module__", ""))):
            yield pattern.name, room


def address_rooms() -> dict[str, str]:
    found = dict(rooms_of_addresses())
    # Pages of the leadership's site belong to the room of their admin class.
    for model, model_admin in admin.site._registry.items():
        room = room_of_module(type(model_admin).__module__)
        if room is not None:
            found |= {
                f"admin:declarations_{model._meta.model_name}_{page}": room for page in ("changelist", "add", "change", "delete", "history")
            }
    return found


def test_addresses_named_in_code_stand_below():
    known = address_rooms()
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for room, path in sources()
        for line, name in calls(ast.parse(path.read_text()), {"reverse", "redirect", "link"})
        if name in known and name not in LINKS_UP and goes_up(room, known[name])
    ]
    assert wrong == []


def templates() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "templates").rglob("*")):
        room = path.relative_to(ROOT / "templates").parts[0]
        if path.is_file() and room in FLOOR:
            yield room, path


@pytest.mark.parametrize("tag", ["include", "extends"])
def test_templates_use_templates_below(tag: str):
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for room, path in templates()
        for name in re.findall(rf"{{%\s*{tag}\s+[\"']([^\"']+)[\"']", path.read_text())
        if (there := name.split("/")[0]) in FLOOR and goes_up(room, there)
    ]
    assert wrong == []


def test_addresses_named_in_templates_stand_below():
    known = address_rooms()
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for room, path in templates()
        for name in re.findall(r"{%\s*url\s+[\"']([^\"']+)[\"']", path.read_text())
        if name in known and name not in LINKS_UP and goes_up(room, known[name])
    ]
    assert wrong == []


def test_every_link_that_may_lead_up_does():
    known = address_rooms()
    in_code = {
        name
        for room, path in sources()
        for _line, name in calls(ast.parse(path.read_text()), {"reverse", "redirect", "link"})
        if name in known and goes_up(room, known[name])
    }
    in_templates = {
        name
        for room, path in templates()
        for name in re.findall(r"{%\s*url\s+[\"']([^\"']+)[\"']", path.read_text())
        if name in known and goes_up(room, known[name])
    }
    assert in_code | in_templates == set(LINKS_UP)
