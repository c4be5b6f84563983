"""The register: who of a school had signed what on a day, and which of their devices were permitted then, by whom."""

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from declarations.devices.models import Permission, Suspension
from declarations.organisation.models.person import Person
from declarations.organisation.models.school import School
from declarations.signing.models.declaration import Declaration
from declarations.signing.models.response import PaperSignature
from declarations.signing.status import DeclarationStatus, SigningStatus, declaration_status, with_signing_status


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which rows; an empty one lets everybody through. `name` is words that must all occur in the name, e-mail or reference."""

    declaration_status: str = ""
    signing_status: str = ""
    category: str = ""
    name: str = ""

    def let_through(self, *, declaration_status: str, category: str, words: Iterable[str]) -> bool:
        if self.declaration_status not in {"", declaration_status} or self.category not in {"", category}:
            return False
        text = plain(" ".join(words))
        return all(word in text for word in plain(self.name).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A device that was permitted at the end of the day; `connects` says whether it could join the Wi-Fi, else `why_not` says why."""

    device: str
    kind: str
    until: dt.date
    by: str
    decided_on: dt.date
    conditions: str
    connects: bool
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person. `declaration` is the newest in force on the day, else the newest signed until then.

    `declaration_status` (a DeclarationStatus) says whether it was in force, `signing_status` (a SigningStatus) what the person
    still had to do.
    """

    person_id: int
    name: str
    email: str
    title: str
    category: str
    declaration_status: str
    signing_status: str
    declaration: Declaration | None
    devices: tuple[Permitted, ...]

    @property
    def paper(self) -> PaperSignature | None:
        """Who sighted it and where it is filed, if it was signed on paper."""
        return getattr(self.declaration, "paper", None)

    @property
    def category_label(self) -> str:
        return str(Person.Category(self.category).label)

    @property
    def declaration_status_label(self) -> str:
        return str(DeclarationStatus(self.declaration_status).label)

    @property
    def signing_status_label(self) -> str:
        """Empty where it would repeat the status of the declaration."""
        return "" if self.signing_status == self.declaration_status else str(SigningStatus(self.signing_status).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many of a category (or of all: category "") stood where."""

    category: str
    signed: int
    lapsed: int
    never: int

    @property
    def label(self) -> str:
        return str(Person.Category(self.category).label) if self.category else str(_("everyone"))

    @property
    def people(self) -> int:
        return self.signed + self.lapsed + self.never

    @property
    def percent(self) -> int:
        """Of a hundred, how many had signed, rounded down: 100 is everyone."""
        return self.signed * 100 // self.people if self.people else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """As at the end of `on` at the school. The totals are of everybody, whatever the filters."""

    school: School
    on: dt.date
    filters: Filters
    rows: list[Row]
    total: Totals
    by_category: list[Totals]


def register(*, school: School, on: dt.date, filters: Filters) -> Register:
    """Everyone expected to sign who was at the school on that day, by name; five queries, however many they are.

    Names, titles and categories are today's; what was signed, said and decided is as it stood at the end of the day.
    """
    people = sorted(expected(school=school, on=on), key=lambda person: (plain(person.name), person.pk))
    chosen = [
        person
        for person in people
        if filters.signing_status in {"", person.signing_status}
        and filters.let_through(
            declaration_status=person.declaration_status,
            category=person.category,
            words=(person.name, person.email, person.reference or ""),
        )
    ]
    declarations = Declaration.objects.with_texts().in_bulk([row.declaration for row in chosen if row.declaration])
    devices = permitted(school=school, on=on, signed={row.pk for row in chosen if row.is_recorded})
    return Register(
        school=school,
        on=on,
        filters=filters,
        rows=[
            Row(
                person_id=row.pk,
                name=row.name,
                email=row.email,
                title=row.title,
                category=row.category,
                declaration_status=row.declaration_status,
                signing_status=row.signing_status,
                declaration=declarations[row.declaration] if row.declaration else None,
                devices=tuple(devices.get(row.pk, ())),
            )
            for row in chosen
        ],
        total=totals("", people),
        by_category=[
            totals(category, own)
            for category in Person.Category.values
            if (own := [person for person in people if person.category == category])
        ],
    )


