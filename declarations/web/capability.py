"""What a capability hands upward: the parts of a front door (`capability.py` of a room), typed and frozen.

A room fills in what it has; whoever needs such parts asks `web.registry`, and names no room. Nothing here does anything.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.checks import CheckMessage
from django.core.mail import EmailMessage
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

type Words = str | Promise
type Context = dict[str, Any]
# Evaluated lazily: Django's class takes no parameter at run time.
type AdminClass = type[ModelAdmin[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A link of the menu of the staff pages, or of the leadership's (`in_admin`), in the order of `order`.

    `url` is the name of an address. On the staff pages, whoever has one of `roles` sees the entry; without roles everybody of
    a school does, and with `for_trust` the trust's people too. `trust_title` is the title for the trust's people, where theirs
    is another. `keeps_school` carries the school that they have chosen along. `covers` are beginnings of paths on which the
    entry is the current one, besides its own page.
    """

    title: Words
    url: str
    order: int
    roles: frozenset[str] = frozenset()
    in_admin: bool = False
    for_trust: bool = False
    trust_title: Words = ""
    keeps_school: bool = False
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of a page that several rooms fill: a template and what it is given, None where there is nothing to show.

    For the dashboard and the home page `context` takes the request; for a page about a person it takes the request and the person.
    """

    template: str
    context: Callable[..., Context | None]
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPage:
    """A page of the leadership's besides those of the models: its route below `/admin/`, the name of its address, its view.

    The view takes the request and what every page of the admin site knows.
    """

    route: str
    name: str
    view: Callable[[HttpRequest, Context], HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """A page about one person, or about all: its route below `/admin/declarations/person/` and `<id>/`, its name, its view.

    The view takes the admin of people, the request and, unless it is `about_all`, the person.
    """

    route: str
    name: str
    view: Callable[..., HttpResponse]
    about_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKind:
    """A kind of entry in the evidence log.

    `about` is the key of the record that names whom it is about: a person's key, `reference` for the signer of that declaration,
    "" for nobody. `needs` are the keys, with their types, without which a record is named as damaged.
    `by_command` says whether it can come from the server's command line, which leadership is shown.
    """

    name: str
    title: Words
    about: str = ""
    needs: Mapping[str, type] = field(default_factory=dict)
    by_command: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailPreview:
    """One e-mail with made-up people; `when` says who gets it and when."""

    when: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailKind:
    """A kind of e-mail: `render` writes a row of the outbox as it is to be sent now, None if everything in it is settled.

    `previews` are all its forms with made-up people, for a school at a moment; `order` is their place on the page that shows them.
    """

    name: str
    render: Callable[[Any, dt.datetime], EmailMessage | None]
    previews: Callable[[School, dt.datetime], Iterable[EmailPreview]]
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What the rows of one table have to do with people: for subject access, erasure and its preview.

    `person` leads from a row to whom it is about ("" if to nobody); `rows` finds them where one path is not enough.
    `acts` are fields that name who did something, each with the field that says when ("" if none does).
    `secret` are fields that are handed to nobody. `free_text` are fields in which somebody else may be named.
    `erased` says whether erasing the person deletes the rows.
    """

    model: type[Model]
    person: str = ""
    rows: Callable[[Person], QuerySet[Any]] | None = None
    acts: Mapping[str, str] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    free_text: tuple[str, ...] = ()
    erased: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """A kind of record that is disposed of when it is old: which rows, of whom a legal hold keeps them, and how they go."""

    kind: str
    due: Callable[..., tuple[QuerySet[Any], Q]]
    dispose: Callable[..., None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What leaving `ends`, and what `stays`: lines of the page about leaving, whose `context` takes the request and the person.

    `on_return` takes `person`, `by` and `at`, and ends for good what was of no use since the leaving, when somebody comes back.
    """

    ends: tuple[Panel, ...] = ()
    stays: tuple[Panel, ...] = ()
    on_return: Callable[..., None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyTask:
    """A task of the worker: what it is called, what it does, from which time of day, and how; it says in a few words what it did.

    Doing it twice is like doing it once. `daily_at` None: all the time, by the worker itself.
    """

    name: str
    title: Words
    does: Words
    daily_at: dt.time | None
    run: Callable[[dt.datetime], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishImpact:
    """What publishing a text would take from people: `today` says who uses it, `signing_again` who would lose it.

    Both take the request and the version; `signing_again` also takes the day by which everybody would sign again.
    """

    today: Panel
    signing_again: Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """The front door of a room: all that it hands upward. `urls` is the name of the module with its addresses."""

    name: str
    title: Words
    urls: str | None = None
    menu: tuple[MenuEntry, ...] = ()
    dashboard: tuple[Panel, ...] = ()
    home: tuple[Panel, ...] = ()
    person_page: tuple[Panel, ...] = ()
    person_pages: tuple[PersonPage, ...] = ()
    person_actions: tuple[Callable[..., Any], ...] = ()
    sign_in_methods: tuple[Panel, ...] = ()
    admin: Mapping[type[Model], AdminClass] = field(default_factory=dict)
    admin_pages: tuple[AdminPage, ...] = ()
    log_kinds: tuple[LogKind, ...] = ()
    reconcile: tuple[Callable[..., Iterator[str]], ...] = ()
    emails: tuple[EmailKind, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    departure: Departure | None = None
    publish_impact: PublishImpact | None = None
    tasks: tuple[DailyTask, ...] = ()
    checks: tuple[Callable[[], list[CheckMessage]], ...] = ()
