"""The menus of the staff pages and the admin, from the entries that the rooms register."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from declarations.organisation.models.person import Person
from declarations.web import registry
from declarations.web.capability import LazyText, MenuEntry


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a menu; `current` is the value of `aria-current`: "page" on its own page, "true" on a page below it, or ""."""

    title: LazyText
    url: str
    current: str


def links(request: HttpRequest, person: Person, *, in_admin: bool) -> list[Link]:
    """The links that this person sees on the staff pages, or all those on every page of the admin."""
    entries = [entry for entry in registry.in_order(lambda room: room.menu) if entry.in_admin == in_admin]
    return [link(entry, request, person) for entry in entries if in_admin or is_seen(entry, getattr(request, "roles", frozenset()), person)]


def is_seen(entry: MenuEntry, roles: frozenset[str], person: Person) -> bool:
    if entry.roles:
        return bool(entry.roles & roles)
    return entry.for_trust or person.school_id is not None


def link(entry: MenuEntry, request: HttpRequest, person: Person) -> Link:
    url, is_of_trust = reverse(entry.url), person.school_id is None
    current = "page" if request.path == url else "true" if entry.covers and request.path.startswith(entry.covers) else ""
    school = getattr(request, "school", None)
    query = f"?{urlencode({'school': school.slug})}" if entry.keeps_school and is_of_trust and school else ""
    return Link(entry.trust_title if is_of_trust and entry.trust_title else entry.title, f"{url}{query}", current)