def every_declaration(*, school: School, on: dt.date, filters: Filters) -> list[int]:
    """The ids of all that was ever signed at a school, oldest first.

    `filters.declaration_status` is about the declaration on that day, `filters.signing_status` about the person who signed it.
    """
    declarations = Declaration.objects.filter(school=school)
    if filters.signing_status:
        signers = [person.pk for person in expected(school=school, on=on) if person.signing_status == filters.signing_status]
        declarations = declarations.filter(person__in=signers)
    in_force = set(declarations.in_force(on=on).values_list("pk", flat=True))
    return [
        pk
        for pk, name, email, reference, category in declarations.order_by("signed_at", "pk").values_list(
            "pk", "person_name", "person_email", "reference", "person__category"
        )
        if filters.let_through(
            declaration_status=declaration_status(is_in_force=pk in in_force, was_ever_signed=True),
            category=category,
            words=(name, email, reference),
        )
    ]


class Expected(NamedTuple):
    """A person who is expected to sign, and the id and reference of their newest declaration in force, else of their newest."""

    pk: int
    name: str
    email: str
    title: str
    category: str
    signing_status: str
    in_force: int | None
    declaration: int | None
    reference: str | None
    # What was signed on paper that day and entered later was in force; the network could not know.
    is_recorded: bool

    @property
    def declaration_status(self) -> DeclarationStatus:
        return declaration_status(is_in_force=self.in_force is not None, was_ever_signed=self.declaration is not None)


def expected(*, school: School, on: dt.date) -> list[Expected]:
    declarations = Declaration.objects.filter(person=OuterRef("pk"), signed_on__lte=on).newest_first()
    in_force = declarations.in_force(on=on)
    there = Person.objects.filter(school=school).expected_to_sign().at_school(on=on)
    people = with_signing_status(there, school=school, on=on).values_list(
        "pk",
        "full_name",
        "email",
        "job_title",
        "category",
        "signing_status",
        Subquery(in_force.values("pk")[:1]),
        Coalesce(Subquery(in_force.values("pk")[:1]), Subquery(declarations.values("pk")[:1])),
        Coalesce(Subquery(in_force.values("reference")[:1]), Subquery(declarations.values("reference")[:1])),
        Exists(in_force.filter(signed_at__lt=school.end_of(on))),
    )
    return [Expected(*values) for values in people]


def permitted(*, school: School, on: dt.date, signed: set[int]) -> dict[int, list[Permitted]]:
    """The devices of each owner that were permitted at the end of the day, from the oldest decision on.

    `signed` are the people whose declaration was in force: without one no device connects.
    """
    end = school.end_of(on)
    suspended = set(
        Suspension.objects.filter(device__school=school, suspended_at__lt=end)
        .filter(Q(lifted_at__isnull=True) | Q(lifted_at__gte=end))
        .values_list("device_id", flat=True)
    )
    permissions = (
        Permission.objects.filter(school=school, approved=True, decided_at__lt=end, until__gte=on)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gte=end))
        .select_related("device", "decided_by")
        .order_by("decided_at", "pk")
    )
    newest = {permission.device_id: permission for permission in permissions}  # renewed before it ended: the later decision
    devices: dict[int, list[Permitted]] = {}
    for decision in newest.values():
        if decision.until is None or decision.decided_by is None or decision.decided_at is None:
            continue  # never: the database holds that a decision is whole
        why_not = ""
        if decision.device_id in suspended:
            why_not = str(_("suspended: reported lost or stolen"))
        elif decision.owner_id not in signed:
            why_not = str(_("no declaration in force"))
        devices.setdefault(decision.owner_id, []).append(
            Permitted(
                device=decision.device.make_and_model,
                kind=str(decision.device.get_kind_display()),
                until=decision.until,
                by=decision.decided_by.full_name,
                decided_on=school.day_of(decision.decided_at),
                conditions=decision.conditions,
                connects=not why_not,
                why_not=why_not,
            )
        )
    return devices


def totals(category: str, people: Iterable[Expected]) -> Totals:
    counted = Counter(person.declaration_status for person in people)
    return Totals(
        category=category,
        signed=counted[DeclarationStatus.IN_FORCE],
        lapsed=counted[DeclarationStatus.LAPSED],
        never=counted[DeclarationStatus.NEVER],
    )


def plain(text: str) -> str:
    """For sorting and looking up: without case and accents, so that `wyn` finds Ŵyn."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
