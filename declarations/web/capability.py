"""The types of what a room registers in its `capability.py`.

A room sets the fields that it needs; whoever needs such entries asks `web.registry` and does not name the room.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.checks import CheckMessage
from django.core.mail import EmailMessage
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse

from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise  # a name that only the types have

# Type aliases are evaluated lazily: what they name need not be there at run time.
type LazyText = str | _StrPromise
type Context = dict[str, Any]
type AdminClass = type[ModelAdmin[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A link in the menu of the staff pages or, with `in_admin`, of the admin, sorted by `order`.

    `url` is the name of an address. On the staff pages, people with one of `roles` see the entry; without roles, everybody of a
    school sees it and, with `for_trust`, people of the trust too. `trust_title` is the title for people of the trust, if it
    differs. `keeps_school` adds the school that they have chosen to the link. `covers` are beginnings of paths on which the
    entry is the current one, besides its own page.
    """

    title: LazyText
    url: str
    order: int
    roles: frozenset[str] = frozenset()
    in_admin: bool = False
    for_trust: bool = False
    trust_title: LazyText = ""
    keeps_school: bool = False
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of a page to which several rooms contribute: a template and its context, which is None if there is nothing to show.

    For the dashboard and the home page `context` takes the request; for a page about a person it takes the request and the person;
    for what publishing a text would do to people the `school`, the day (`on`), and the day by which everybody must sign again
    (`sign_by`: None for a correction, or if not chosen).
    """

    template: str
    context: Callable[..., Context | None]
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPage:
    """A page of the admin besides those of the models: its route below `/admin/`, the name of its address, and its view."""

    route: str
    name: str
    view: Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """A page about one person, or about all: its route below `/admin/declarations/person/` (and `<id>/`), its name, and its view.

    The view takes the admin of people, the request and, unless it is `about_all`, the person.
    """

    route: str
    name: str
    view: Callable[..., HttpResponse]
    about_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKind:
    """A kind of entry in the evidence log.

    `about` is the key of the record that names the person concerned: the key of a person, `reference` for the signer of that
    declaration, "" for nobody. `needs` are the keys, with their types, without which a record counts as damaged.
    `by_command` says whether it can come from the server's command line, which is shown to the leadership.
    """

    name: str
    title: LazyText
    about: str = ""
    needs: Mapping[str, type] = field(default_factory=dict)
    by_command: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailPreview:
    """An e-mail with invented people; `when` says who gets it and when."""

    when: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailKind:
    """A kind of e-mail: `render` makes the message for a row of the outbox, or returns None if it is no longer needed.

    If `render` raises NotReadyError, the outbox tries again later. `previews` are its variants with invented people, for a school
    at a moment; `order` is their place on the page of previews. `next_moment` is when such an e-mail may be sent; without it, at
    any time. `follows_person` says that it goes to the address that the person has when it is sent.
    """

    name: str
    render: Callable[[Any, dt.datetime], EmailMessage | None]
    previews: Callable[[School, dt.datetime], Iterable[EmailPreview]]
    order: int
    next_moment: Callable[[School, dt.datetime], dt.datetime] | None = None
    follows_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRows:
    """Rows that are about several people: `extract` returns what they say about one person, `forget` removes that person.

    `forget` also takes every name that the person has had.
    """

    title: LazyText
    extract: Callable[[Person], Iterable[dict[str, Any]]]
    forget: Callable[[Person, Collection[str]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """The personal data in the rows of a table, for subject access, erasure and retention.

    `about` are the paths from a row to the person whom it is about; `email` is a field with that person's e-mail address.
    `acts` are fields that name who did something, each with the path to the moment ("" if there is none).
    Each text field is one of `free_text` (people may be named in it), `secret` (it is handed to nobody) and `fixed` (all others).
    `contacts` are those free texts that only say who somebody is; `names` are fields with a name that the person had.
    `belongs_to` are fields that are handed only to the person at the end of their path.
    `school` is the path from a row to its school. Erasing a person deletes the rows about them if `erased` is true.
    `label` names a row that another row refers to, None by its number; `place` names one whose free text has a name in it.
    `files` are handed over beside the rows.
    """

    model: type[Model]
    about: tuple[str, ...] = ()
    email: str = ""
    acts: Mapping[str, str] = field(default_factory=dict)
    free_text: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    belongs_to: Mapping[str, str] = field(default_factory=dict)
    school: str = "school"
    erased: bool = True
    label: Callable[[Any, Person], str | None] | None = None
    place: Callable[[Any], str] | None = None
    shared: SharedRows | None = None
    files: Callable[[Person], Mapping[str, bytes]] | None = None


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The limit before which records of a school, or (None) of the trust's people, are old: a day, its first moment, and the present."""

    school: School | None
    day: dt.date
    moment: dt.datetime
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """A kind of record that is disposed of when it is old; the rules run sorted by `order`.

    `kept_for` is the field of the retention settings with the period; "" means until it ends. `rows` finds the old ones.
    `held` finds rows that legal holds on these people keep back; without it, those that are about one of them.
    `dispose` takes the numbers of the rows that go; without it they are deleted.
    """

    kind: str
    order: int
    rows: Callable[[Cutoff], QuerySet[Any]]
    kept_for: str = ""
    held: Callable[[QuerySet[Any, Any]], Q] | None = None
    dispose: Callable[[set[int], Cutoff], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What `ends` and what `stays` when somebody leaves: panels of the page about leaving, whose `context` takes request and person.

    `on_return` takes `person`, `by` and `at`; when somebody comes back, it ends for good what was suspended while they were away.
    """

    ends: tuple[Panel, ...] = ()
    stays: tuple[Panel, ...] = ()
    on_return: Callable[..., None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedKind:
    """A kind of change that one person alone does not make: it decides who somebody is, or who may do what.

    `title` says in words what is asked for; `rows` are its lines for pages and e-mails: what, before, after. `confirmed_by` are the
    roles of a second person. `make` takes the change and the moment, carries it out and logs what it did; it raises RefusedError
    if things are no longer as they were. `waits`: it is about how a person signs in; for somebody without a role it is made at once,
    and they wait. `informed` are addresses that are told of it besides.
    """

    name: str
    title: LazyText
    rows: Callable[[Any], list[tuple[LazyText, object, object]]]
    confirmed_by: frozenset[str]
    make: Callable[[Any, dt.datetime], None]
    waits: bool = False
    informed: Callable[[Any], Iterable[str]] = lambda _change: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledTask:
    """A task of the worker: its title, what it does, and the sentence for its result, a plural with `%(number)d`.

    `daily_at` is the time of day (in settings.TIME_ZONE) from which it runs; None for what the worker does all the time.
    `run` takes the moment and when the task last finished (None for never), and returns the number of things it did; running it
    twice has the same effect as running it once.
    """

    name: str
    title: LazyText
    does: LazyText
    result: "_StrPromise"
    daily_at: dt.time | None = None
    run: Callable[[dt.datetime, dt.datetime | None], int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """All that a room registers, besides the addresses in its `urls.py`.

    `reconcile` takes a log and what was read from it, and yields a sentence for each difference from the room's tables.
    `needs_log` says whether a school has rows that its log must have recorded. `ends_ways_in` takes `person` and `at`, and ends
    every session, link and code with which the site is opened as the person.
    """

    name: str
    menu: tuple[MenuEntry, ...] = ()
    dashboard: tuple[Panel, ...] = ()
    home: tuple[Panel, ...] = ()
    person_page: tuple[Panel, ...] = ()
    person_pages: tuple[PersonPage, ...] = ()
    person_actions: tuple[Callable[..., Any], ...] = ()
    person_filters: tuple[type[SimpleListFilter], ...] = ()
    sign_in_methods: tuple[Panel, ...] = ()
    admin: Mapping[type[Model], AdminClass] = field(default_factory=dict)
    admin_pages: tuple[AdminPage, ...] = ()
    log_kinds: tuple[LogKind, ...] = ()
    reconcile: tuple[Callable[..., Iterator[str]], ...] = ()
    needs_log: tuple[Callable[[School], bool], ...] = ()
    emails: tuple[EmailKind, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    departure: Departure | None = None
    guarded_changes: tuple[GuardedKind, ...] = ()
    ends_ways_in: tuple[Callable[..., None], ...] = ()
    publish_impact: tuple[Panel, ...] = ()
    tasks: tuple[ScheduledTask, ...] = ()
    checks: tuple[Callable[[], list[CheckMessage]], ...] = ()
    database_checks: tuple[Callable[[], list[CheckMessage]], ...] = ()  # also before each `migrate`, so the tables may be older
