"""What the rooms hand to the suites that go through all of them."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from declarations.web import registry


def of_rooms(file: str) -> Iterator[ModuleType]:
    """`tests/<room>/<file>.py` of each room that has one, in the order of the rooms."""
    for capability in registry.capabilities():
        name = f"tests.{capability.name}"
        if find_spec(name) and find_spec(f"{name}.{file}"):
            yield import_module(f"{name}.{file}")
