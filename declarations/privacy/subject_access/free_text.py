"""Free texts: handed over as they are, and marked, because somebody must read them before that."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FreeText:
    """What somebody typed, word for word: it may name or describe others."""

    text: str


def paths_of(value: Any, path: str) -> Iterator[str]:
    """Where free texts stand in a value, by the keys that lead to them."""
    match value:
        case FreeText():
            yield path
        case dict():
            for key, item in value.items():
                yield from paths_of(item, f"{path}.{key}")
        case list():
            for number, item in enumerate(value, start=1):
                yield from paths_of(item, f"{path}.{number}")
