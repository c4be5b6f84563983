"""The kinds of entries that the rooms registered, and what each says of its records."""

from collections.abc import Mapping

from declarations.web import registry
from declarations.web.capability import LazyText, LogKind


def registered() -> dict[str, LogKind]:
    return {kind.name: kind for kind in registry.every(lambda capability: capability.log_kinds)}


def needs() -> dict[str, Mapping[str, type]]:
    """By kind: the keys, with their types, without which a record is damaged."""
    return {name: kind.needs for name, kind in registered().items()}


def about() -> dict[str, str]:
    """By kind: the key of the record that says whom it is about, "" for nobody."""
    return {name: kind.about for name, kind in registered().items()}


def titles() -> dict[str, LazyText]:
    """By kind: what happened, in words."""
    return {name: kind.title for name, kind in registered().items()}


def never_by_command() -> frozenset[str]:
    """Always by a person, or by the program of itself."""
    return frozenset(name for name, kind in registered().items() if not kind.by_command)
