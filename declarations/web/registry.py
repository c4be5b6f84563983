"""The one registry of what the rooms hand upward: filled once when Django starts, and frozen from then on."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from operator import attrgetter

from django.core.exceptions import ImproperlyConfigured

from declarations.web.capability import Capability

_capabilities: list[Capability] = []

# What may stand once in the whole house: from an entry to what must differ.
UNIQUE: dict[str, Callable[[Capability], Iterable[object]]] = {
    "capability": lambda one: [one.name],
    "menu entry": lambda one: ((entry.in_admin, entry.url) for entry in one.menu),
    "admin class": lambda one: one.admin,
    "admin page": lambda one: (page.name for page in one.admin_pages),
    "page of a person": lambda one: (page.name for page in one.person_pages),
    "log kind": lambda one: (kind.name for kind in one.log_kinds),
    "e-mail": lambda one: (email.name for email in one.emails),
    "personal data": lambda one: (data.model for data in one.personal_data),
    "retention rule": lambda one: (rule.kind for rule in one.retention),
    "task": lambda one: (task.name for task in one.tasks),
}


def load(rooms: Iterable[str]) -> None:
    """Registers what each room hands upward, in this order. Raises ImproperlyConfigured for a second entry of one name."""
    if _capabilities:
        return
    found = [import_module(f"declarations.{room}.capability").CAPABILITY for room in rooms]
    check(found)
    _capabilities.extend(found)


def check(found: Iterable[Capability]) -> None:
    """Raises ImproperlyConfigured where two entries have one name."""
    for what, names in UNIQUE.items():
        counted = Counter(name for capability in found for name in names(capability))
        twice = sorted(str(name) for name, number in counted.items() if number > 1)
        if twice:
            raise ImproperlyConfigured(f"Registered twice as {what}: {', '.join(twice)}.")


def capabilities() -> tuple[Capability, ...]:
    """What every room hands upward, in the order of the list."""
    return tuple(_capabilities)


def every[Part](part: Callable[[Capability], Iterable[Part]]) -> Iterator[Part]:
    """One kind of part of all capabilities, in the order of the list: `every(lambda one: one.log_kinds)`."""
    for capability in _capabilities:
        yield from part(capability)


def in_order[Part](part: Callable[[Capability], Iterable[Part]]) -> list[Part]:
    """The same, sorted by their own `order`."""
    return sorted(every(part), key=attrgetter("order"))
