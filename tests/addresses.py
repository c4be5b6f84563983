"""Every address of the product, found by walking the URL patterns; the tests of access and of hostile input both go by it."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def walk(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Each pattern with the whole route that leads to it, such as `devices/<int:pk>/ask/`."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


def routes() -> list[str]:
    return [route for route, _pattern in walk()]


def address(route: str, things: dict[str, Any]) -> str:
    """The route with something in the place of each part."""
    for part, thing in things.items():
        # `devices/<int:pk>` keeps its beginning, `(?P<url>.*)` goes as a whole.
        route = route.replace(part, str(thing) if part.startswith("(") else f"{part.partition('<')[0]}{thing}")
    route = route.removesuffix("$")
    assert not re.search(r"[<(^$]", route), f"{route}: say in tests/<room>/access.py what stands for this part"
    return f"/{route}"
