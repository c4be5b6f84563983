"""The panels of pages to which several rooms contribute."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from declarations.web.capability import Panel


def rendered(panels: Iterable[Panel], request: HttpRequest, *about: Any) -> list[str]:
    """The HTML of each panel that has something to show."""
    contexts = [(panel, panel.context(request, *about)) for panel in panels]
    return [render_to_string(panel.template, context, request) for panel, context in contexts if context is not None]


def once_a_request[Request: HttpRequest, Answer](ask: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    """Keeps the answer on the request, so that several panels of a page share one query."""
    name = f"{ask.__module__}.{ask.__qualname__}"

    def answer(request: Request) -> Answer:
        kept = request.__dict__
        if name not in kept:
            kept[name] = ask(request)
        return kept[name]  # type: ignore[no-any-return]  # what `ask` answered

    return answer
