"""The registry of the rooms' capabilities, filled once when Django starts."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from operator import attrgetter

from django.core.exceptions import ImproperlyConfigured

from declarations.web.capability import Capability

_capabilities: list[Capability] = []

# The names that no two capabilities may share, by kind of entry.
UNIQUE: dict[str, Callable[[Capability], Iterable[object]]] = {
    "capability": lambda room: [room.name],
    "menu entry": lambda room: ((entry.in_admin, entry.url) for entry in room.menu),
    "admin class": lambda room: room.admin,
    "admin page": lambda room: (page.name for page in room.admin_pages),
    "page of a person": lambda room: (page.name for page in room.person_pages),
    "log kind": lambda room: (kind.name for kind in room.log_kinds),
    "e-mail": lambda room: (email.name for email in room.emails),
    "personal data": lambda room: (data.model for data in room.personal_data),
    "retention rule": lambda room: (rule.kind for rule in room.retention),
    "guarded change": lambda room: (kind.name for kind in room.guarded_changes),
    "task": lambda room: (task.name for task in room.tasks),
}


def load(rooms: Iterable[str]) -> None:
    """Registers the capability of each room, in this order. Raises ImproperlyConfigured for a name that is used twice."""
    if _capabilities:
        return
    registered = [import_module(f"declarations.{room}.capability").CAPABILITY for room in rooms]
    check(registered)
    _capabilities.extend(registered)


def check(registered: Iterable[Capability]) -> None:
    """Raises ImproperlyConfigured if two entries have the same name."""
    for what, names in UNIQUE.items():
        counted = Counter(name for capability in registered for name in names(capability))
        twice = sorted(str(name) for name, number in counted.items() if number > 1)
        if twice:
            raise ImproperlyConfigured(f"Registered twice as {what}: {', '.join(twice)}.")


def capabilities() -> tuple[Capability, ...]:
    """The capabilities of all rooms, in the order of the list."""
    return tuple(_capabilities)


def every[Part](part: Callable[[Capability], Iterable[Part]]) -> Iterator[Part]:
    """One kind of entry of all capabilities, in the order of the list: `every(lambda room: room.log_kinds)`."""
    for capability in _capabilities:
        yield from part(capability)


def in_order[Part](part: Callable[[Capability], Iterable[Part]]) -> list[Part]:
    """The same entries, sorted by their `order`."""
    return sorted(every(part), key=attrgetter("order"))
